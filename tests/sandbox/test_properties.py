"""Random requests never crash the sandbox, get documented answers, and create only valid jobs.

Whether an accepted request keeps the rules is judged by `broken_rules` below, which is written from
the API's documents and not from `luma_cli.rules`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from luma_cli.sandbox.keys import TEST_KEYS
from luma_cli.sandbox.options import SandboxOptions
from tests.rules.test_properties import VALUES
from tests.sandbox.conftest import ORIGIN, Sandbox, inline, picture

ACCEPTABLE = {400, 401, 402, 403, 404, 405, 409, 411, 413, 415, 422}
IMAGE = {"url": "https://x.test/a.png"}
DATA = inline(picture())
CLIP = {"url": "https://x.test/a.mp4", "media_type": "video/mp4"}
RELAXED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)


@pytest.fixture
def sandbox() -> Sandbox:
    latency = dict.fromkeys(("image", "video", "layering", "file"), 0.0)
    return Sandbox(SandboxOptions(latency=latency, requests_per_minute=0, jobs_at_once=0))


def sometimes(values: st.SearchStrategy[Any], share: int = 4) -> st.SearchStrategy[Any]:
    """Return nothing most of the time: requests with few settings are often valid."""
    return st.integers(1, share).flatmap(lambda n: values if n == 1 else st.none())


REFERENCES = st.sampled_from([IMAGE, IMAGE, DATA, {}, IMAGE | DATA, CLIP, {"data": "AA=="}])
GOOD_REFERENCES = st.sampled_from([IMAGE, DATA])
FLAGS = st.booleans()
KEYFRAMES = st.integers(1, 3).flatmap(
    lambda n: st.fixed_dictionaries(
        {
            "keyframes": st.lists(GOOD_REFERENCES, min_size=n, max_size=n),
            "keyframe_indexes": st.lists(st.integers(-1, 250), min_size=n, max_size=n),
        }
    )
)
NUMBERS = st.floats(-2.5, 2.5) | st.sampled_from([0, 1, 2, -2])
POSITIONS = st.fixed_dictionaries(dict.fromkeys(("x_norm", "y_norm", "w_norm", "h_norm"), NUMBERS))
EDITS = st.fixed_dictionaries(
    {
        "auto_controls": sometimes(FLAGS),
        "strength": sometimes(st.sampled_from(["flex_2", "adhere_3", "wild"])),
        "controls": sometimes(
            st.sampled_from(
                [
                    {"pose": {"strength": "coarse"}},
                    {"depth": {"blur": 0.5}},
                    {"depth": {"blur": 1.5}},
                    {"face": {"enabled": True}},
                ]
            )
        ),
    }
)
VIDEOS = st.builds(
    lambda fields, keyframes: {**fields, **(keyframes or {})},
    st.fixed_dictionaries(
        {
            "resolution": sometimes(st.sampled_from(["360p", "540p", "720p", "1080p", "4k"]), 2),
            "duration": sometimes(st.sampled_from(["5s", "10s", "7s"])),
            "loop": sometimes(FLAGS),
            "hdr": sometimes(FLAGS),
            "exr_export": sometimes(FLAGS, 6),
            "start_frame": sometimes(GOOD_REFERENCES),
            "end_frame": sometimes(GOOD_REFERENCES, 5),
            "edit": sometimes(EDITS, 3),
            "source_position": sometimes(POSITIONS, 3),
        }
    ),
    sometimes(KEYFRAMES, 5),
)
RATIOS = st.sampled_from(["16:9", "9:16", "1:1", "3:2", "4:3", "1:3"])
MODEL_OF = {"video": "ray-3.2", "video_edit": "ray-3.2", "video_reframe": "ray-3.2"}
TYPES = ("image", "image_edit", "layering", "video", "video_edit", "video_reframe")


def bodies(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return requests of one type that are often, but not always, valid."""
    sources = {"image": st.none(), "video": st.none(), "layering": GOOD_REFERENCES}
    wanted = CLIP if kind.startswith("video_") else IMAGE
    return st.fixed_dictionaries(
        {
            "type": st.just(kind),
            "model": st.just(MODEL_OF.get(kind, "uni-1")) | st.sampled_from(["uni-1", "ray-3.2"]),
            "prompt": st.sampled_from(["x", "a red fox", "é" * 500, "x" * 6000])
            | st.text(max_size=3),
            "aspect_ratio": RATIOS if kind == "video_reframe" else sometimes(RATIOS, 2),
            "style": sometimes(st.sampled_from(["auto", "manga", "oil"])),
            "output_format": sometimes(st.sampled_from(["png", "jpeg", "gif"])),
            "image_ref": sometimes(st.lists(REFERENCES, max_size=10), 5),
            "source": sources.get(kind, st.just(wanted)) | sometimes(REFERENCES, 6),
            "video": sometimes(VIDEOS, 8) if "video" not in kind else st.none() | VIDEOS,
            "layering": sometimes(
                st.sampled_from([{}, {"resolution": "2k"}, {"resolution": "9k"}])
            ),
            "user_id": sometimes(st.text(max_size=5)),
        }
    )


