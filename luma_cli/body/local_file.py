"""Local files inside a body: a path until they are sent."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from luma_cli.body.image import ImageInfo, read_image
from luma_cli.body.media_type import LONGEST_SIGNATURE_BYTES, sniff
from luma_cli.digests import FileVersion, sha256_of_version, version_of
from luma_cli.errors import InputFileError, reason_of
from luma_cli.rules.constants import LARGEST_IMAGE_BYTES
from luma_cli.spooling import spool

# Divisible by 3, so that base64 of the pieces is base64 of the whole.
_PIECE_BYTES = 3 * 64 * 1024


@dataclass(frozen=True)
class LocalFile:
    """A local image or video that becomes a base64 string in the body.

    `size` is what the file measured when it was checked; the `Content-Length` is computed from it.
    `name` is what the user calls it, if that is not the path. With a `version`, no other bytes are
    sent or digested than those that were checked. A `image` was read when it was checked, unless
    it is larger than the API takes.
    """

    path: Path
    media_type: str
    size: int
    name: str = ""
    version: FileVersion | None = field(default=None, compare=False)
    image: ImageInfo | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.name or str(self.path)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes; raises `InputFileError`."""
        if self.image is not None:
            self.check_unchanged("read")
            return self.image.sha256
        try:
            version = self.version or version_of(self.path.stat())
            return _sha256(self.path, version)
        except OSError as problem:
            raise unreadable(self.path, problem) from None
        except _ChangedError:
            raise changed(self, "read") from None

    @property
    def encoded_length(self) -> int:
        """The length of the base64 text."""
        return (self.size + 2) // 3 * 4

    def chunks(self) -> Iterator[bytes]:
        """Yield the base64 text piece by piece.

        Raises `InputFileError` when the file is no longer what it was, before the last piece: a
        mixture of old and new bytes must not reach the server as a whole request.
        """
        import binascii

        left = self.size
        try:
            with self.path.open("rb") as stream:
                version = self.version or version_of(os.fstat(stream.fileno()))
                while piece := stream.read(_PIECE_BYTES):
                    left -= len(piece)
                    # After each piece, so that the check precedes the last one.
                    if left < 0 or version_of(os.fstat(stream.fileno())) != version:
                        raise changed(self, "sent")
                    yield binascii.b2a_base64(piece, newline=False)
        except OSError as problem:
            raise unreadable(self.path, problem) from None
        if left:
            raise changed(self, "sent")

    def check_unchanged(self, while_it_was: str = "sent") -> None:
        """Raise `InputFileError` when the file was replaced or written into since it was checked.

        Call it after its bytes were read by other code.
        """
        try:
            version = version_of(self.path.stat())
        except OSError as problem:
            raise unreadable(self.path, problem) from None
        if self.version not in (None, version):
            raise changed(self, while_it_was)


def local_file(path: Path, media_type: str | None = None, name: str = "") -> LocalFile:
    """Check a local file and describe it; the media type comes from its bytes unless it is given.

    A pipe is read to its end and kept. Raises `InputFileError` when the file is missing,
    unreadable, empty, or no image or video.
    """
    shown = name or str(path)
    try:
        regular = regular_file(path)
        if regular != path:
            path, name = regular, shown
        version = version_of(path.stat())
        sniffed, image = _contents(path, version, media_type)
    except (OSError, ValueError) as problem:
        raise unreadable(path, problem) from None
    except _ChangedError:
        raise changed(shown, "read") from None
    if not version.size:
        raise InputFileError(f"`{shown}` is empty", hint="is the program that writes it done?")
    media_type = media_type or sniffed
    if media_type is None or media_type.startswith("audio/"):
        raise InputFileError(
            f"`{shown}` is not an image or a video",
            hint="accepted: PNG, JPEG, WebP, GIF, MP4, MOV, WebM; the content decides, not the"
            " name",
        )
    return LocalFile(path, media_type, version.size, name, version, image)


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


class _ChangedError(Exception):
    """The file does not have the expected version."""


@lru_cache(maxsize=256)
def _contents(
    path: Path, version: FileVersion, media_type: str | None
) -> tuple[str | None, ImageInfo | None]:
    """Return what the bytes say: the media type, and all of an image while it is open.

    Raises `OSError` and `_ChangedError`.
    """
    with path.open("rb") as stream:
        sniffed = sniff(stream.read(LONGEST_SIGNATURE_BYTES))
        is_image = (media_type or sniffed or "").startswith("image/")
        image = None
        if is_image and version.size <= LARGEST_IMAGE_BYTES:
            image = read_image(stream)
        if version_of(os.fstat(stream.fileno())) != version:
            raise _ChangedError  # and nothing is cached
    return sniffed, image


@cache  # a batch may name any number of files, and hashes each once
def _sha256(path: Path, version: FileVersion) -> str:
    sha256 = sha256_of_version(path, version)
    if sha256 is None:
        raise _ChangedError  # and nothing is cached
    return sha256


def changed(file: LocalFile | str, while_it_was: str) -> InputFileError:
    """Return the error for a file that is not what it was when it was checked."""
    return InputFileError(
        f"`{file}` changed while it was {while_it_was}",
        hint="wait until it is written, then run the same command again",
    )


def unreadable(path: Path, problem: OSError | ValueError) -> InputFileError:
    """Return the error for a file that cannot be read."""
    return InputFileError(
        f"cannot read `{path}`: {reason_of(problem)}", hint="check the path and its permissions"
    )
