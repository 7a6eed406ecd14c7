"""The rules for `POST /generations`, in the order of their checks.

The API documents the texts, but not the order of several violations: that is a choice of this
project.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from luma_cli.rules.constants import (
    DEFAULT_MODEL,
    DEFAULT_TYPE,
    IMAGE_TYPES,
    LAYERING_RESOLUTIONS,
    LONGEST_LAYERING_PROMPT,
    LONGEST_PROMPT,
    LONGEST_USER_ID,
    MANGA_RATIOS,
    MODELS,
    MOST_REFERENCES,
    OUTPUT_FORMATS,
    RATIOS_OF_TYPE,
    STYLES,
    TYPES,
    TYPES_OF_MODEL,
    TYPES_WITH_SOURCE,
    VIDEO_TYPES,
)
from luma_cli.rules.references import reference_rules
from luma_cli.rules.schema import type_violations
from luma_cli.rules.video import video_rules
from luma_cli.rules.violation import Violation, bad_request, unprocessable


def violations(body: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield every violation in a request body, in the order of the API.

    `body` is any JSON object. Rules that depend on a violated one are skipped.
    """
    broken = list(type_violations(body))
    yield from broken
    if broken:
        return
    kind, model = body.get("type"), body.get("model")
    kind = DEFAULT_TYPE if kind is None else kind
    model = DEFAULT_MODEL if model is None else model
    broken = list(_model_and_type(model, kind))
    yield from broken
    if broken:
        return
    yield from _prompt(body, kind)
    yield from _choices(body)
    yield from _ratio(body, kind)
    yield from _source(body, kind)
    yield from _reference_count(body, kind)
    yield from reference_rules(body, kind)
    if kind in VIDEO_TYPES:
        yield from video_rules(body, kind)
    elif body.get("video") is not None:
        yield unprocessable(f"video is not supported for type '{kind}'")
    yield from _layering(body, kind)


def _model_and_type(model: str, kind: str) -> Iterator[Violation]:
    if model not in MODELS:
        yield bad_request(f"Unknown model: {model}")
    elif kind not in TYPES:
        yield unprocessable(f"type: '{kind}' is not one of {', '.join(TYPES)}")
    elif kind not in TYPES_OF_MODEL[model]:
        yield bad_request(f"Type '{kind}' is not supported for model '{model}'")


def _prompt(body: Mapping[str, Any], kind: str) -> Iterator[Violation]:
    prompt = body.get("prompt") or ""
    if kind == "layering":
        if len(prompt) > LONGEST_LAYERING_PROMPT:
            yield bad_request(f"Prompt must be at most {LONGEST_LAYERING_PROMPT} characters")
    elif not 1 <= len(prompt) <= LONGEST_PROMPT:
        yield bad_request(f"Prompt must be between 1 and {LONGEST_PROMPT} characters")


def _choices(body: Mapping[str, Any]) -> Iterator[Violation]:
    for field, allowed in (("style", STYLES), ("output_format", OUTPUT_FORMATS)):
        value = body.get(field)
        if value is not None and value not in allowed:
            yield unprocessable(f"{field}: '{value}' is not one of {', '.join(allowed)}")
    if len(body.get("user_id") or "") > LONGEST_USER_ID:
        yield unprocessable(f"user_id: must be at most {LONGEST_USER_ID} characters")


def _ratio(body: Mapping[str, Any], kind: str) -> Iterator[Violation]:
    ratio, allowed = body.get("aspect_ratio"), RATIOS_OF_TYPE.get(kind)
    if ratio is None or allowed is None:
        return
    if ratio not in allowed:
        yield bad_request(f"Invalid aspect_ratio '{ratio}'. Valid: {', '.join(allowed)}")
    elif kind == "image" and body.get("style") == "manga" and ratio not in MANGA_RATIOS:
        yield unprocessable(
            f"style 'manga' supports portrait aspect ratios only: {', '.join(MANGA_RATIOS)}"
        )


def _source(body: Mapping[str, Any], kind: str) -> Iterator[Violation]:
    has_source = body.get("source") is not None
    if kind in TYPES_WITH_SOURCE and not has_source:
        yield bad_request(f"source is required for type '{kind}'")
    elif kind == "image" and has_source:
        yield bad_request("source is only valid for type 'image_edit'")
    elif kind == "video" and has_source:
        yield unprocessable("source is not supported for type 'video'")


def _reference_count(body: Mapping[str, Any], kind: str) -> Iterator[Violation]:
    count = len(body.get("image_ref") or [])
    if kind not in IMAGE_TYPES:
        if count:
            yield unprocessable(f"image_ref is not supported for type '{kind}'")
    elif count > MOST_REFERENCES[kind]:
        slot = " (source occupies one slot)" if kind == "image_edit" else ""
        yield bad_request(f"{kind} supports up to {MOST_REFERENCES[kind]} reference images{slot}")


def _layering(body: Mapping[str, Any], kind: str) -> Iterator[Violation]:
    layering = body.get("layering")
    if layering is None:
        return
    if kind != "layering":
        yield unprocessable(f"layering is not supported for type '{kind}'")
    resolution = layering.get("resolution")
    if resolution is not None and resolution not in LAYERING_RESOLUTIONS:
        allowed = ", ".join(LAYERING_RESOLUTIONS)
        yield unprocessable(f"layering.resolution: '{resolution}' is not one of {allowed}")