def good(kind: str) -> dict[str, Any]:
    """Return a valid request, so that every run has some."""
    sources: dict[str, Any] = {"image_edit": IMAGE, "layering": DATA}
    sources |= {"video_edit": CLIP, "video_reframe": CLIP}
    body = {"type": kind, "model": MODEL_OF.get(kind, "uni-1"), "prompt": "x"}
    return {**body, "source": sources.get(kind), "aspect_ratio": "16:9"}


@pytest.mark.parametrize("kind", TYPES)
def test_requests_are_accepted_if_and_only_if_valid(sandbox: Sandbox, kind: str) -> None:
    @settings(RELAXED, max_examples=150)
    @given(bodies(kind))
    @example(good(kind))
    def ask(body: dict[str, Any]) -> None:
        answer = sandbox.ask("POST", "/v1/generations", body)
        broken = list(broken_rules(body))
        assert answer.status_code in ({201} if not broken else ACCEPTABLE), (broken, answer.text)
        assert ("detail" in answer.json()) == bool(broken)

    assert list(broken_rules(good(kind))) == []
    ask()


def broken_rules(body: dict[str, Any]) -> Iterator[str]:
    """Yield the documented rules that a request of the shapes above violates."""
    given = {name: value for name, value in body.items() if value is not None}
    kind = given["type"]
    if (given["model"] == "ray-3.2") != kind.startswith("video"):
        yield "model and type"
    length = len(given["prompt"])
    if length > (500 if kind == "layering" else 6000) or (length == 0 and kind != "layering"):
        yield "prompt"
    yield from _broken_look(given, kind)
    yield from _broken_references(given, kind)
    if kind != "layering" and "layering" in given:
        yield "layering elsewhere"
    if given.get("layering") == {"resolution": "9k"}:
        yield "resolution of a layering"
    if "video" in given and not kind.startswith("video"):
        yield "video elsewhere"
    elif "video" in given:
        on = {name for name, value in given["video"].items() if value not in (None, False)}
        yield from _broken_video(given["video"], on)
        yield from _BROKEN[kind](given["video"], on, given.get("aspect_ratio"))


def _broken_look(given: dict[str, Any], kind: str) -> Iterator[str]:
    ratio = given.get("aspect_ratio")
    if kind == "image" and ratio == "4:3":
        yield "ratio of an image"
    if kind in ("video", "video_reframe") and ratio in ("3:2", "1:3"):
        yield "ratio of a video"
    if given.get("style") == "oil" or given.get("output_format") == "gif":
        yield "choices"
    if kind == "image" and given.get("style") == "manga" and ratio in ("16:9", "1:1", "3:2"):
        yield "manga is upright"


def _broken_references(given: dict[str, Any], kind: str) -> Iterator[str]:
    references = given.get("image_ref", [])
    if references and kind not in ("image", "image_edit"):
        yield "references elsewhere"
    if len(references) > (8 if kind == "image_edit" else 9):
        yield "number of references"
    if any(reference not in (IMAGE, DATA) for reference in references):
        yield "references"
    source = given.get("source")
    if kind in ("image", "video"):
        if source is not None:
            yield "source elsewhere"
    elif source not in ([CLIP] if kind.startswith("video_") else [IMAGE, DATA]):
        yield "source"


