"""Files that travel inside the body: kept as a path until the moment of sending."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from luma_cli.body.media import LONGEST_SIGNATURE_BYTES, sniff
from luma_cli.digests import sha256_of
from luma_cli.errors import InputFileError
from luma_cli.spooling import spool

# Divisible by 3, so that base64 of the pieces is base64 of the whole.
_PIECE_BYTES = 3 * 64 * 1024


@dataclass(frozen=True)
class InlineFile:
    """A local picture or video that becomes a base64 string in the body.

    `size` is what the file measured when it was checked; the `Content-Length` is computed from it.
    `name` is what the user calls it, if that is not the path.
    """

    path: Path
    media_type: str
    size: int
    name: str = ""

    def __str__(self) -> str:
        return self.name or str(self.path)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes; raises `InputFileError`."""
        return digest(self.path)

    @property
    def encoded_length(self) -> int:
        """The length of the base64 text."""
        return (self.size + 2) // 3 * 4

    def chunks(self) -> Iterator[bytes]:
        """Yield the base64 text piece by piece.

        Raises `InputFileError` when the file is no longer what it was: a body that does not match
        its announced length would reach the server as garbage.
        """
        import binascii

        left = self.size
        try:
            with self.path.open("rb") as stream:
                while piece := stream.read(_PIECE_BYTES):
                    left -= len(piece)
                    if left < 0:
                        break
                    yield binascii.b2a_base64(piece, newline=False)
        except OSError as problem:
            raise unreadable(self.path, problem) from None
        if left:
            raise InputFileError(
                f"`{self}` changed its size while it was sent",
                hint="wait until it is written, then run the same again",
            )


def inline_file(path: Path, media_type: str | None = None, name: str = "") -> InlineFile:
    """Check a local file and describe it; its bytes tell the media type unless it is given.

    A pipe is read to its end and kept. Raises `InputFileError` when the file is missing,
    unreadable, empty, or no picture or video.
    """
    shown = name or str(path)
    try:
        regular = regular_file(path)
        if regular != path:
            path, name = regular, shown
        with path.open("rb") as stream:
            head = stream.read(LONGEST_SIGNATURE_BYTES)
        size = path.stat().st_size
    except (OSError, ValueError) as problem:
        raise unreadable(path, problem) from None
    if not head:
        raise InputFileError(f"`{shown}` is empty", hint="is the program that writes it done?")
    media_type = media_type or sniff(head)
    if media_type is None or media_type.startswith("audio/"):
        raise InputFileError(
            f"`{shown}` is neither a picture nor a video",
            hint="PNG, JPEG, WebP, GIF, MP4, MOV and WebM are; the bytes count, not the name."
            " Convert it, or name its type: `'{data: \"@FILE\", media_type: TYPE}'`",
        )
    return InlineFile(path, media_type, size, name)


def regular_file(path: Path) -> Path:
    """Return a file that can be read twice: `path`, or a copy of what comes out of a pipe.

    Raises `OSError`, `ValueError` for what is no path, and `InputFileError` for a device.
    """
    mode = path.stat().st_mode
    if stat.S_ISFIFO(mode):  # also `<(…)`, which shells name `/dev/fd/63`
        with path.open("rb") as stream:
            return spool(stream, f"`{path}`", path.name)
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise InputFileError(f"`{path}` is not a regular file", hint="save it to a file first")
    return path


def inline_files(body: Any) -> Iterator[InlineFile]:
    """Yield the local files in a body."""
    if isinstance(body, InlineFile):
        yield body
    elif isinstance(body, Mapping | list):
        for inner in body.values() if isinstance(body, Mapping) else body:
            yield from inline_files(inner)


def digest(path: Path) -> str:
    """Return the SHA-256 of a local file, read once while it stays what it is.

    Raises `InputFileError`.
    """
    try:
        status = path.stat()
        return _digest(path, status.st_ino, status.st_size, status.st_mtime_ns)
    except OSError as problem:
        raise unreadable(path, problem) from None


@lru_cache(maxsize=256)
def _digest(path: Path, *_version: int) -> str:
    return sha256_of(path)


def unreadable(path: Path, problem: OSError | ValueError) -> InputFileError:
    """Return the error for a file that cannot be read."""
    reason = (getattr(problem, "strerror", None) or str(problem)).lower()
    return InputFileError(f"cannot read `{path}`: {reason}", hint="check the path and its rights")
