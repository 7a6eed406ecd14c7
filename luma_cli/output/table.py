"""Tables for people, in the width of the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size

from luma_cli.output.terminal import one_line
from luma_cli.redaction import without_secrets

_GAP = "  "
_SHORTEST_REST = 12
_PAGE = 500


class Column(NamedTuple):
    """A column of a table; the `rest` takes the remaining width.

    On a narrow terminal, the columns with the highest `drop` are omitted first, those of 0 never.
    """

    name: str
    right: bool = False
    rest: bool = False
    drop: int = 0


def table_lines(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[Column], *, width: int, bold: bool
) -> Iterator[str]:
    """Yield a heading and a line for each row; text beyond the width ends in `…`.

    The widths fit a page of rows, and grow for later pages with longer values.
    """
    shown = list(columns)
    widths = {column.name: cell_len(_title(column)) for column in columns}
    has_heading = False
    for page in _pages(rows):
        cells = [{column.name: _cell(row[column.name]) for column in columns} for row in page]
        for name, before in widths.items():
            widths[name] = max(before, *(cell_len(row[name]) for row in cells))
        while _left(shown, widths, width) < _SHORTEST_REST and any(each.drop for each in shown):
            shown.remove(max(shown, key=lambda column: column.drop))
        rest = max(_left(shown, widths, width), _SHORTEST_REST)
        if not has_heading:
            heading = _line({each.name: _title(each) for each in shown}, shown, widths, rest)
            yield f"\x1b[1m{heading}\x1b[0m" if bold else heading
            has_heading = True
        for row in cells:
            yield _line(row, shown, widths, rest)


def width_of(text: str) -> int:
    """Return the columns that a text takes on a terminal."""
    return cell_len(text)


def fitted(text: str, room: int) -> str:
    """Return a text that takes at most `room` columns; a longer one is cut and ends in `…`."""
    return text if cell_len(text) <= room else set_cell_size(text, room - 1) + "…"


def padded(text: str, room: int, *, right: bool = False) -> str:
    """Return a text that takes `room` columns, with blanks behind or, for `right`, before it."""
    text = fitted(text, room)
    blanks = " " * (room - cell_len(text))
    return blanks + text if right else text + blanks


def _pages(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    source = iter(rows)
    while page := list(islice(source, _PAGE)):
        yield page


def _left(columns: Sequence[Column], widths: Mapping[str, int], width: int) -> int:
    fixed = sum(widths[column.name] for column in columns if not column.rest)
    return width - fixed - len(_GAP) * (len(columns) - 1)


def _line(
    row: Mapping[str, str], columns: Sequence[Column], widths: Mapping[str, int], rest: int
) -> str:
    parts = []
    for column in columns:
        room = rest if column.rest else widths[column.name]
        parts.append(padded(row[column.name], room, right=column.right))
    return _GAP.join(parts).rstrip()


def _title(column: Column) -> str:
    return column.name.upper().replace("_", " ")


def _cell(value: Any) -> str:
    text = "-" if value is None else without_secrets(str(value))
    return one_line(text).replace("\t", " ")
