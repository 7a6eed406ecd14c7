"""Whole objects and single fields, typed in any order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.body.build import build_body
from luma_cli.errors import UsageError
from tests.support.flags import occurrences


def build(*words: str) -> dict[str, Any]:
    """Return the body for flags and values in turn."""
    return build_body(occurrences(zip(words[::2], words[1::2], strict=True)), str)


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (("--source.url", "a", "--source.url", "b"), {"source": {"url": "b"}}),
        (
            ("--source", "{url: a}", "--source.media-type", "m"),
            {"source": {"url": "a", "media_type": "m"}},
        ),
        (
            ("--source.media-type", "m", "--source", "{url: a}"),
            {"source": {"media_type": "m", "url": "a"}},
        ),
        (("--source.url", "a", "--source", "{url: b}"), {"source": {"url": "b"}}),
        (("--source", "{url: a}", "--source", "{data: b}"), {"source": {"data": "b"}}),
        (("--source", "null", "--source.url", "x"), {"source": {"url": "x"}}),
        (("--source.url", "x", "--source", "null"), {"source": None}),
        (
            ("--source.url", "x", "--source", "null", "--source", "{data: d}"),
            {"source": {"data": "d"}},
        ),
        (("--source.url", "null"), {"source": {"url": None}}),
        (
            ("--video.hdr", "true", "--video.loop", "null", "--video.exr-export", "0"),
            {"video": {"hdr": True, "loop": None, "exr_export": False}},
        ),
        (
            ("--strength", "flex_1", "--video", "{edit: {auto_controls: false}, loop: true}"),
            {"video": {"edit": {"auto_controls": False, "strength": "flex_1"}, "loop": True}},
        ),
        (
            ("--video.edit", "{strength: a}", "--video", "{edit: null}"),
            {"video": {"edit": None}},
        ),
        (
            ("--duration", "5s", "--video.start-frame", "{url: a}", "--video", "{duration: 10s}"),
            {"video": {"duration": "10s", "start_frame": {"url": "a"}}},
        ),
        (("--video", ""), {"video": None}),
        (
            ("--layering", "# nothing", "--layering.resolution", "2k"),
            {"layering": {"resolution": "2k"}},
        ),
        (("--video.keyframe-indexes", "[0, 24]"), {"video": {"keyframe_indexes": [0, 24]}}),
        (
            ("--image-ref.url", "a", "--image-ref.url", "b"),
            {"image_ref": [{"url": "a"}, {"url": "b"}]},
        ),
        (
            (*("--image-ref.url", "a", "--image-ref.media-type", "m"), "--image-ref.url", "b"),
            {"image_ref": [{"url": "a", "media_type": "m"}, {"url": "b"}]},
        ),
        (
            ("--image-ref", "{url: a}", "--image-ref.media-type", "m", "--image-ref", "{url: b}"),
            {"image_ref": [{"url": "a", "media_type": "m"}, {"url": "b"}]},
        ),
        (
            ("--image-ref.url", "a", "--image-ref", "{url: b}"),
            {"image_ref": [{"url": "a"}, {"url": "b"}]},
        ),
        (
            ("--image-ref", "[{url: a}, {url: b}]", "--ref", "gen:c"),
            {"image_ref": [{"url": "a"}, {"url": "b"}, {"generation_id": "c"}]},
        ),
        (("--image-ref", "null", "--image-ref.url", "x"), {"image_ref": [None, {"url": "x"}]}),
    ],
)
def test_what_was_typed_is_sent(words: tuple[str, ...], body: dict[str, Any]) -> None:
    assert build(*words) == body


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--video", "5s"), "the value of `--video` is not a mapping"),
        (("--video.edit", "[1]"), "the value of `--video.edit` is not a mapping"),
        (("--image-ref", "a"), "the value of `--image-ref` is not a mapping"),
        (("--image-ref", "[a]"), "the value of `--image-ref` is not a mapping"),
        (
            ("--param", "video=1", "--video.duration", "5s"),
            "`--video.duration`: `video` is not a mapping",
        ),
        (
            ("--param", "image_ref={}", "--image-ref.url", "a"),
            "`--image-ref.url`: `image_ref` is not a list",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        build(*words)
    assert refusal.value.message == message


FIELDS = {"url": "--source.url", "data": "--source.data", "media_type": "--source.media-type"}


@given(st.permutations(list(FIELDS.items())), st.lists(st.text(min_size=1), min_size=3, max_size=3))
def test_single_fields_make_the_object_in_any_order(
    order: list[tuple[str, str]], texts: list[str]
) -> None:
    words = [word for (_, flag), text in zip(order, texts, strict=True) for word in (flag, text)]
    values = {
        field: None if text == "null" else text
        for (field, _), text in zip(order, texts, strict=True)
    }
    assert build(*words) == {"source": values}
