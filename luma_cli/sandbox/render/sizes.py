"""The size and length of outputs."""

from __future__ import annotations

from luma_cli.rules.constants import DEFAULT_DURATION, DEFAULT_RESOLUTION, RATIOS_OF_TYPE
from luma_cli.rules.interpretation import LONGEST_SOURCE_SECONDS
from luma_cli.sandbox.models.jobs import Job

_LONG_SIDE = 2048
_LAYERING_SIDES = {"1k": 1024, "2k": 2048}
_DEFAULT_RATIO = {"image": "1:1", "video": "16:9"}
_MOST_EXTREME = 3.0


def ratio_of(job: Job) -> str:
    """Return the aspect ratio of the output as `16:9`.

    If the type has an `aspect_ratio`, that of the request. Other types ignore the field, and have
    the ratio of their source, if known, limited to 3:1 and 1:3.
    """
    if job.type in RATIOS_OF_TYPE:
        return job.body.get("aspect_ratio") or _default_ratio(job)
    if job.source is None or not (job.source.width and job.source.height):
        return _default_ratio(job)
    width, height = job.source.width, job.source.height
    if not 1 / _MOST_EXTREME <= width / height <= _MOST_EXTREME:
        return "3:1" if width > height else "1:3"
    return f"{width}:{height}"


def size_of(job: Job) -> tuple[int, int]:
    """Return the width and height of the output in pixels."""
    across, down = (int(part) for part in ratio_of(job).split(":"))
    if not job.is_video:
        layering = job.body.get("layering") or {}
        resolution = layering.get("resolution") or "1k"
        side = _LAYERING_SIDES[resolution] if job.type == "layering" else _LONG_SIDE
        unit = side / max(across, down)
        return round(across * unit), round(down * unit)
    short_side = int((job.video.get("resolution") or DEFAULT_RESOLUTION).removesuffix("p"))
    unit = short_side / min(across, down)
    # H.264 requires even numbers.
    return round(across * unit / 2) * 2, round(down * unit / 2) * 2


def seconds_of(job: Job) -> float:
    """Return the length of a video: of its source, if the type has one and its length is known."""
    longest = LONGEST_SOURCE_SECONDS.get(job.type)
    if longest is not None and job.source is not None and job.source.seconds > 0:
        return min(job.source.seconds, longest)
    duration = job.video.get("duration") if job.type == "video" else None
    return float((duration or DEFAULT_DURATION).removesuffix("s"))


def _default_ratio(job: Job) -> str:
    return _DEFAULT_RATIO["video" if job.is_video else "image"]
