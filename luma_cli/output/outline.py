"""JSON as an indented outline for people, every value whole."""

from __future__ import annotations

from collections.abc import Iterator

from luma_cli.jsontext.parts import decoded, items, members
from luma_cli.output import colors
from luma_cli.output.terminal import visible

_INDENT = "  "


def outline(text: str, *, color: bool, sanitize: bool) -> str:
    """Return `key: value` lines, uncut and unwrapped; lists are numbered from 1."""
    return "\n".join(_Outline(color=color, sanitize=sanitize).lines(text.strip()))


class _Outline:
    def __init__(self, *, color: bool, sanitize: bool) -> None:
        self._color, self._sanitize = color, sanitize

    def lines(self, value: str) -> Iterator[str]:
        if (leaf := self._leaf(value)) is not None:
            yield from leaf
            return
        entries = self._members(value) if value.startswith("{") else self._items(value)
        for label, inner in entries:
            leaf = self._leaf(inner)
            if leaf is None:
                yield label
                yield from (_INDENT + line for line in self.lines(inner))
            else:
                first, *more = leaf
                yield f"{label} {first}".rstrip()
                yield from ((_INDENT + line).rstrip() for line in more)

    def _members(self, value: str) -> Iterator[tuple[str, str]]:
        for key, inner in members(value):
            yield self._paint(colors.KEY, self._text(key).replace("\n", r"\n")) + ":", inner

    def _items(self, value: str) -> Iterator[tuple[str, str]]:
        elements = list(items(value))
        width = len(str(len(elements))) + 1
        for number, inner in enumerate(elements, 1):
            yield self._paint(colors.NULL, f"{number}.".ljust(width)), inner

    def _leaf(self, value: str) -> list[str] | None:
        """Return the lines of a scalar or empty container, `None` for other values."""
        if value[0] in "{[":
            if value[1:-1].strip():
                return None
            return [self._paint(colors.NULL, "(empty)" if value[0] == "{" else "(none)")]
        if value == '""':
            return [self._paint(colors.NULL, "(empty)")]
        if value[0] == '"':
            lines = self._text(value).split("\n")
            return [self._paint(colors.STRING, line) if line else line for line in lines]
        return [self._paint(colors.color_of(value), value)]

    def _text(self, string: str) -> str:
        return visible(decoded(string)) if self._sanitize else decoded(string)

    def _paint(self, color: str, text: str) -> str:
        return colors.paint(color, text) if self._color else text
