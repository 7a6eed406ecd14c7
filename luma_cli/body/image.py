"""The properties of a local image: its sides, whether it moves, the digest of its bytes."""

from __future__ import annotations

import hashlib
from io import BufferedReader
from typing import BinaryIO, NamedTuple

_GIF_IMAGE, _GIF_EXTENSION = 0x2C, 0x21


class ImageInfo(NamedTuple):
    """The properties of an image; `sides` are `None` for an unreadable header."""

    sides: tuple[int, int] | None
    is_animated: bool
    sha256: str


def read_image(stream: BufferedReader) -> ImageInfo:
    """Read an image to its end; raises `OSError`."""
    stream.seek(0)
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return ImageInfo(_sides(stream), is_animated(stream), sha256)


def _sides(stream: BinaryIO) -> tuple[int, int] | None:
    import imagesize  # type: ignore[import-untyped]

    stream.seek(0)
    try:
        width, height = imagesize.get(stream)
    except Exception:  # noqa: BLE001 - a header it stumbles over is for the API to judge
        return None
    return (width, height) if width >= 0 else None


def is_animated(stream: BinaryIO) -> bool:
    """Return whether a file is a GIF with a second image (GIF89a, sections 18 to 26)."""
    stream.seek(0)
    header = stream.read(13)
    if len(header) < 13 or not header.startswith(b"GIF"):
        return False
    _skip_colors(stream, header[10])
    images = 0
    while kind := stream.read(1):
        if kind[0] == _GIF_IMAGE:
            images += 1
            descriptor = stream.read(9)
            if images > 1 or len(descriptor) < 9:
                return images > 1
            _skip_colors(stream, descriptor[8])
            stream.seek(1, 1)  # the size of codes
        elif kind[0] == _GIF_EXTENSION:
            stream.seek(1, 1)  # its kind
        else:  # the trailer, or no GIF any more
            return False
        while length := stream.read(1):
            if length[0] == 0:
                break
            stream.seek(length[0], 1)
    return False


def _skip_colors(stream: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        stream.seek(3 * 2 ** ((flags & 0x07) + 1), 1)
