"""Inspecting the references of a request, without keeping their bytes.

The sandbox never fetches anything. It accepts every URL at every position, except those of `urls`.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Callable, Mapping
from typing import Any

from luma_cli.rules.constants import (
    LARGEST_IMAGE_BYTES,
    LARGEST_VIDEO_BYTES,
    LONGEST_IMAGE_SIDE,
    TYPES_WITH_VIDEO_SOURCE,
)
from luma_cli.rules.interpretation import LONGEST_SOURCE_SECONDS
from luma_cli.rules.references import references
from luma_cli.rules.violation import Violation, bad_request, unprocessable
from luma_cli.sandbox.models.media import Media, inspect_image, inspect_video
from luma_cli.sandbox.state.urls import url_violation

Reference = Mapping[str, Any]
Lookup = Callable[[str], "Media | Violation"]
_EXTENDED = ("video.start_frame", "video.end_frame")
_EITHER = ("video.keyframes", "video.edit.keyframes")


class RefusedError(Exception):
    """A reference is unusable."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.detail)
        self.violation = violation


def inspect_references(
    body: Mapping[str, Any], generation: Lookup, file: Lookup
) -> dict[str, Media]:
    """Return the descriptions of the references of a valid request, by path.

    `generation` and `file` look up ids of the same owner; `{path}` in the detail of their
    violations is a placeholder for the path of the reference. Raises `RefusedError`. Decoding
    inline data is slow.
    """
    media: dict[str, Media] = {}
    for path, reference in references(body):
        seen = _look(path, reference, body, generation, file)
        if isinstance(seen, Media):
            media[path] = seen
            problem = _refusal(path, body, reference, seen)
        else:
            problem = seen
        if problem is not None:
            raise RefusedError(problem._replace(detail=problem.detail.replace("{path}", path)))
    return media


def without_data(value: Any) -> Any:
    """Return a request without its inline data."""
    if isinstance(value, Mapping):
        return {key: without_data(inner) for key, inner in value.items() if key != "data"}
    return [without_data(inner) for inner in value] if isinstance(value, list) else value


def has_data(body: Mapping[str, Any]) -> bool:
    """Return whether a valid request has inline data."""
    return any(reference.get("data") is not None for _, reference in references(body))


def _look(
    path: str, reference: Reference, body: Mapping[str, Any], generation: Lookup, file: Lookup
) -> Media | Violation | None:
    if reference.get("generation_id") is not None:
        return generation(reference["generation_id"])
    if reference.get("file_id") is not None:
        return file(reference["file_id"])
    if reference.get("url") is not None:
        return url_violation(reference["url"])
    return _inline(reference["data"], _expected_kind(path, body, reference))


def _inline(text: str, kind: str) -> Media | Violation:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return unprocessable("{path}: invalid base64 data")
    if kind == "video":
        if len(data) > LARGEST_VIDEO_BYTES:
            return Violation(413, "{path}: video exceeds 200 MB limit")
        return inspect_video(io.BytesIO(data))
    if len(data) > LARGEST_IMAGE_BYTES:
        return Violation(413, "{path}: image exceeds 50 MB limit")
    return inspect_image(io.BytesIO(data)) or unprocessable("{path}: content-type is not an image")


def _refusal(
    path: str, body: Mapping[str, Any], reference: Reference, seen: Media
) -> Violation | None:
    """Return the violation if a reference does not fit its position."""
    expected = _expected_kind(path, body, reference)
    if expected not in (seen.kind, "either"):
        article = "an" if expected == "image" else "a"
        return bad_request(f"{{path}}: {article} {expected} is required, not {seen.kind}")
    if seen.kind == "image" and max(seen.width, seen.height) > LONGEST_IMAGE_SIDE:
        return Violation(413, f"{{path}}: image exceeds {LONGEST_IMAGE_SIDE} px limit")
    longest = LONGEST_SOURCE_SECONDS.get(str(body.get("type")))
    if path == "source" and longest is not None and seen.seconds > longest:
        return unprocessable(f"{{path}}: video exceeds {longest} s limit")
    return None


def _expected_kind(path: str, body: Mapping[str, Any], reference: Reference) -> str:
    """Return the kind of media for the position of a reference: `image`, `video` or `either`."""
    if path == "source":
        return "video" if body.get("type") in TYPES_WITH_VIDEO_SOURCE else "image"
    if reference.get("generation_id") is None:
        return "image"
    if path in _EXTENDED and body.get("type") == "video":  # an extension
        return "video"
    return "either" if path.startswith(_EITHER) else "image"
