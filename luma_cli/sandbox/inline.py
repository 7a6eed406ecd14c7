"""Checks of inline data that need the bytes: base64 that decodes, to a picture."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator, Mapping
from typing import Any

from luma_cli.rules.references import references
from luma_cli.rules.violation import Violation, unprocessable
from luma_cli.rules.vocabulary import LARGEST_IMAGE_BYTES, TYPES_WITH_VIDEO_SOURCE


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
        elif not _is_picture(data):
            yield unprocessable(f"{path}: content-type is not an image")


def first_picture(body: Mapping[str, Any]) -> bytes | None:
    """Return the first inline picture of an accepted request."""
    for _, reference in references(body):
        if reference.get("data") is not None:
            data = base64.b64decode(reference["data"])
            if _is_picture(data):
                return data
    return None


def _is_picture(data: bytes) -> bool:
    from PIL import Image, UnidentifiedImageError

    try:
        Image.open(io.BytesIO(data)).close()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return False
    return True
