"""What an answer says about the rate of requests: the limit, and how long to wait."""

from __future__ import annotations

import math
from collections.abc import Mapping

from luma_cli.errors import RateLimit

_MOST_DIGITS = 9


def rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the limit in the headers of an answer to a submission, if they have a valid one."""
    limit = _count(headers.get("X-RateLimit-Limit"))
    if not limit:
        return None
    return RateLimit(limit, _count(headers.get("X-RateLimit-Remaining")))


def seconds_asked(header: str | None, now: float) -> float | None:
    """Return the seconds that a header asks for, or that are left until its date.

    `now` is in seconds since 1970. What is neither a number nor a date asks for nothing.
    """
    text = header or ""
    try:
        seconds = float(text)
    except ValueError:
        return _seconds_until(text, now)
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _seconds_until(date: str, now: float) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return max(round(parsedate_to_datetime(date).timestamp() - now), 0.0)
    except (ValueError, OverflowError, OSError):
        return None


def _count(header: str | None) -> int | None:
    text = (header or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
