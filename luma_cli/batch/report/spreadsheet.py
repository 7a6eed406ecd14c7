"""`.csv`: the input's own columns, then those of the results."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TextIO

from luma_cli.batch.formulas import with_guard
from luma_cli.batch.report.report import Report, dollars, error_of
from luma_cli.batch.result import RowResult
from luma_cli.batch.result_columns import RESULT_COLUMNS, result_columns

_BETWEEN_FILES = " | "  # as between several references in a cell of an input


def write(stream: TextIO, report: Report) -> None:
    """Write a line for each job, in the text format of the input; line breaks are CRLF."""
    columns, delimiter, has_bom = report.layout
    if has_bom:
        stream.write("\ufeff")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(map(with_guard, (*columns, *result_columns(columns))))
    for result in report.results:
        cells = (result.cells.get(column, "") for column in columns)
        writer.writerow(map(with_guard, (*cells, *_result_cells(result))))


def renamed_columns(columns: Sequence[str]) -> str | None:
    """Return a note about columns of the result that have another name, `None` without any."""
    pairs = zip(RESULT_COLUMNS, result_columns(columns), strict=True)
    renamed = [f"`{name}` as `{free}`" for name, free in pairs if name != free]
    if not renamed:
        return None
    return f"the report has {', '.join(renamed)}: the input has columns of these names"


def _result_cells(result: RowResult) -> tuple[str, ...]:
    files = _BETWEEN_FILES.join(file.path for file in result.files)
    generation_id = result.generation_id or ""
    return result.status, generation_id, files, dollars(result), error_of(result)
