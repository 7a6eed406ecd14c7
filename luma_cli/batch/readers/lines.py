"""Text: a prompt on each line."""

from __future__ import annotations

from collections.abc import Iterator

from luma_cli.batch.place import Place
from luma_cli.batch.table import Row, Table


def read_lines(text: str, file: str) -> Table:
    """Return a row with a `prompt` for each line that is not blank."""
    total = sum(1 for line in text.split("\n") if line.strip())
    return Table(file, _rows(text, file), total)


def _rows(text: str, file: str) -> Iterator[Row]:
    number = 0
    for at, line in enumerate(text.split("\n"), 1):
        prompt = line.strip()
        if prompt:
            number += 1
            start = Place(file, at, line.index(prompt) + 1)
            yield Row(number, {"prompt": prompt}, start, _InLine(start))


class _InLine:
    __slots__ = ("_start",)

    def __init__(self, start: Place) -> None:
        self._start = start

    def __call__(self, _column: str, offset: int = 0, /) -> Place:
        return self._start._replace(column=self._start.column + offset)
