"""A REF, the one way to point at a picture or video, becomes an object of the body."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from luma_cli.body.documents import parse_document
from luma_cli.body.inline import inline_file
from luma_cli.errors import UsageError

_PREFIXES = {"gen:": "generation_id", "file:": "file_id"}


def resolve_reference(
    text: str, flag: str, spool_stdin: Callable[[], Path]
) -> dict[str, Any] | None:
    """Return the reference that `text` means.

    An http(s) URL, `gen:ID`, `file:ID`, a `{…}` mapping (or one in YAML's block style), `null`, the
    path of a local picture or video, or `-` for the bytes on stdin. Raises `InputFileError` for a
    bad file and `UsageError` for text that means nothing, naming `flag`.
    """
    if text.lower().startswith(("https://", "http://")):
        return {"url": text}
    for prefix, field in _PREFIXES.items():
        if text.startswith(prefix):
            if not text.removeprefix(prefix):
                raise UsageError(f"`{flag}`: no id after `{prefix}`")
            return {field: text.removeprefix(prefix)}
    if _looks_like_document(text):
        return _mapping(text, flag)
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", text):
        raise UsageError(f"`{flag}`: only https URLs can be fetched", hint=_HINT)
    if not text:
        raise UsageError(f"`{flag}` is empty", hint=_HINT)
    file = inline_file(spool_stdin(), name="stdin") if text == "-" else inline_file(Path(text))
    return {"data": file, "media_type": file.media_type}


_HINT = "a REF is an https:// URL, gen:ID, file:ID, a path, `-`, or a mapping like `{url: …}`"


def _looks_like_document(text: str) -> bool:
    return text == "null" or text.lstrip().startswith("{") or "\n" in text or ": " in text


def _mapping(text: str, flag: str) -> dict[str, Any] | None:
    value = parse_document(text, f"the value of `{flag}`")
    if value is not None and not isinstance(value, dict):
        raise UsageError(f"the value of `{flag}` is not a mapping", hint=_HINT)
    return value
