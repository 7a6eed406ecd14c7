"""The columns that a report adds to those of the input, also in a report that is an input again."""

from __future__ import annotations

from collections.abc import Sequence

RESULT_COLUMNS = ("status", "generation_id", "files", "cost_usd", "error")


def result_columns(columns: Sequence[str]) -> list[str]:
    """Return the names of the result's columns beside those of the input.

    A name that the input has, in any case, gets the prefix `luma_`, so that both can be found.
    """
    taken = {column.casefold() for column in columns}
    names = []
    for name in RESULT_COLUMNS:
        free = name
        while free.casefold() in taken:
            free = f"luma_{free}"
        names.append(free)
    return names


def earlier_results(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that a report has added, none if the input is no report.

    All of them must stand together, so that no column with such a name is overlooked in an input
    that someone wrote.
    """
    for end in range(len(columns), len(RESULT_COLUMNS) - 1, -1):
        start = end - len(RESULT_COLUMNS)
        found = columns[start:end]
        if list(found) == result_columns(columns[:start]):
            return tuple(found)
    return ()


def without_earlier_results(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of an input as they were before a report added its own."""
    results = earlier_results(columns)
    return tuple(column for column in columns if column not in results)
