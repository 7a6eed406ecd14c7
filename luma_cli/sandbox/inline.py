"""Inline data of a request: checked, looked at once, and not kept."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from luma_cli.rules.references import references
from luma_cli.rules.violation import Violation, unprocessable
from luma_cli.rules.vocabulary import (
    LARGEST_IMAGE_BYTES,
    LONGEST_IMAGE_SIDE,
    TYPES_WITH_VIDEO_SOURCE,
)

if TYPE_CHECKING:
    from PIL import Image

# What the API takes; Pillow itself would start other programs for some of the rest.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_THUMBNAIL_SIDE = 512


def inline_violations(body: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield what is wrong with the inline data of a request that keeps the rules."""
    for path, reference in references(body):
        if reference.get("data") is None:
            continue
        try:
            data = base64.b64decode(reference["data"], validate=True)
        except (binascii.Error, ValueError):
            yield unprocessable(f"{path}: invalid base64 data")
            continue
        if path == "source" and body.get("type") in TYPES_WITH_VIDEO_SOURCE:
            continue
        if len(data) > LARGEST_IMAGE_BYTES:
            yield Violation(413, f"{path}: image exceeds 50 MB limit")
            continue
        picture = _open(data)
        if picture is None:
            yield unprocessable(f"{path}: content-type is not an image")
        elif max(picture.size) > LONGEST_IMAGE_SIDE:
            yield Violation(413, f"{path}: image exceeds {LONGEST_IMAGE_SIDE} px limit")


def thumbnail_of(body: Mapping[str, Any]) -> bytes | None:
    """Return the first inline picture of an accepted request, small, as PNG."""
    for _, reference in references(body):
        picture = _open(base64.b64decode(reference.get("data") or ""))
        if picture is None:
            continue
        picture.draft("RGB", (_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
        try:
            picture.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
            small = io.BytesIO()
            picture.convert("RGB").save(small, "PNG")
        except (OSError, ValueError, SyntaxError):  # a header that promised more than there is
            continue
        return small.getvalue()
    return None


def without_data(value: Any) -> Any:
    """Return a request without its inline data, which nobody needs any more."""
    if isinstance(value, Mapping):
        return {key: without_data(inner) for key, inner in value.items() if key != "data"}
    return [without_data(inner) for inner in value] if isinstance(value, list) else value


def _open(data: bytes) -> Image.Image | None:
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