def _broken_video(video: dict[str, Any], on: set[str]) -> Iterator[str]:
    if video.get("resolution") == "4k" or video.get("duration") == "7s":
        yield "choices of a video"
    if "hdr" in on and video.get("resolution") in ("360p", "540p", "4k"):
        yield "hdr is large"
    if "exr_export" in on and "hdr" not in on:
        yield "exr is hdr"
    indexes = video.get("keyframe_indexes", [])
    last = 240 if video.get("duration") == "10s" else 120
    if len(set(indexes)) < len(indexes) or any(not 0 <= index <= last for index in indexes):
        yield "indexes of keyframes"


def _broken_clip(video: dict[str, Any], on: set[str], _: str | None) -> Iterator[str]:
    if on & {"edit", "source_position"}:
        yield "settings of another type"
    if video.get("duration") == "10s" and on & {"hdr", "start_frame", "end_frame", "loop"}:
        yield "ten seconds are plain"
    if "loop" in on and on & {"hdr", "end_frame", "keyframes"}:
        yield "loops are plain"
    if "keyframes" in on and on & {"start_frame", "end_frame"}:
        yield "keyframes or anchors"


def _broken_edit(video: dict[str, Any], on: set[str], _: str | None) -> Iterator[str]:
    if on & {"end_frame", "loop", "source_position", "keyframes"}:
        yield "settings of another type"
    edit = video.get("edit") or {}
    if edit.get("auto_controls") and (edit.get("strength") or edit.get("controls")):
        yield "automatic controls are automatic"
    if edit.get("strength") == "wild" or edit.get("controls") == {"depth": {"blur": 1.5}}:
        yield "choices of an edit"


def _broken_reframe(video: dict[str, Any], on: set[str], ratio: str | None) -> Iterator[str]:
    if on & {"edit", "loop", "start_frame", "end_frame", "keyframes", "hdr", "exr_export"}:
        yield "settings of another type"
    if video.get("resolution") == "1080p" and ratio in ("9:16", "3:4"):
        yield "upright reframes are small"
    position = video.get("source_position")
    if position and not (
        all(-2 <= position[name] <= 2 for name in ("x_norm", "y_norm"))
        and all(0 < position[name] <= 2 for name in ("w_norm", "h_norm"))
    ):
        yield "place of the source"


_BROKEN = {"video": _broken_clip, "video_edit": _broken_edit, "video_reframe": _broken_reframe}


@RELAXED
@given(st.dictionaries(st.sampled_from(["prompt", "type", "video", "source"]) | st.text(), VALUES))
def test_any_json_is_answered(sandbox: Sandbox, body: dict[str, Any]) -> None:
    answer = sandbox.ask("POST", "/v1/generations", content=json.dumps(body).encode())
    assert answer.status_code == 201 or answer.status_code in ACCEPTABLE
    assert ("detail" in answer.json()) == (answer.status_code != 201)


TEXTS = st.text(st.characters(codec="latin-1", exclude_categories=["C"]), max_size=20)
KEYS = st.sampled_from(["luma-api-x", "luma-api-x", *TEST_KEYS, "sk-x", ""])
PARTS = st.sampled_from(["v1", "generations", "files", "complete", "storage", "x", "..", "", "%00"])


@RELAXED
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]),
    st.lists(PARTS, max_size=5).map(lambda parts: "/" + "/".join(parts)),
    KEYS,
    st.dictionaries(
        st.sampled_from(["Content-Type", "Range", "If-Range", "X-Request-Id", "Expect"]), TEXTS
    ),
    st.binary(max_size=50),
)
def test_any_bytes_are_answered(
    sandbox: Sandbox, method: str, path: str, key: str, headers: dict[str, str], content: bytes
) -> None:
    encoded = {name: value.strip().encode("latin-1") for name, value in headers.items()}
    answer = sandbox.ask(method, ORIGIN + path, key=key, content=content, headers=encoded)  # type: ignore[arg-type]  # httpx takes bytes, too
    assert answer.status_code < 300 or answer.status_code in ACCEPTABLE
    if path.startswith("/v1/") and method != "HEAD":
        assert answer.headers["X-API-Version"] == "2026-04-01"
        assert answer.headers["X-Request-Id"]
        assert answer.headers["X-Luma-Sandbox"] == sandbox.state.nonce
        assert answer.status_code < 300 or set(answer.json()) <= {"detail", "error"}
