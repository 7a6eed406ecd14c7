"""Bytes that can be read only once, kept in a file that can be read again."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from luma_cli.errors import InputFileError, reason_of

# What the API takes at most as one file.
MOST_BYTES = 5 * 1024**3
_PIECE_BYTES = 1024 * 1024
_folders: list[Path] = []


def spool(source: BinaryIO, shown: str, file_name: str) -> Path:
    """Return a private file with all bytes of `source`, removed when the program ends.

    Raises `InputFileError`, naming the source as `shown`, when it cannot be read or does not end.
    """
    import atexit
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="luma-"))
    if not _folders:
        atexit.register(remove_spooled)
    _folders.append(folder)
    spooled, size = folder / file_name, 0
    try:
        with spooled.open("wb") as target:
            while piece := _read(source, shown):
                size += len(piece)
                if size > MOST_BYTES:
                    raise InputFileError(f"{shown} exceeds {MOST_BYTES:,} bytes")
                target.write(piece)
    except OSError as problem:
        raise InputFileError(
            f"cannot keep {shown} in `{folder.parent}`: {reason_of(problem)}",
            hint="set `TMPDIR` to a folder with more room",
        ) from None
    return spooled


def remove_spooled() -> None:
    """Remove every spooled file; called by `Host.leave`, which does without `atexit`."""
    import shutil

    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def _read(source: BinaryIO, shown: str) -> bytes:
    try:
        return source.read(_PIECE_BYTES)
    except OSError as problem:
        raise InputFileError(f"cannot read {shown}: {reason_of(problem)}") from None
