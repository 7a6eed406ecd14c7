"""Rows for people, in the width of the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size

from luma_cli.output.terminal import one_line
from luma_cli.redaction import without_secrets

_GAP = "  "
_SHORTEST_REST = 12


class Column(NamedTuple):
    """A column; the `rest` gets what the others leave of the width.

    When they leave too little, the columns of the highest `drop` go first; those of 0 stay.
    """

    name: str
    right: bool = False
    rest: bool = False
    drop: int = 0


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], *, bold: bool) -> str:
    """Return a heading and a line for each row; what is too long for the rest ends in `…`."""
    cells = [{column.name: _cell(row[column.name]) for column in columns} for row in rows]
    width = shutil.get_terminal_size().columns
    shown = list(columns)
    while _left(shown, cells, width) < _SHORTEST_REST and any(column.drop for column in shown):
        shown.remove(max(shown, key=lambda column: column.drop))
    rest = max(_left(shown, cells, width), _SHORTEST_REST)
    heading = _line({column.name: _title(column) for column in shown}, shown, cells, rest)
    lines = [_line(row, shown, cells, rest) for row in cells]
    return "\n".join([f"\x1b[1m{heading}\x1b[0m" if bold else heading, *lines])


def _left(columns: Sequence[Column], cells: Sequence[Mapping[str, str]], width: int) -> int:
    fixed = sum(_width(column, cells) for column in columns if not column.rest)
    return width - fixed - len(_GAP) * (len(columns) - 1)


def _width(column: Column, cells: Sequence[Mapping[str, str]]) -> int:
    return max(cell_len(text) for text in (_title(column), *(row[column.name] for row in cells)))


def _line(
    row: Mapping[str, str],
    columns: Sequence[Column],
    cells: Sequence[Mapping[str, str]],
    rest: int,
) -> str:
    parts = []
    for column in columns:
        text = row[column.name]
        room = rest if column.rest else _width(column, cells)
        if cell_len(text) > room:
            text = set_cell_size(text, room - 1) + "…"
        blanks = " " * (room - cell_len(text))
        parts.append(blanks + text if column.right else text + blanks)
    return _GAP.join(parts).rstrip()


def _title(column: Column) -> str:
    return column.name.upper().replace("_", " ")


def _cell(value: Any) -> str:
    text = "-" if value is None else without_secrets(str(value))
    return one_line(text).replace("\t", " ")
