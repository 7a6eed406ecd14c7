"""Where the outputs of a generation go, as `-o` or `-d` said it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from luma_cli.errors import OutputExistsError, SaveError
from luma_cli.transfers.names import default_name
from luma_cli.transfers.templates import name_of

STDOUT = Path("-")


@dataclass(frozen=True)
class Target:
    """One file (`output`, `-` is stdout), or a folder (`folder`) in which names are made up.

    `overwrite` lets a file that is there be replaced, `skip_existing` takes it for the output.
    `name` is a template for names in the folder.
    """

    output: Path | None = None
    folder: Path = Path()
    overwrite: bool = False
    skip_existing: bool = False
    name: str | None = None

    @property
    def is_stdout(self) -> bool:
        """Whether the output is to be handed on instead of saved."""
        return self.output == STDOUT

    @property
    def is_served(self) -> bool:
        """Whether the one file is there already, and will do."""
        return self.skip_existing and self.output is not None and self.output.exists()

    def check(self) -> None:
        """Raise what can be known before a job is paid: a file in the way, a read-only folder."""
        if self.is_stdout:
            return
        if self.output is not None:
            check_target(self.output, overwrite=self.overwrite or self.skip_existing)
        folder = self.parent
        with refusals_of_the_disk(folder):
            while not folder.exists() and folder != folder.parent:
                folder = folder.parent
            writable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        if not writable:
            raise SaveError(f"cannot write into `{folder}`", hint=_HINT)

    @property
    def parent(self) -> Path:
        """The folder that the files come to stand in."""
        return self.folder if self.output is None else self.output.parent

    def path(
        self,
        generation_id: str,
        index: int,
        count: int,
        content_type: str,
        *,
        url: str,
        facts: Mapping[str, str] | None = None,
    ) -> Path:
        """Return the path of output `index` (from 0) of `count`.

        Several outputs cannot share the one name of `-o`: `fox.mp4` becomes `fox-0.mp4`,
        `fox-1.exr`. `facts` are what the tokens of a template stand for.
        """
        name = default_name(generation_id, index, count, content_type, url)
        if self.name is not None:
            known = {"index": str(index), "ext": name.rpartition(".")[2], **(facts or {})}
            return self.folder / name_of(self.name, known, count)
        if self.output is None:
            return self.folder / name
        if count == 1:
            return self.output
        return self.output.with_name(f"{self.output.stem}-{index}{Path(name).suffix}")


def check_target(path: Path, *, overwrite: bool) -> None:
    """Raise `OutputExistsError` when `path` is there and must not be replaced."""
    with refusals_of_the_disk(path):
        if path.is_dir():
            raise OutputExistsError(
                f"`{path}` is a folder", hint="use `--output-dir` to save into a folder"
            )
        if path.exists() and not path.is_file():
            raise OutputExistsError(f"`{path}` is not a regular file", hint=_HINT)
        if not overwrite and path.exists():
            raise OutputExistsError(
                f"`{path}` already exists",
                hint="add `--overwrite` to replace it, or choose another name",
            )


def check_room(folder: Path, size: int) -> None:
    """Raise `SaveError` when a disk has no room for `size` more bytes."""
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    free = shutil.disk_usage(there).free
    if size > free:
        raise SaveError(
            f"no room in `{folder}`: {size:,} bytes are to come, {free:,} are free", hint=_HINT
        )


@contextmanager
def refusals_of_the_disk(path: Path) -> Iterator[None]:
    """Turn what the system says against `path`, such as a name too long, into `SaveError`."""
    try:
        yield
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise SaveError(f"cannot write `{path}`: {reason}", hint=_HINT) from None


_HINT = "choose another place with `-o` or `-d`"
