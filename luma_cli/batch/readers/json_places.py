"""Where the parts of a valid JSON text begin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

# Values are only skipped: numbers stay text, as Python limits the digits of a conversion.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)
_BLANKS = re.compile(r"[ \t\n\r]*")


def after_blanks(text: str, at: int) -> int:
    """Return the offset of the first character from `at` that is not blank."""
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


def elements(text: str, at: int) -> Iterator[int]:
    """Yield the offset of each element of the array at this offset."""
    at = after_blanks(text, at + 1)
    while text[at] != "]":
        yield at
        at = _after_value(text, at)


def members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """Yield each key of the object at this offset, and the offset of its value."""
    at = after_blanks(text, at + 1)
    while text[at] != "}":
        key, end = _DECODER.raw_decode(text, at)
        at = after_blanks(text, after_blanks(text, end) + 1)
        yield key, at
        at = _after_value(text, at)


def _after_value(text: str, at: int) -> int:
    """Return the offset behind a value and the comma that may follow."""
    _, end = _DECODER.raw_decode(text, at)
    at = after_blanks(text, end)
    return after_blanks(text, at + 1) if text[at] == "," else at
