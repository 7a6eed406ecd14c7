"""The flag that a rejected request should change: every rule that a flag can break names one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from luma_cli.body.advice import advice
from luma_cli.rules.constants import TYPES
from luma_cli.rules.generation import violations
from tests.support.fake_api import FakeApi
from tests.support.program import Program, Result

VIDEO = {"prompt": "x", "type": "video", "model": "ray-3.2"}
REFERENCE = {"url": "https://example.com/a.png"}


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"type": "vidoe"}, "use `--type video`"),
        ({"type": "sculpture"}, "change `--type`"),
        ({"style": "Manga"}, "use `--style manga`"),
        ({"model": "uni-2"}, "this version knows uni-1, uni-1-max, ray-3.2; change `--model`"),
        ({"model": "ray-3.2"}, "add `--type video`"),
        ({"type": "video"}, "add `--model ray-3.2`"),
        ({"type": "image", "model": "ray-3.2"}, "use `--model uni-1`"),
        ({"type": "image_edit"}, "add `--source REF`"),
        ({"prompt": "y" * 6001}, "change `--prompt`"),
        ({"aspect_ratio": "4:3"}, "change `--aspect-ratio`"),
        ({"aspect_ratio": "1:1", "style": "manga"}, "change `--aspect-ratio`"),
        (
            {"video": {"duration": "5s"}},
            "add `--type video --model ray-3.2`, or drop `--duration`",
        ),
        (
            {"video": {"keyframes": [REFERENCE], "keyframe_indexes": [0]}},
            "add `--type video --model ray-3.2`, or drop `--keyframe`",
        ),
        (
            {"layering": {"resolution": "1k"}},
            "add `--type layering`, or drop `--layering.resolution`",
        ),
        ({"source": REFERENCE}, "add `--type image_edit`, or drop `--source`"),
        ({"image_ref": [{"url": "http://example.com/a.png"}]}, "change `--ref`"),
        (
            {**VIDEO, "image_ref": [REFERENCE]},
            "drop `--ref`, or use `--start-frame` for the first frame",
        ),
        ({**VIDEO, "source": REFERENCE}, "drop `--source`"),
        ({**VIDEO, "video": {"edit": {"strength": "flex_1"}}}, "drop `--strength`"),
        ({**VIDEO, "video": {"duration": "7s"}}, "change `--duration`"),
        ({**VIDEO, "video": {"exr_export": True}}, "add `--hdr`"),
        (
            {**VIDEO, "video": {"hdr": True, "resolution": "360p"}},
            "use `--resolution 720p` or `--resolution 1080p`",
        ),
        ({**VIDEO, "video": {"duration": "10s", "loop": True}}, "drop `--duration` or `--loop`"),
        (
            {**VIDEO, "video": {"keyframes": [REFERENCE], "keyframe_indexes": [999]}},
            "change `--keyframe`",
        ),
        (
            {"type": "video_reframe", "model": "ray-3.2", "source": {"generation_id": "a"}},
            "add `--aspect-ratio RATIO`",
        ),
    ],
)
def test_the_sentence_of_a_rule_leads_to_a_flag(body: dict[str, Any], hint: str) -> None:
    body = {"prompt": "x", **body}
    assert advice(next(violations(body)).detail, body) == hint


@pytest.mark.parametrize(
    ("detail", "hint"),
    [
        (
            "image_ref[0]: generation not found",
            "check the id in `--ref`; a generation is only visible to the account that made it",
        ),
        (
            "source: file not found",
            "check the id in `--source`; a file is only visible to the account that made it",
        ),
        ("video.edit.controls.pose: must be an object", "change `--video.edit`"),
        ("no", None),
        ("weather: 'rain' is not one of sun", None),
        ("weather is required", None),
        ("weather is not supported for type 'image'", None),
        ("Type 'film' is not supported for model 'uni-9'", None),
    ],
)
def test_other_sentences_of_the_api(detail: str, hint: str | None) -> None:
    assert advice(detail, {"prompt": "x", "type": "film"}) == hint


def test_a_rejected_request_names_the_flag_to_change(luma: Program, api: FakeApi) -> None:
    detail = f"type: 'vidoe' is not one of {', '.join(TYPES)}"
    api.on("POST", "/generations", httpx.Response(422, json={"detail": detail}))

    result = luma("generations", "create", "--prompt", "x", "--type", "vidoe")

    error, exchange, hint = result.stderr.splitlines()
    assert (result.exit_code, error) == (3, f"error: {detail}")
    assert "HTTP 422" in exchange
    assert hint == "hint: use `--type video`"


def test_a_dry_run_names_the_flag_to_change(luma: Program) -> None:
    result = luma(
        *("generations", "create", "--prompt", "x", "--duration", "5s", "--dry-run"),
        *("--transform", "would_be_refused.#"),
    )

    assert result == Result(
        3,
        "1\n",
        "error: the API would reject this: video is not supported for type 'image'\n"
        "hint: add `--type video --model ray-3.2`, or drop `--duration`; nothing was sent\n",
    )
