"""Durations as people type them: `90`, `90s`, `250ms`, `5m`, `1.5h`, `7d`."""

from __future__ import annotations

import re

from luma_cli.errors import UsageError, naming

_UNITS_IN_SECONDS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_LONGEST_SECONDS = 366 * 86_400.0
_DURATION = r"(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h|d|)"


def parse_duration(text: str) -> float:
    """Parse a duration into seconds; a bare number is seconds. Raises `UsageError`."""
    match = re.fullmatch(_DURATION, text.strip())
    if match is None:
        raise UsageError(f"`{text}` is not a duration", hint="write `90s`, `5m`, `2h` or `7d`")
    number, unit = match.groups()
    seconds = float(number) * _UNITS_IN_SECONDS[unit]
    if seconds > _LONGEST_SECONDS:
        raise UsageError(f"`{text}` is longer than a year", hint="leave it out for no limit")
    return seconds


def duration_of(flag: str, text: str | None) -> float | None:
    """Return a flag's duration in seconds; raises `UsageError` that names the flag."""
    with naming(flag):
        return None if text is None else parse_duration(text)


def show_duration(seconds: float) -> str:
    """Return whole seconds as on a clock: `0:07`, `12:30`, `1:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def show_age(seconds: float) -> str:
    """Return an age in its largest unit: `12s`, `5m`, `3h`, `2d`."""
    for unit in ("d", "h", "m"):
        if seconds >= _UNITS_IN_SECONDS[unit]:
            return f"{seconds // _UNITS_IN_SECONDS[unit]:.0f}{unit}"
    return f"{max(seconds, 0):.0f}s"
