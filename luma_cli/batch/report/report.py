"""What every format of a report is made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from luma_cli.batch.layout import Layout
from luma_cli.batch.result import RowResult
from luma_cli.batch.summary import Summary


class Report(NamedTuple):
    """The results of a batch, read once and one by one; `summary` has counted them before.

    `title` is the name of the input.
    """

    title: str
    layout: Layout
    summary: Summary
    results: Iterable[RowResult]


def error_of(result: RowResult) -> str:
    """Return the sentence that explains a missing output, empty if there is none."""
    return "" if result.error is None else result.error.message


def dollars(result: RowResult) -> str:
    """Return the cost as a plain number, empty if it is unknown or nothing."""
    return "" if result.cost is None else format(result.cost, "f")
