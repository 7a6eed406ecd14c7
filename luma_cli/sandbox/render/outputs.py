"""What a job makes: which files, and their bytes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli.rules.vocabulary import (
    DEFAULT_DURATION,
    DEFAULT_RESOLUTION,
    FRAMES_PER_SECOND,
    RATIOS_OF_TYPE,
)
from luma_cli.sandbox.render.drawing import Scene, draw
from luma_cli.sandbox.storage.content import Content
from luma_cli.sandbox.world.jobs import Job
from luma_cli.sandbox.world.media import Media

if TYPE_CHECKING:
    from PIL import Image

_LONG_SIDE = 2048
_DEFAULT_RATIO = {"image": "1:1", "video": "16:9"}


class Output(NamedTuple):
    """One entry of a completed job's `output`, with the name of its file."""

    type: str
    name: str
    layer: dict[str, Any] | None = None


def outputs_of(job: Job) -> list[Output]:
    """Return the entries of a completed job."""
    if job.is_video:
        return [Output("video", "output.mp4")]
    return [Output("image", f"output.{_extension_of(job)}")]


def planned_media(job: Job) -> Media:
    """Return what a completed job's first output is, without drawing it."""
    width, height = _size(job)
    if job.is_video:
        return Media("video", width, height, _seconds(job))
    return Media("image", width, height)


def render(job: Job, name: str, seed: int) -> Content | None:
    """Draw the output of this name; the same job and seed give the same bytes.

    Returns `None` when the job has no such output.
    """
    if name not in {output.name for output in outputs_of(job)}:
        return None
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
        return Content(_film(picture, _seconds(job)), "video/mp4")
    buffer = io.BytesIO()
    if name.endswith("jpg"):
        picture.save(buffer, "JPEG", quality=90)
        return Content(buffer.getvalue(), "image/jpeg")
    picture.save(buffer, "PNG", compress_level=1)
    return Content(buffer.getvalue(), "image/png")


def _extension_of(job: Job) -> str:
    return "jpg" if job.body.get("output_format") == "jpeg" and job.type != "layering" else "png"


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
