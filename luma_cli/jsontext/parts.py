"""Splitting JSON text, one level at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

# Numbers stay text, as Python limits the digits of a conversion.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)
_BLANKS = re.compile(r"[ \t\n\r]*")
_BRACKET_OR_STRING = r'(?s)"(?:[^"\\]++|\\.)*+"|[\[\]{}]'
# Requests and answers of the API have fewer than ten levels. Deeper text would cost stack and, as
# each level is scanned again, time.
MOST_LEVELS = 128


def is_json(text: str) -> bool:
    """Return whether `text` is one JSON value of at most `MOST_LEVELS` levels."""
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return not is_too_deep(text)


def is_too_deep(text: str) -> bool:
    """Return whether a JSON text has more than `MOST_LEVELS` levels."""
    if text.count("[") + text.count("{") <= MOST_LEVELS:
        return False
    depth = 0
    for found in re.finditer(_BRACKET_OR_STRING, text):
        bracket = found[0]
        if bracket in "[{":
            depth += 1
            if depth > MOST_LEVELS:
                return True
        elif bracket in "]}":
            depth -= 1
    return False


def first_value(text: str, start: int = 0) -> str | None:
    """Return the text of the JSON value that begins at `start`, `None` if there is none."""
    try:
        _, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return text[start:end]


def items(array: str) -> Iterator[str]:
    """Yield the texts of an array's elements."""
    position = _after_blanks(array, 1)
    while array[position] != "]":
        value, position = _value(array, position)
        yield value


def members(container: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of an object's keys, with their quotes, and of their values."""
    position = _after_blanks(container, 1)
    while container[position] != "}":
        _, end = _DECODER.raw_decode(container, position)
        key = container[position:end]
        colon = _after_blanks(container, end)
        value, position = _value(container, _after_blanks(container, colon + 1))
        yield key, value


def array_of(values: Iterable[str]) -> str:
    """Return the array with these texts as its elements."""
    return f"[{','.join(values)}]"


def object_of(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the object with these texts as its keys and values."""
    return "{" + ",".join(f"{key}:{value}" for key, value in pairs) + "}"


def decoded(string: str) -> str:
    """Decode the text of a string; unpaired surrogates become U+FFFD."""
    text: str = json.loads(string, strict=False)
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def with_member(container: str, key: str, value: str) -> str:
    """Add a member to the text of an object; `value` is JSON text."""
    inner = container.rstrip().removesuffix("}").rstrip()
    comma = "" if inner.endswith("{") else ","
    return f'{inner}{comma}"{key}":{value}}}'


def _value(text: str, position: int) -> tuple[str, int]:
    """Return a value of a container, and the position of the next one or the end."""
    _, end = _DECODER.raw_decode(text, position)
    after = _after_blanks(text, end)
    return text[position:end], _after_blanks(text, after + 1) if text[after] == "," else after


def _after_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position


def _refuse(word: str) -> None:
    raise ValueError(word)
