"""Estimating the price of a job by the price list of 2026-10.

Prices are US dollars of the pay-as-you-go plan. Jobs that the list omits have an unknown price.
"""

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from luma_cli.rules.constants import (
    DEFAULT_DURATION,
    DEFAULT_MODEL,
    DEFAULT_RESOLUTION,
    DEFAULT_TYPE,
    HDR_RESOLUTIONS,
    IMAGE_TYPES,
)

PRICES_AS_OF = "2026-10"
# model -> price of an image from text, and of each input image.
IMAGES = {"uni-1": Decimal("0.0404"), "uni-1-max": Decimal("0.1000")}
INPUT_IMAGE = Decimal("0.0030")
# resolution -> price of five seconds. An extension costs one block; its price at 360p is unknown.
VIDEOS = {"360p": "0.06", "540p": "0.15", "720p": "0.30", "1080p": "1.20"}
EDITS = {"360p": "0.54", "540p": "0.72", "720p": "1.08", "1080p": "2.16"}
REFRAME_SECONDS = {"360p": "0.03", "540p": "0.06", "720p": "0.12", "1080p": "0.36"}
# duration -> factor on the price of five seconds.
VIDEO_LENGTHS, EDIT_LENGTHS = {"5s": 1, "10s": 3}, {"5s": 1, "10s": 2}
HDR, HDR_AND_EXR = 2, 3
# Failure codes of jobs that are not charged.
REFUNDED = ("content_moderated", "generation_failed", "output_not_found")
_SMALL_TOTAL = Decimal("0.10")
_SOURCE_LENGTH_UNKNOWN = "the price depends on the length of the source, which is unknown"


class Price(NamedTuple):
    """An estimate in dollars, or `None` and the reason why the price is unknown."""

    dollars: Decimal | None
    why: str

    @property
    def shown(self) -> str:
        """`$0.0404`, or `unknown`."""
        return show_dollars(self.dollars)


def show_dollars(amount: Decimal | None) -> str:
    """Format an amount as `$0.0404`, `$1.20` or `unknown`."""
    if amount is None:
        return "unknown"
    # At least two decimals.
    return f"${max(f'{amount:.2f}', f'{amount.normalize():f}', key=len)}"


def show_total(amount: Decimal) -> str:
    """Format a sum of estimates as `$10.42`, and one of a few cents in full."""
    return f"${amount:.2f}" if not amount or amount >= _SMALL_TOTAL else show_dollars(amount)


def price_of(body: Mapping[str, Any], source_seconds: float | None = None) -> Price:
    """Estimate the price of a request.

    `source_seconds` is the length of the source of a `video_edit` or `video_reframe`, if known.
    Invalid requests may have a price, too.
    """
    kind = _table_key(body.get("type", DEFAULT_TYPE))
    model = _table_key(body.get("model", DEFAULT_MODEL))
    if kind in IMAGE_TYPES:
        return _image(body, kind, model)
    if kind not in ("video", "video_edit", "video_reframe"):
        return _unknown(f"no price for type `{kind}`")
    if model != "ray-3.2":
        return _unknown(f"no price for `{model}` with type `{kind}`")
    video = body.get("video") or {}
    if not isinstance(video, Mapping):
        return _unknown("`video` is not a mapping")
    if kind == "video_reframe":
        return _reframe(video, source_seconds)
    return _edit(video, source_seconds) if kind == "video_edit" else _video(video)


def seconds_made(body: Mapping[str, Any]) -> float | None:
    """Return the requested length of the clip, if any."""
    video = body.get("video") or {}
    if body.get("type") != "video" or not isinstance(video, Mapping) or _is_extension(video):
        return None
    duration = _table_key(video.get("duration") or DEFAULT_DURATION)
    return float(duration.removesuffix("s")) if duration in VIDEO_LENGTHS else None


def _image(body: Mapping[str, Any], kind: str, model: str) -> Price:
    if model not in IMAGES:
        return _unknown(f"no price for `{model}` with type `{kind}`")
    if body.get("web_search"):
        return _unknown("no price for a web search")
    references = body.get("image_ref") or []
    images = len(references) if isinstance(references, list) else 0
    images += 1 if kind == "image_edit" else 0
    noun = "image" if images == 1 else "images"
    return Price(IMAGES[model] + images * INPUT_IMAGE, f"{model}, {images} input {noun}")


def _video(video: Mapping[str, Any]) -> Price:
    resolution = _table_key(video.get("resolution") or DEFAULT_RESOLUTION)
    if _is_extension(video):
        if resolution == "360p" or video.get("hdr") or video.get("duration") == "10s":
            return _unknown("no price for an extension at 360p, in HDR or of 10s")
        return _of_table(VIDEOS, resolution, 1, "extension by 5s")
    return _priced(video, VIDEOS, resolution, VIDEO_LENGTHS, long_hdr=False)


def _edit(video: Mapping[str, Any], source_seconds: float | None) -> Price:
    resolution = _table_key(video.get("resolution") or DEFAULT_RESOLUTION)
    if source_seconds is None:
        return _unknown(_SOURCE_LENGTH_UNKNOWN)
    length = f"{source_seconds:g}s"
    if length not in EDIT_LENGTHS:
        return _unknown(f"no price for an edit of {length}, only of 5s and 10s")
    return _priced({**video, "duration": length}, EDITS, resolution, EDIT_LENGTHS, long_hdr=True)


def _reframe(video: Mapping[str, Any], source_seconds: float | None) -> Price:
    resolution = _table_key(video.get("resolution") or DEFAULT_RESOLUTION)
    if source_seconds is None:
        return _unknown(_SOURCE_LENGTH_UNKNOWN)
    seconds = math.ceil(source_seconds)
    return _of_table(REFRAME_SECONDS, resolution, seconds, f"{seconds} seconds, rounded up")


def _priced(
    video: Mapping[str, Any],
    table: Mapping[str, str],
    resolution: str,
    lengths: Mapping[str, int],
    *,
    long_hdr: bool,
) -> Price:
    duration = _table_key(video.get("duration") or DEFAULT_DURATION)
    if duration not in lengths:
        return _unknown(f"no price for {duration}")
    times, words = lengths[duration], [str(duration)]
    if video.get("hdr"):
        if resolution not in HDR_RESOLUTIONS:
            return _unknown(f"no price for HDR at {resolution}")
        if duration != DEFAULT_DURATION and not long_hdr:
            return _unknown("no price for HDR of 10s")
        times *= HDR_AND_EXR if video.get("exr_export") else HDR
        words.append("HDR and EXR" if video.get("exr_export") else "HDR")
    return _of_table(table, resolution, times, ", ".join(words))


def _of_table(table: Mapping[str, str], resolution: str, times: int, words: str) -> Price:
    if resolution not in table:
        return _unknown(f"no price for {resolution}")
    return Price(Decimal(table[resolution]) * times, f"ray-3.2, {resolution}, {words}")


def _is_extension(video: Mapping[str, Any]) -> bool:
    """Return whether the request extends an earlier clip."""
    frames = (video.get(name) for name in ("start_frame", "end_frame"))
    return any(isinstance(frame, Mapping) and frame.get("generation_id") for frame in frames)


def _table_key(value: Any) -> str:
    """Return a value as a key for a table, as a request may have any JSON in any field."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _unknown(why: str) -> Price:
    return Price(None, why)
