"""What may be shown or written down of a text: no key, no signature, no bytes of a file."""

from __future__ import annotations

import re

REDACTED = "<REDACTED>"
_URL_QUERY = re.compile(r"(https?://[^\s\"'?#<>\\]+)[?#][^\s\"'<>\\]*")
_LONG_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{200,}={0,2}")


def without_keys(text: str) -> str:
    """Return the text with every API key in it made unreadable, wherever it came from."""
    return re.sub(r"luma-api-[\w-]+", "luma-api-****", text)


def without_secrets(text: str) -> str:
    """Return the text without keys, without the queries of URLs, which sign them, and base64."""
    text = _LONG_BASE64.sub(lambda found: f"<{len(found[0]):,} characters>", text)
    return _URL_QUERY.sub(rf"\1?{REDACTED}", without_keys(text))
