"""Parsing GJSON paths: steps, queries, selectors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_OPERATOR = re.compile(r"==|!=|!%|<=|>=|[=<>%]")


class Step(NamedTuple):
    """The first step of a path, the separator after it (`.`, `|` or none) and the rest."""

    name: str
    separator: str
    rest: str

    @property
    def pattern(self) -> Glob | None:
        """The pattern for keys, if the step has wildcards."""
        if not any(char in "*?" for char in _ESCAPED.sub("", self.name)):
            return None
        return glob(self.name)

    @property
    def key(self) -> str:
        """The key, if the step has no wildcards."""
        return unescaped(self.name)


class Query(NamedTuple):
    """`#(path operator value)`, for the first element or all elements (`#(…)#`)."""

    path: str
    operator: str
    value: str
    wants_all: bool


class Selector(NamedTuple):
    """A member of `{…}` or element of `[…]`; `name` is empty if it has none."""

    name: str
    path: str


def read_step(path: str) -> Step:
    """Split off the first step of a path."""
    position = 0
    while position < len(path) and path[position] not in ".|":
        position += 2 if path[position] == "\\" else 1
    return Step(path[:position], path[position : position + 1], path[position + 1 :])


def read_query(path: str) -> tuple[Query, str] | None:
    """Split off the query of a path that begins with `#(`; `None` if it is not closed."""
    end = closing(path, 1)
    if end is None:
        return None
    inner = path[2:end]
    wants_all = path[end + 1 : end + 2] == "#"
    rest = path[end + 1 + wants_all :]
    for position in _outside(inner):
        if operator := _OPERATOR.match(inner, position):
            value = inner[operator.end() :].strip()
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = unescaped(value[1:-1])
            return Query(inner[:position].strip(), operator[0], value, wants_all), rest
    return Query(inner.strip(), "", "", wants_all), rest


def read_selectors(path: str) -> tuple[list[Selector], str] | None:
    """Split off `{…}` or `[…]`; `None` if it is not closed."""
    end = closing(path, 0)
    if end is None:
        return None
    inner = path[1:end]
    cuts = [position for position in _outside(inner) if inner[position] == ","]
    starts, ends = [0, *(cut + 1 for cut in cuts)], [*cuts, len(inner)]
    selectors = [_selector(inner[a:b]) for a, b in zip(starts, ends, strict=True) if a < b]
    return selectors, path[end + 1 :]


def split_pipe(path: str) -> tuple[str, str | None]:
    """Split a path at its first `|`, which ends the mapping over an array."""
    for position in _outside(path):
        if path[position] == "|":
            return path[:position], path[position + 1 :]
    return path, None


def closing(text: str, start: int) -> int | None:
    """Return the end of the bracket that opens at `start`, ignoring strings and escapes."""
    depth = 0
    for position in _unquoted(text, start):
        if text[position] in _CLOSING:
            depth += 1
        elif text[position] in _CLOSING.values():
            depth -= 1
            if depth == 0:
                return position
    return None


def unescaped(text: str) -> str:
    """Return `text` without the backslashes of escapes."""
    return _ESCAPED.sub(r"\1", text)


class Glob:
    """A pattern with `*` and `?`.

    A regular expression for `a*a*a*b` would backtrack. Here each run between two stars matches at
    its first occurrence, without backtracking.
    """

    def __init__(self, pattern: str) -> None:
        runs: list[list[str]] = [[]]
        for piece in re.findall(r"\\.|.", pattern, re.DOTALL):
            if piece == "*":
                runs.append([])
            else:
                runs[-1].append("." if piece == "?" else re.escape(unescaped(piece)))
        self._first, *rest = (_Run(run) for run in runs)
        self._between, self._last = rest[:-1], rest[-1] if rest else None

    def fits(self, text: str) -> bool:
        """Return whether the pattern matches all of `text`."""
        if self._last is None:
            return len(text) == self._first.length and self._first.starts(text, 0)
        if not self._first.starts(text, 0):
            return False
        position = self._first.length
        for run in self._between:
            found = run.find(text, position)
            if found is None:
                return False
            position = found + run.length
        end = len(text) - self._last.length
        return end >= position and self._last.starts(text, end)


class _Run:
    """The characters of a pattern between two stars; each matches one character."""

    def __init__(self, pieces: list[str]) -> None:
        self.length = len(pieces)
        self._expression = re.compile("".join(pieces), re.DOTALL)

    def starts(self, text: str, position: int) -> bool:
        return self._expression.match(text, position) is not None

    def find(self, text: str, position: int) -> int | None:
        found = self._expression.search(text, position)
        return found.start() if found else None


@lru_cache(maxsize=32)
def glob(pattern: str) -> Glob:
    """Parse a pattern with `*` and `?`."""
    return Glob(pattern)


def _outside(text: str) -> Iterator[int]:
    """Yield the positions outside brackets and strings that are not escaped."""
    inside_until = -1
    for position in _unquoted(text, 0):
        if position <= inside_until:
            continue
        if text[position] in _CLOSING:
            inside_until = closing(text, position) or len(text)
        else:
            yield position


def _unquoted(text: str, start: int) -> Iterator[int]:
    """Yield the positions from `start` on outside strings that are not escaped."""
    position = start
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
        elif char == '"':
            position = _end_of_string(text, position)
        else:
            yield position
        position += 1


def _end_of_string(text: str, start: int) -> int:
    position = start + 1
    while position < len(text) and text[position] != '"':
        position += 2 if text[position] == "\\" else 1
    return position


def _selector(text: str) -> Selector:
    for position in _outside(text):
        # the colon of `path.@modifier:argument` separates no name
        if text[position] == "@" and text[position - 1 : position] in (".", "|"):
            break
        if text[position] == ":":
            return Selector(text[:position], text[position + 1 :])
    return Selector("", text)
