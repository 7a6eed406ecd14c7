"""Where the outputs of a generation are saved, from `-o`, `-d` and `--name`."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from luma_cli.errors import OutputExistsError, SaveError, reason_of
from luma_cli.transfers.names import default_name, extensions_of, plain
from luma_cli.transfers.templates import LONGEST_NAME_BYTES, name_of, tokens_in

STDOUT = Path("-")
# The tokens of a template that are known before there is a job.
_KNOWN_BEFORE = {"prompt", "tag", "ext"}
_SHORT_ID = 8


@dataclass(frozen=True)
class Target:
    """One file (`output`, `-` is stdout), or a folder (`folder`) with generated names.

    `overwrite` replaces an existing file, `skip_existing` uses it as the output. `name` is a
    template for names in the folder; `known` has its tokens and the `type` of a job before it is
    submitted. `is_own` tells whether an existing file was saved by the same job: with it, an output
    whose name is taken gets another name.
    """

    output: Path | None = None
    folder: Path = Path()
    overwrite: bool = False
    skip_existing: bool = False
    name: str | None = None
    known: Mapping[str, str] | None = None
    is_own: Callable[[Path], bool] | None = None

    @property
    def is_stdout(self) -> bool:
        """Whether the output is written to stdout."""
        return self.output == STDOUT

    @property
    def existing(self) -> Path | None:
        """The existing file that replaces the output of a job that is not submitted yet, if any."""
        return next((path for path in self._known_paths() if path.exists()), None)

    @property
    def is_satisfied(self) -> bool:
        """Whether the output exists, so that no job is needed."""
        return self.skip_existing and self.existing is not None

    def check(self) -> None:
        """Raise what can be known before a job is paid for: an existing file, a read-only folder.

        Names in a folder are checked when `known` is there and they do not depend on the answer.
        """
        if self.is_stdout:
            return
        for path in self._known_paths():
            check_target(path, overwrite=self.overwrite or self.skip_existing)
            if path.is_symlink():
                _check_folder(path.resolve().parent)
        _check_folder(self.parent)

    def _known_paths(self) -> list[Path]:
        """Return the possible paths of an output that do not depend on the answer."""
        if self.output is not None:
            return [] if self.is_stdout else [self.output]
        if self.name is None or self.known is None or not tokens_in(self.name) <= _KNOWN_BEFORE:
            return []
        names = (
            name_of(self.name, {**self.known, "ext": extension}, 1)
            for extension in extensions_of(self.known.get("type", ""))
        )
        return [self.folder / name for name in dict.fromkeys(names)]

    @property
    def parent(self) -> Path:
        """The folder of the saved files."""
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
        `fox-1.exr`. `facts` are the values of the tokens of a template. With `is_own`, the start
        of the id is appended to a name that is taken by another file.
        """
        path = self._usual_path(generation_id, index, count, content_type, url, facts or {})
        if self.is_own is None or not os.path.lexists(path) or self.is_own(path):
            return path
        ending = f"-{plain(generation_id)[:_SHORT_ID]}{path.suffix}"
        stem = path.stem
        while len(os.fsencode(stem + ending)) > LONGEST_NAME_BYTES:
            stem = stem[:-1]
        return path.with_name(stem + ending)

    def _usual_path(
        self,
        generation_id: str,
        index: int,
        count: int,
        content_type: str,
        url: str,
        facts: Mapping[str, str],
    ) -> Path:
        name = default_name(generation_id, index, count, content_type, url)
        if self.name is not None:
            known = {"index": str(index), "ext": name.rpartition(".")[2], **facts}
            return self.folder / name_of(self.name, known, count)
        if self.output is None:
            return self.folder / name
        if count == 1:
            return self.output
        return self.output.with_name(f"{self.output.stem}-{index}{Path(name).suffix}")


def check_target(path: Path, *, overwrite: bool) -> None:
    """Raise `OutputExistsError` if `path` exists and must not be replaced.

    A link counts as its target. Raises `SaveError` for a link to itself, and for a name that the
    disk does not support.
    """
    with disk_errors(path):
        _check_name(path)
        if any(len(os.fsencode(part)) > LONGEST_NAME_BYTES for part in path.parts):
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            return
        if stat.S_ISDIR(mode):
            raise OutputExistsError(f"`{path}` is a folder", hint="use `-d` to save into a folder")
        if not stat.S_ISREG(mode):
            raise OutputExistsError(
                f"`{path}` is not a regular file", hint=f"use `-o - > {path}` to write into it"
            )
        if not overwrite:
            raise OutputExistsError(
                f"`{path}` already exists",
                hint="add `--overwrite` to replace it, or choose another name",
            )


def _check_folder(folder: Path) -> None:
    """Raise `SaveError` unless a folder, or the one it will be created in, is writable."""
    existing = folder
    with disk_errors(folder):
        _check_name(folder)
        while not os.path.lexists(existing) and existing != existing.parent:
            existing = existing.parent
        is_file = existing.is_file()
        writable = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
    if is_file:
        raise SaveError(f"`{existing}` is a file, not a folder", hint=_HINT)
    if not writable:
        raise SaveError(f"cannot write into `{existing}`", hint=_HINT)


def _check_name(path: Path) -> None:
    """Raise `OSError` or `UnicodeError` for a name that no system call accepts."""
    if b"\0" in os.fsencode(path):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def check_room(folder: Path, size: int) -> None:
    """Raise `SaveError` if a disk has less than `size` bytes free."""
    parents = (folder.absolute(), *folder.absolute().parents)
    free = shutil.disk_usage(next(each for each in parents if each.exists())).free
    if size > free:
        raise SaveError(
            f"not enough space in `{folder}`: {size:,} bytes needed, {free:,} free", hint=_HINT
        )


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a system error about `path`, such as a name that is too long, into `SaveError`."""
    try:
        yield
    except OSError as problem:
        raise SaveError(f"cannot write `{path}`: {reason_of(problem)}", hint=_HINT) from None
    except UnicodeError:
        raise SaveError(
            f"cannot write `{path}`: the locale has no bytes for this name", hint=_HINT
        ) from None


_HINT = "choose another place with `-o` or `-d`"
