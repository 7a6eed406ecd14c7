"""Reading JSON text one level at a time, without limits of depth or digits.

The standard parser rejects integers of more than 4,300 digits and about 1,000 levels. This one
parses a value only on access. Invalid JSON raises `ValueError`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_BLANKS = re.compile(r"[ \t\n\r]*+")
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SCALAR = re.compile(r"[-+.0-9A-Za-z]++")
_NUMBER = re.compile(r"-?\d++(?:\.\d++)?(?:[eE][-+]?\d++)?")
# Up to the next bracket, skipping strings; an unclosed string matches nothing.
_NEXT_BRACKET = re.compile(r'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{}])', re.DOTALL)


def members(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names of an object's members, and the texts of their values."""
    position = _first(text, "{", "}")
    while position is not None:
        end = _end_of(text, position)
        key, colon = text[position:end], _after_blanks(text, end)
        if text[colon : colon + 1] != ":":
            raise ValueError("no colon")
        start = _after_blanks(text, colon + 1)
        end = _end_of(text, start)
        yield as_string(key) or "", text[start:end]
        position = _following(text, end, "}")


def items(text: str) -> Iterator[str]:
    """Yield the texts of an array's elements."""
    position = _first(text, "[", "]")
    while position is not None:
        end = _end_of(text, position)
        yield text[position:end]
        position = _following(text, end, "]")


def as_string(value: str) -> str | None:
    """Decode the text of a string; `None` for any other value."""
    if not value.startswith('"'):
        return None
    try:
        return str(json.loads(value, strict=False))
    except ValueError:  # an invalid escape
        return None


def is_number(value: str) -> bool:
    """Return whether the text is a number."""
    return _NUMBER.fullmatch(value) is not None


def _first(text: str, opening: str, closing: str) -> int | None:
    """Return the position of the first entry of a container, `None` if it is empty."""
    position = _after_blanks(text, 0)
    if text[position : position + 1] != opening:
        raise ValueError(f"no {opening}")
    position = _after_blanks(text, position + 1)
    return None if text[position : position + 1] == closing else position


def _following(text: str, end: int, closing: str) -> int | None:
    """Return the position of the next entry of a container, `None` after the last one."""
    position = _after_blanks(text, end)
    if text[position : position + 1] == closing:
        return None
    if text[position : position + 1] != ",":
        raise ValueError("no comma")
    return _after_blanks(text, position + 1)


def _end_of(text: str, start: int) -> int:
    """Return the end of the value that begins at `start`."""
    if text[start : start + 1] not in ("{", "["):
        found = _STRING.match(text, start) or _SCALAR.match(text, start)
        if found is None:
            raise ValueError("no value")
        return found.end()
    depth, position = 0, start
    while True:
        bracket = _NEXT_BRACKET.match(text, position)
        if bracket is None:
            raise ValueError("an open bracket")
        depth += 1 if bracket[1] in "{[" else -1
        position = bracket.end()
        if depth == 0:
            return position


def _after_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position
