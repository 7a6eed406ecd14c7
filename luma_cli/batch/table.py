"""What the readers make of a file: rows, whatever its format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from luma_cli.batch.place import Place, Problem


class Locate(Protocol):
    """Finds where a cell stands, which is only needed for a problem.

    `offset` is a position in the cell's text, for formats that spell it as it is.
    """

    def __call__(self, column: str, offset: int = 0, /) -> Place: ...


class Row(NamedTuple):
    """One row of data, counted from 1; a cell is a text, or any JSON value."""

    number: int
    cells: Mapping[str, Any]
    place: Place
    locate: Locate


class BadRow(NamedTuple):
    """A row that cannot be read, with as many of its cells as can."""

    number: int
    problems: tuple[Problem, ...]
    cells: Mapping[str, Any] = {}

    @property
    def place(self) -> Place:
        """The place of the first problem."""
        return self.problems[0].place


class Table(NamedTuple):
    """The rows of a file, read one by one.

    `columns` are those of a header, `None` for formats in which every row has its own keys.
    `defaults` is a row that all others are based on. `total` counts the rows, bad ones included.
    `delimiter` and `has_bom`, a mark at the start of the file, are how CSV was written.
    """

    file: str
    rows: Iterable[Row | BadRow]
    total: int
    columns: tuple[str, ...] | None = None
    locate_column: Locate | None = None
    defaults: Row | None = None
    delimiter: str = ","
    has_bom: bool = False


class Positions:
    """Lines and columns of ascending offsets in a text, each found from the one before."""

    def __init__(self, file: str, text: str) -> None:
        self._file, self._text = file, text
        self._line, self._line_start, self._offset = 1, 0, 0

    def place(self, offset: int) -> Place:
        """Return the place of an offset; one before the last is found from the beginning."""
        if offset < self._offset:
            self._line, self._line_start, self._offset = 1, 0, 0
        newlines = self._text.count("\n", self._offset, offset)
        if newlines:
            self._line += newlines
            self._line_start = self._text.rfind("\n", 0, offset) + 1
        self._offset = offset
        return Place(self._file, self._line, offset - self._line_start + 1)


def place_after(start: Place, text: str) -> Place:
    """Return the place behind a text that begins at `start`."""
    newlines = text.count("\n")
    if not newlines:
        return start._replace(column=start.column + len(text))
    column = len(text) - text.rfind("\n")
    return Place(start.file, start.line + newlines, column)
