"""A job's output as bytes: a PNG or JPEG, or an MP4."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.rules.vocabulary import (
    DEFAULT_DURATION,
    DEFAULT_RESOLUTION,
    FRAMES_PER_SECOND,
    RATIOS_OF_TYPE,
)
from luma_cli.sandbox.drawing import Scene, draw
from luma_cli.sandbox.life import Job

if TYPE_CHECKING:
    from PIL import Image

_LONG_SIDE = 2048
_DEFAULT_RATIO = {"image": "1:1", "video": "16:9"}


class Rendered(NamedTuple):
    """A file as the storage host has it."""

    data: bytes
    content_type: str


def extension_of(job: Job) -> str:
    """Return the extension of the job's output."""
    if job.is_video:
        return "mp4"
    return "jpg" if job.body.get("output_format") == "jpeg" and job.type != "layering" else "png"


def render(job: Job, seed: int) -> Rendered:
    """Draw the job's output; the same job and seed give the same picture."""
    width, height = _size(job)
    scene = Scene(
        width,
        height,
        job.prompt,
        f"sandbox · {job.model} · {job.type} · {_ratio(job)} · {job.id[:8]}",
        f"{seed}:{job.prompt}",
        job.thumbnail,
    )
    picture = draw(scene)
    if job.is_video:
        return Rendered(_film(picture, _seconds(job)), "video/mp4")
    buffer = io.BytesIO()
    if extension_of(job) == "jpg":
        picture.save(buffer, "JPEG", quality=90)
        return Rendered(buffer.getvalue(), "image/jpeg")
    picture.save(buffer, "PNG", compress_level=1)
    return Rendered(buffer.getvalue(), "image/png")


def _ratio(job: Job) -> str:
    """The ratio of the request, where its type has one; elsewhere the field is not even checked."""
    asked = job.body.get("aspect_ratio") if job.type in RATIOS_OF_TYPE else None
    return asked or _DEFAULT_RATIO["video" if job.is_video else "image"]


def _size(job: Job) -> tuple[int, int]:
    across, down = (int(part) for part in _ratio(job).split(":"))
    if not job.is_video:
        unit = _LONG_SIDE / max(across, down)
        return round(across * unit), round(down * unit)
    short_side = int((job.video.get("resolution") or DEFAULT_RESOLUTION).removesuffix("p"))
    unit = short_side / min(across, down)
    # H.264 wants even numbers.
    return round(across * unit / 2) * 2, round(down * unit / 2) * 2


def _seconds(job: Job) -> int:
    # What an edit or reframe is given as source is never decoded, so its length is not known.
    duration = job.video.get("duration") if job.type == "video" else None
    return int((duration or DEFAULT_DURATION).removesuffix("s"))


def _film(still: Image.Image, seconds: int) -> bytes:
    """Return an MP4 of the picture with a disc that crosses it and a bar that fills."""
    import av
    from PIL import ImageDraw

    buffer, frames = io.BytesIO(), seconds * FRAMES_PER_SECOND
    unit = min(still.size) // 24
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height = still.size
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "28"}
        for index in range(frames):
            picture = still.copy()
            pen, done = ImageDraw.Draw(picture), index / max(frames - 1, 1)
            x, y = unit + done * (still.width - 3 * unit), still.height * 0.16
            pen.ellipse((x, y, x + 2 * unit, y + 2 * unit), fill=(255, 255, 255))
            bar = still.height - unit // 2
            pen.rectangle((0, bar, done * still.width, still.height), fill=(255, 255, 255))
            frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]  # PyAV's gap
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()
