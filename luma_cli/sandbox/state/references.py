"""What a request's references point at: looked up, looked at once, and not kept.

Nothing is ever fetched. A URL is taken to be what its position wants, but for those of `urls`.
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
from luma_cli.rules.violation import Violation, refused, unprocessable
from luma_cli.sandbox.models.media import Media, look_at_film, look_at_picture
from luma_cli.sandbox.state.urls import url_violation

Reference = Mapping[str, Any]
Lookup = Callable[[str], "Media | Violation"]
_EXTENDED = ("video.start_frame", "video.end_frame")
_EITHER = ("video.keyframes", "video.edit.keyframes")


class RefusedError(Exception):
    """A reference points at nothing that can be used."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.detail)
        self.violation = violation


def look_at_references(
    body: Mapping[str, Any], generation: Lookup, file: Lookup
) -> dict[str, Media]:
    """Return what is known of what a request that keeps the rules points at, by path.

    `generation` and `file` look up ids of the same owner; `{path}` in the detail of their
    violations stands for the reference's place. Raises `RefusedError`. Decoding inline data takes a
    while.
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
    """Return a request without its inline data, which nobody needs any more."""
    if isinstance(value, Mapping):
        return {key: without_data(inner) for key, inner in value.items() if key != "data"}
    return [without_data(inner) for inner in value] if isinstance(value, list) else value


def has_data(body: Mapping[str, Any]) -> bool:
    """Return whether a request that keeps the rules has inline data."""
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
    return _inline(reference["data"], _wanted_kind(path, body, reference))


def _inline(text: str, kind: str) -> Media | Violation:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return unprocessable("{path}: invalid base64 data")
    if kind == "video":
        if len(data) > LARGEST_VIDEO_BYTES:
            return Violation(413, "{path}: video exceeds 200 MB limit")
        return look_at_film(io.BytesIO(data))
    if len(data) > LARGEST_IMAGE_BYTES:
        return Violation(413, "{path}: image exceeds 50 MB limit")
    return look_at_picture(io.BytesIO(data)) or unprocessable(
        "{path}: content-type is not an image"
    )


def _refusal(
    path: str, body: Mapping[str, Any], reference: Reference, seen: Media
) -> Violation | None:
    """Return why what a reference points at cannot stand where it does."""
    wanted = _wanted_kind(path, body, reference)
    if wanted not in (seen.kind, "either"):
        article = "an" if wanted == "image" else "a"
        return refused(f"{{path}}: {article} {wanted} is required, not {seen.kind}")
    if seen.kind == "image" and max(seen.width, seen.height) > LONGEST_IMAGE_SIDE:
        return Violation(413, f"{{path}}: image exceeds {LONGEST_IMAGE_SIDE} px limit")
    longest = LONGEST_SOURCE_SECONDS.get(str(body.get("type")))
    if path == "source" and longest is not None and seen.seconds > longest:
        return unprocessable(f"{{path}}: video exceeds {longest} s limit")
    return None


def _wanted_kind(path: str, body: Mapping[str, Any], reference: Reference) -> str:
    """Return `image`, `video` or `either`, as the place of the reference demands."""
    if path == "source":
        return "video" if body.get("type") in TYPES_WITH_VIDEO_SOURCE else "image"
    if reference.get("generation_id") is None:
        return "image"
    if path in _EXTENDED and body.get("type") == "video":  # a clip that is lengthened
        return "video"
    return "either" if path.startswith(_EITHER) else "image"
