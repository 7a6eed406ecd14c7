"""Prices of jobs, by every figure of the price list."""

from __future__ import annotations

from typing import Any

import pytest

from luma_cli.rules.prices import price_of

REF = {"url": "https://h/a.png"}
CLIP = {"generation_id": "g"}


def video(**fields: Any) -> dict[str, Any]:
    return {"type": "video", "model": "ray-3.2", "video": fields}


def edit(**fields: Any) -> dict[str, Any]:
    return video(**fields) | {"type": "video_edit"}


def reframe(**fields: Any) -> dict[str, Any]:
    return video(**fields) | {"type": "video_reframe"}


@pytest.mark.parametrize(
    ("body", "seconds", "shown"),
    [
        ({"prompt": "x"}, None, "$0.0404"),
        ({"model": "uni-1-max"}, None, "$0.10"),
        ({"image_ref": [REF]}, None, "$0.0434"),
        ({"image_ref": [REF] * 9}, None, "$0.0674"),
        ({"model": "uni-1-max", "image_ref": [REF] * 9}, None, "$0.127"),
        ({"type": "image_edit", "source": REF}, None, "$0.0434"),
        ({"type": "image_edit", "source": REF, "image_ref": [REF, REF]}, None, "$0.0494"),
        ({"type": "image_edit", "model": "uni-1-max", "source": REF}, None, "$0.103"),
        (video(), None, "$0.30"),
        ({"type": "video", "model": "ray-3.2"}, None, "$0.30"),
        (video(resolution="360p"), None, "$0.06"),
        (video(resolution="540p", duration="5s"), None, "$0.15"),
        (video(resolution="1080p"), None, "$1.20"),
        (video(resolution="360p", duration="10s"), None, "$0.18"),
        (video(duration="10s"), None, "$0.90"),
        (video(resolution="1080p", duration="10s"), None, "$3.60"),
        (video(hdr=True), None, "$0.60"),
        (video(hdr=True, exr_export=True), None, "$0.90"),
        (video(hdr=True, resolution="1080p"), None, "$2.40"),
        (video(hdr=True, exr_export=True, resolution="1080p"), None, "$3.60"),
        (video(start_frame=CLIP, resolution="540p"), None, "$0.15"),
        (video(end_frame=CLIP, resolution="1080p"), None, "$1.20"),
        (video(start_frame=REF), None, "$0.30"),
        (edit(resolution="360p"), 5.0, "$0.54"),
        (edit(), 5.0, "$1.08"),
        (edit(resolution="1080p"), 10.0, "$4.32"),
        (edit(hdr=True), 10.0, "$4.32"),
        (edit(hdr=True, exr_export=True, resolution="1080p"), 10.0, "$12.96"),
        (reframe(resolution="360p"), 7.0, "$0.21"),
        (reframe(), 7.2, "$0.96"),
        (reframe(resolution="1080p"), 30.0, "$10.80"),
    ],
)
def test_price_of_every_figure(body: dict[str, Any], seconds: float | None, shown: str) -> None:
    assert price_of(body, seconds).shown == shown


@pytest.mark.parametrize(
    ("body", "seconds", "why"),
    [
        ({"web_search": True}, None, "no price for a web search"),
        ({"model": "uni-2"}, None, "no price for `uni-2` with type `image`"),
        ({"model": "ray-3.2"}, None, "no price for `ray-3.2` with type `image`"),
        ({"type": "video"}, None, "no price for `uni-1` with type `video`"),
        ({"type": "layering"}, None, "no price for type `layering`"),
        ({"type": "song"}, None, "no price for type `song`"),
        (video(duration="7s"), None, "no price for 7s"),
        (video(resolution="4k"), None, "no price for 4k"),
        (video(hdr=True, duration="10s"), None, "no price for HDR of 10s"),
        (video(hdr=True, resolution="540p"), None, "no price for HDR at 540p"),
        (video(start_frame=CLIP, resolution="360p"), None, "no price for an extension"),
        (video(start_frame=CLIP, duration="10s"), None, "no price for an extension"),
        (video() | {"video": "x"}, None, "`video` is not a mapping"),
        (edit(), None, "length of the source, which is unknown"),
        (edit(), 7.5, "no price for an edit of 7.5s"),
        (reframe(), None, "length of the source, which is unknown"),
    ],
)
def test_unknown_price(body: dict[str, Any], seconds: float | None, why: str) -> None:
    price = price_of(body, seconds)

    assert (price.dollars, price.shown) == (None, "unknown")
    assert why in price.why
