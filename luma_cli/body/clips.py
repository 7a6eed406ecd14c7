"""How long a local video is, as its own header says."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, BinaryIO

from luma_cli.body.inline import InlineFile

_CONTAINERS = (b"moov",)
_HEADER = b"mvhd"


def seconds_of(data: Any) -> float | None:
    """Return the length of what a request embeds, if it is a local MP4 or MOV."""
    return clip_seconds(data.path) if isinstance(data, InlineFile) else None


def clip_seconds(path: Path) -> float | None:
    """Return what the movie header (ISO/IEC 14496-12, 8.2.2) says, `None` without one."""
    try:
        with path.open("rb") as stream:
            return _header_in(stream, path.stat().st_size)
    except (OSError, struct.error, ZeroDivisionError):
        return None


def _header_in(stream: BinaryIO, end: int) -> float | None:
    while stream.tell() < end:
        start = stream.tell()
        size, kind = struct.unpack(">I4s", stream.read(8))
        if size == 1:  # the real size stands behind
            (size,) = struct.unpack(">Q", stream.read(8))
        if kind == _HEADER:
            return _duration(stream)
        if kind in _CONTAINERS:
            return _header_in(stream, start + size)
        if size < 8:  # 0: up to the end of the file
            return None
        stream.seek(start + size)
    return None


def _duration(stream: BinaryIO) -> float:
    """Read a header's duration; version 1 has times of eight bytes."""
    version = stream.read(4)[0]
    stream.seek(16 if version == 1 else 8, 1)
    ticks_a_second, ticks = struct.unpack(
        ">IQ" if version == 1 else ">II", stream.read(12 if version == 1 else 8)
    )
    return float(ticks / ticks_a_second)
