"""Videos: an image with a moving disc and a progress bar."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.rules.constants import FRAMES_PER_SECOND

if TYPE_CHECKING:
    import av
    from PIL import Image

_FORMAT = "yuv420p"
# White in Y, U and V.
_WHITE = (235, 128, 128)


class _Plane(NamedTuple):
    """A colour plane of the still: its bytes, bytes per row, and factor of subsampling."""

    data: bytes
    row_bytes: int
    scale: int
    white: int


def make_video(still: Image.Image, seconds: float) -> bytes:
    """Return an MP4 of the still: H.264, 24 frames per second."""
    import av

    buffer = io.BytesIO()
    frames = max(round(seconds * FRAMES_PER_SECOND), 1)
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height = still.size
        stream.pix_fmt = _FORMAT
        stream.options = {"preset": "ultrafast", "crf": "28"}
        stream.thread_count = 1  # the bytes depend on the number of threads
        for frame in _frames(still, frames):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def _frames(still: Image.Image, count: int) -> Iterator[av.VideoFrame]:
    """Yield the frames: copies of the still's planes with the moving parts painted on."""
    import av

    width, height = still.size
    first = av.VideoFrame.from_image(still).reformat(format=_FORMAT)  # type: ignore[no-untyped-call]  # PyAV's gap
    planes = [
        _Plane(bytes(plane), plane.line_size, 1 if index == 0 else 2, _WHITE[index])
        for index, plane in enumerate(first.planes)
    ]
    for index in range(count):
        frame = av.VideoFrame(width, height, _FORMAT)
        spans = list(_moving(width, height, index / max(count - 1, 1)))
        for plane, target in zip(planes, frame.planes, strict=True):
            target.update(_painted(plane, spans))
        frame.pts = index
        yield frame


def _moving(width: int, height: int, done: float) -> Iterator[tuple[int, int, int]]:
    """Yield row, start and end of every run of white pixels at a progress of `done` (0 to 1)."""
    radius = max(min(width, height) // 24, 2)
    middle = round(2 * radius + done * (width - 4 * radius)), round(height * 0.16)
    for offset in range(-radius, radius + 1):
        half = round(math.sqrt(radius**2 - offset**2))
        yield middle[1] + offset, middle[0] - half, middle[0] + half
    for row in range(height - max(radius // 2, 2), height):
        yield row, 0, round(done * width)


def _painted(plane: _Plane, spans: list[tuple[int, int, int]]) -> bytes:
    data = bytearray(plane.data)
    for row, start, end in spans:
        if row % plane.scale or row < 0:
            continue
        begin = row // plane.scale * plane.row_bytes
        first, last = max(start, 0) // plane.scale, end // plane.scale
        data[begin + first : begin + last] = bytes([plane.white]) * (last - first)
    return bytes(data)
