"""`batch --status`: counts and a table for people, the lines of stdout for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from luma_cli.batch.result import RowResult
from luma_cli.batch.summary import Summary
from luma_cli.rules.prices import show_dollars

if TYPE_CHECKING:
    from luma_cli.output.output import Output
    from luma_cli.output.table import Column

_SHOWN_OF_AN_ID = 8


def show_results(out: Output, results: Iterable[RowResult], summary: Summary) -> None:
    """Print the results of a batch, one by one; `summary` has counted them before."""
    if not out.for_people:
        for result in results:
            out.json_line(result.json_line())
        return
    out.lines([f"{summary} · {show_dollars(summary.cost)}"])
    if summary.jobs:
        out.rows(map(_cells, results), _columns())


def _columns() -> list[Column]:
    from luma_cli.output.table import Column

    return [
        Column("row", right=True),
        Column("key"),
        Column("status"),
        Column("generation", drop=2),
        Column("cost", right=True, drop=1),
        Column("file_or_error", rest=True),
    ]


def _cells(result: RowResult) -> dict[str, Any]:
    generation_id = result.generation_id
    files = ", ".join(file.path for file in result.files)
    return {
        "row": result.row,
        "key": result.short_key,
        "status": result.status.replace("_", " "),
        "generation": generation_id and generation_id[:_SHOWN_OF_AN_ID],
        "cost": None if result.cost is None else show_dollars(result.cost),
        "file_or_error": (files or None) if result.error is None else result.error.message,
    }
