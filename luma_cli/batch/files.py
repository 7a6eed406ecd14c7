"""The local files that rows name: from the folder of the input, and none outside it."""

from __future__ import annotations

from pathlib import Path

from luma_cli.body.local_file import LocalFile, unreadable
from luma_cli.body.paths import Paths
from luma_cli.errors import InputFileError


class OpenedFiles(Paths):
    """Paths as they are typed; each file is read once, and shared by all rows that name it."""

    def __init__(self, opened: dict[Path, LocalFile] | None = None) -> None:
        self.opened = {} if opened is None else opened

    def open(self, path: Path, name: str = "") -> LocalFile:
        located = self.locate(path)
        file = self.opened.get(located)
        if file is None:
            file = self.opened[located] = super().open(path, name)
        return file


class FencedPaths(OpenedFiles):
    """Paths in data, which must not have other files of this machine sent.

    They start in the folder `start`, and do not leave the folder `fence`, if there is one.
    """

    def __init__(self, start: Path, fence: Path | None, opened: dict[Path, LocalFile]) -> None:
        super().__init__(opened)
        self._start, self._fence = start, fence
        self._allowed: set[Path] = set()

    def exists(self, text: str) -> bool:
        return super().exists(str(self._start / text))

    def locate(self, path: Path) -> Path:
        """Return the path; raises `InputFileError` for one that leads out of the fence.

        A symbolic link counts as its target.
        """
        located = self._start / path
        if self._fence is None or located in self._allowed:
            return located
        try:
            is_inside = located.resolve().is_relative_to(self._fence.resolve())
        except (OSError, ValueError) as problem:
            raise unreadable(located, problem) from None
        except RuntimeError:  # symbolic links in a circle
            raise unreadable(located, OSError("it is a link to itself")) from None
        if not is_inside:
            folder = f"the folder `{self._fence}`" if self._fence.name else "the working directory"
            raise InputFileError(
                f"`{path}` is outside {folder}",
                hint="add `--allow-outside` to read files of other folders",
            )
        self._allowed.add(located)
        return located
