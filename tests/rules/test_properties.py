"""The rules never fail, with any JSON."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from luma_cli.rules.constants import ASPECT_RATIOS, DURATIONS, MODELS, RESOLUTIONS, TYPES
from luma_cli.rules.generation import violations
from luma_cli.rules.prices import price_of, seconds_made

FIELDS = (
    *("prompt", "aspect_ratio", "style", "output_format", "web_search", "image_ref", "source"),
    *("video", "layering", "user_id", "url", "data", "media_type", "generation_id", "file_id"),
    *("resolution", "duration", "loop", "hdr", "exr_export", "start_frame", "end_frame"),
    *("keyframes", "keyframe_indexes", "edit", "source_position", "x_norm", "w_norm"),
    *("auto_controls", "strength", "controls", "pose", "depth", "blur"),
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from((*ASPECT_RATIOS, *DURATIONS, *RESOLUTIONS, "https://x.test", "video/mp4"))
)


def _objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), values, max_size=6)


VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | _objects(inner), max_leaves=12
)
KINDS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(TYPES) | SCALARS | st.just([]),
        "model": st.sampled_from(MODELS) | SCALARS | st.just({}),
    },
)


@given(_objects(VALUES), KINDS)
def test_any_object_as_request(fields: dict[str, Any], kind: dict[str, Any]) -> None:
    assert {violation.status for violation in violations(fields | kind)} <= {400, 413, 422}
    assert price_of(fields | kind).why


@given(_objects(_objects(VALUES)), st.sampled_from([kind for kind in TYPES if "video" in kind]))
def test_any_object_as_video(fields: dict[str, Any], kind: str) -> None:
    body = fields | {"model": "ray-3.2", "type": kind, "prompt": "x"}
    for seconds in (None, 5.0, 7.3):
        price = price_of(body, seconds)
        assert price.why
        assert price.dollars is None or price.dollars > 0
    assert seconds_made(body) in (None, 5.0, 10.0)
    assert {violation.status for violation in violations(body)} <= {400, 413, 422}
