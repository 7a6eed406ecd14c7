"""The output files of a job, and their bytes."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli.rules.interpretation import EXR_OUTPUT_TYPE
from luma_cli.sandbox.models.content import Content
from luma_cli.sandbox.models.jobs import Job
from luma_cli.sandbox.models.media import Media
from luma_cli.sandbox.render.drawing import Scene, draw
from luma_cli.sandbox.render.exr import exr
from luma_cli.sandbox.render.layers import Layer, draw_layer, layers_of
from luma_cli.sandbox.render.sizes import ratio_of, seconds_of, size_of
from luma_cli.sandbox.render.video import make_video

if TYPE_CHECKING:
    from PIL import Image

_BOX = struct.Struct(">I4sQ")


class Output(NamedTuple):
    """An entry of a completed job's `output`, with the name of its file."""

    type: str
    name: str
    layer: dict[str, Any] | None = None


def outputs_of(job: Job) -> list[Output]:
    """Return the entries of a completed job."""
    if job.type == "layering":
        return [Output("image", _name(layer), layer.describe()) for layer in layers_of(job)]
    if not job.is_video:
        extension = "jpg" if job.body.get("output_format") == "jpeg" else "png"
        return [Output("image", f"output.{extension}")]
    outputs = [Output("video", "output.mp4")]
    if job.video.get("exr_export"):
        outputs.append(Output(EXR_OUTPUT_TYPE, "output.exr"))
    return outputs


def planned_media(job: Job) -> Media:
    """Return the description of a completed job's first output, without drawing it."""
    width, height = size_of(job)
    return (
        Media("video", width, height, seconds_of(job))
        if job.is_video
        else Media("image", width, height)
    )


def render(job: Job, name: str, seed: int) -> Content | None:
    """Render an output; the same job and seed return the same bytes.

    Returns `None` if the job has no output of this name.
    """
    if name not in {output.name for output in outputs_of(job)}:
        return None
    picture = _picture(job, seed)
    if name.endswith("mp4"):
        return _padded_video(make_video(picture, seconds_of(job)), job.minimum_bytes)
    if name.endswith("exr"):
        data, content_type = exr(picture), "image/x-exr"
    elif name.endswith("jpg"):
        data, content_type = _encoded(picture, "JPEG", quality=90), "image/jpeg"
    else:
        if job.type == "layering":
            picture = _layer(job, name, picture)
        data, content_type = _encoded(picture, "PNG", compress_level=1), "image/png"
    # Readers of these formats ignore bytes after the end.
    return Content(data, content_type, max(job.minimum_bytes - len(data), 0))


def _picture(job: Job, seed: int) -> Image.Image:
    if job.type == "layering" and job.thumbnail:
        from PIL import Image

        with Image.open(io.BytesIO(job.thumbnail)) as source:
            return source.convert("RGB").resize(size_of(job))
    width, height = size_of(job)
    footer = f"sandbox · {job.model} · {job.type} · {ratio_of(job)} · {job.id[:8]}"
    return draw(Scene(width, height, job.prompt, footer, f"{seed}:{job.prompt}", job.thumbnail))


def _name(layer: Layer) -> str:
    return f"layer-{layer.number}.png"


def _layer(job: Job, name: str, whole: Image.Image) -> Image.Image:
    layers = layers_of(job)
    layer = next(layer for layer in layers if _name(layer) == name)
    return draw_layer(layer, layers, whole)


def _encoded(picture: Image.Image, file_format: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def _padded_video(data: bytes, minimum_bytes: int) -> Content:
    """Return the video, padded to the minimum size with a box that players skip."""
    if minimum_bytes <= len(data):
        return Content(data, "video/mp4")
    padding = max(minimum_bytes - len(data) - _BOX.size, 0)
    # A size of 1 means that the real size, including this header, follows in 64 bits.
    header = _BOX.pack(1, b"free", _BOX.size + padding)
    return Content(data + header, "video/mp4", padding)
