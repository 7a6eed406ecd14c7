"""How long `Retry-After` asks to wait."""

from __future__ import annotations

import math


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
