"""How the texts of a request name local files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from luma_cli.body.local_file import LocalFile


class Paths:
    """Paths as they are typed: from the working directory, to any file."""

    def exists(self, text: str) -> bool:
        """Return whether a text, which may be no path at all, names an existing file."""
        return os.path.exists(text)  # noqa: PTH110 - any text, also one that no path can be

    def locate(self, path: Path) -> Path:
        """Return the path of a file; raises `InputFileError` for one that must not be read."""
        return path

    def open(self, path: Path, name: str = "") -> LocalFile:
        """Check a picture or video as `local_file` does; raises `InputFileError`."""
        from luma_cli.body.local_file import local_file

        return local_file(self.locate(path), name=name)


TYPED_PATHS = Paths()
