"""What tells whether two requests are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from luma_cli.body.inline import InlineFile


def digest_of(body: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a request's canonical form, in which the order of keys is no matter.

    Local files count by their bytes, wherever they are and however they travel. Raises
    `InputFileError` for a file that is gone.
    """
    text = json.dumps(_canonical(body), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, InlineFile):
        return {"sha256": value.sha256}
    if isinstance(value, Mapping):
        return {str(key): _canonical(inner) for key, inner in value.items()}
    return [_canonical(inner) for inner in value] if isinstance(value, list) else value
