"""A request as it may be written down: the bytes of files as their sha256, size and type."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from luma_cli.body.inline import InlineFile
from luma_cli.redaction import without_secrets


def without_bytes(body: Any, key: str = "") -> Any:
    """Return a body without bytes of files and signatures of URLs.

    `{"data": <file>}` becomes `{"data": {"sha256": …, "bytes": …, "media_type": …}}`; base64 that
    was typed becomes the same, of its text. Raises `InputFileError` for a file that is gone.
    """
    if isinstance(body, InlineFile):
        return {
            "sha256": body.sha256,
            "bytes": body.size,
            "media_type": body.media_type,
            "path": str(body.path.absolute()),
        }
    if isinstance(body, Mapping):
        return {name: without_bytes(value, str(name)) for name, value in body.items()}
    if isinstance(body, list):
        return [without_bytes(item, key) for item in body]
    if key == "data" and isinstance(body, str):
        text = body.encode("utf-8", "surrogatepass")
        return {"sha256": hashlib.sha256(text).hexdigest(), "characters": len(body)}
    return without_secrets(body) if isinstance(body, str) else body
