"""Reading the journal's columns, which are untrusted as any file on disk is.

Each function returns a valid value, or raises `ValueError` for a damaged one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

# Deeper documents, which no request is, would raise a `RecursionError` when they are printed.
_MOST_LEVELS = 100
_LAST_SECOND = 253_402_300_799  # of the year 9999, the last one of a date
_LONGEST_COST = 40
_MOST_DOLLARS = 10**9
_TEXTS_OF_PLAN = ("output", "folder", "name")


def text(value: Any) -> str:
    """Return a column that holds text."""
    if not isinstance(value, str):
        raise ValueError("not text")
    return value


def seconds(value: Any) -> float:
    """Return a column that holds seconds, since 1970 or of a duration."""
    if not isinstance(value, int | float) or not 0 <= value <= _LAST_SECOND:
        raise ValueError("not a time")
    return float(value)


def dollars(value: Any) -> Decimal:
    """Return a column that holds a cost."""
    try:
        cost = Decimal(text(value)[:_LONGEST_COST])
    except InvalidOperation:
        raise ValueError("not a cost") from None
    if not cost.is_finite() or not 0 <= cost < _MOST_DOLLARS:
        raise ValueError("not a cost")
    return cost


def request(value: Any) -> dict[str, Any]:
    """Return a column that holds the body of a request."""
    return _object(value)


def plan(value: Any) -> dict[str, Any]:
    """Return a column that holds the plan for the outputs of a job."""
    fields = _object(value)
    for name in _TEXTS_OF_PLAN:
        if fields.get(name) is not None and not _is_path(fields[name]):
            raise ValueError(f"`{name}` is not text")
    return fields


def attempts(value: Any) -> list[dict[str, Any]]:
    """Return a column that holds the attempts of a submission; each has a `request_id`."""
    return _all(value, lambda attempt: isinstance(attempt.get("request_id"), str))


def files(value: Any) -> list[dict[str, Any]]:
    """Return a column that holds saved files; each has a `path`."""
    return _all(value, _is_file)


def _is_file(fields: Mapping[str, Any]) -> bool:
    return (
        _is_path(fields.get("path"))
        and isinstance(fields.get("bytes", 0), int)
        and isinstance(fields.get("sha256", ""), str)
        and isinstance(fields.get("content_type") or "", str)
    )


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _object(value: Any) -> dict[str, Any]:
    parsed = _json(value)
    if not isinstance(parsed, dict):
        raise ValueError("not an object")
    return parsed


def _all(value: Any, is_usable: Any) -> list[dict[str, Any]]:
    parsed = _json(value)
    if not isinstance(parsed, list) or not all(
        isinstance(item, dict) and is_usable(item) for item in parsed
    ):
        raise ValueError("not a list of objects")
    return parsed


def _json(value: Any) -> Any:
    document = text(value)
    try:
        parsed = _DECODER.decode(document)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if document.count("[") + document.count("{") > _MOST_LEVELS and not _is_flat(parsed):
        raise ValueError("nested too deeply")
    return parsed


def _is_flat(value: Any) -> bool:
    """Return whether a document has at most 100 levels."""
    level = [value]
    for _ in range(_MOST_LEVELS):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return True
    return False


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def _refuse(word: str) -> None:
    raise ValueError(word)


# Creating one per value takes as long as decoding it.
_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse)
