"""The length of a local video from its header."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, BinaryIO

from luma_cli.body.local_file import LocalFile

_MOVIE, _MOVIE_HEADER = b"moov", b"mvhd"
# A video has a few before the movie header; more only cost time.
_MOST_BOXES = 10_000


def seconds_of(data: Any) -> float | None:
    """Return the length of the file that a request embeds, if it is a local MP4 or MOV."""
    return clip_seconds(data.path) if isinstance(data, LocalFile) else None


def clip_seconds(path: Path) -> float | None:
    """Return the length in the movie header (ISO/IEC 14496-12, 8.2.2), `None` if it has none.

    The length of a damaged file is unknown, which is no error: the API validates files.
    """
    try:
        with path.open("rb") as stream:
            end = path.stat().st_size
            movie = _find(stream, _MOVIE, 0, end)
            header = movie and _find(stream, _MOVIE_HEADER, *movie)
            return _duration(stream, *header) if header else None
    except (OSError, struct.error):
        return None


def _find(stream: BinaryIO, wanted: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Return where the content of the first box of a kind begins and ends, among its siblings."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return None
        stream.seek(start)
        size, kind = struct.unpack(">I4s", stream.read(8))
        content = start + 8
        if size == 1:  # the real size follows
            (size,) = struct.unpack(">Q", stream.read(8))
            content += 8
        # 0: up to the end of the file
        following = min(start + size, end) if size else end
        if following < content:
            return None
        if kind == wanted:
            return content, following
        start = following
    return None


def _duration(stream: BinaryIO, start: int, end: int) -> float | None:
    """Read a header's duration; version 1 has times of eight bytes.

    All ones mean that it is unknown (8.2.2.3), and a fragmented film has zero.
    """
    stream.seek(start)
    header = stream.read(min(end - start, 32))
    is_long = header[:1] == b"\1"
    form, before = (">IQ", 20) if is_long else (">II", 12)
    ticks_a_second, ticks = struct.unpack_from(form, header, before)
    unknown = 0xFFFF_FFFF_FFFF_FFFF if is_long else 0xFFFF_FFFF
    return None if ticks in (0, unknown) or not ticks_a_second else float(ticks / ticks_a_second)
