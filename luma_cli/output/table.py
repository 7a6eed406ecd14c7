"""Rows for people, in the width of the terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from luma_cli.output.terminal import visible


def table(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], *, color: bool) -> str:
    """Return lines with a heading; a column is set `right`, or gets the `rest` of the width.

    What is too long for the rest is cut with `…`.
    """
    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name, layout in columns.items():
        drawn.add_column(
            name.upper().replace("_", " "),
            justify="right" if layout == "right" else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=1 if layout == "rest" else None,
            min_width=None if layout == "rest" else len(name),
        )
    for row in rows:
        drawn.add_row(*(_cell(row[name]) for name in columns))
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=color, no_color=not color, highlight=False, markup=False
    )
    console.print(drawn)
    return "\n".join(line.rstrip() for line in stream.getvalue().rstrip("\n").split("\n"))


def _cell(value: Any) -> str:
    return visible("-" if value is None else str(value)).replace("\n", " ").replace("\t", " ")
