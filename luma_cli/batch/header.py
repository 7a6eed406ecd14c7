"""The columns of an input: which are unknown, and which of them a text uses."""

from __future__ import annotations

from collections.abc import Iterator

from luma_cli.batch.columns import KNOWN_COLUMNS, Use, meaning_of, near_match
from luma_cli.batch.expand import Setting
from luma_cli.batch.place import Place, Problem, Severity, unreadable_at
from luma_cli.batch.result_columns import earlier_results
from luma_cli.batch.table import Row, Table
from luma_cli.batch.typed import TypedFields
from luma_cli.batch.variables import names_in
from luma_cli.errors import UsageError

_MOST_LISTED = 4


class Columns:
    """The columns of a table; `used` are those that a text names, as far as rows are read."""

    def __init__(self, table: Table, settings: tuple[Setting, ...], typed: TypedFields) -> None:
        self.used: set[str] = set()
        self._table, self._settings, self._typed = table, settings, typed
        self._unknown: dict[str, Place] = {}

    @property
    def known(self) -> tuple[str, ...] | None:
        """The columns that every row has, `None` where each row has its own keys."""
        if self._table.columns is None:
            return None
        return (*self._table.columns, *self._added())

    def check_header(self) -> None:
        """Raise `InputFileError` for a header without a known column.

        Raises `UsageError` for a variable of the command line that names no column.
        """
        columns = self.known
        if columns is None:
            return
        texts = [*self._typed.texts, *((each.flag, each.value) for each in self._settings)]
        named = [(flag, name) for flag, text in texts for name in names_in(text)]
        for flag, name in named:
            if name not in columns:
                raise UsageError(
                    f"`{flag}`: unknown variable `{{{{{name}}}}}`",
                    hint=near_match(name, columns) or f"the columns are {_listed(columns)}",
                )
        self.used |= {name for _, name in named}
        header = self._table.columns or ()
        if not any(self._has_a_use(column) for column in header):
            place = Place(self._table.file, 1, 1)
            if self._table.locate_column is not None and header:
                place = self._table.locate_column(header[0])
            matches = (near_match(column, KNOWN_COLUMNS) for column in header)
            raise unreadable_at(
                place,
                f"no known column in the header: {_listed(header)}",
                next(filter(None, matches), None)
                or "the first line names the columns, as in `prompt,aspect_ratio`",
            )

    def seen(self, row: Row) -> None:
        """Note the unknown columns of a row of a table without a header."""
        if self._table.columns is not None:
            return
        for column in row.cells:
            if column not in self._unknown and meaning_of(column).use is Use.VARIABLE:
                self._unknown[column] = row.locate(column)

    def unused(self) -> Iterator[Problem]:
        """Yield a problem for each unknown column that no text used; all rows must be read."""
        locate, header = self._table.locate_column, self._table.columns or ()
        results = earlier_results(header)
        places = {
            column: locate(column)
            for column in header
            if locate is not None
            and meaning_of(column).use is Use.VARIABLE
            and column not in results
        }
        added = {
            each.column: Place(f"{each.flag} {each.column}")
            for each in self._settings
            if each.meaning.use is Use.VARIABLE
        }
        for column, place in {**self._unknown, **places, **added}.items():
            if column not in self.used:
                hint = near_match(column, KNOWN_COLUMNS) or (
                    f"use it in a text as `{{{{{column}}}}}`, send it as `body.{column}`, or add"
                    " `--ignore-unknown-columns`"
                )
                yield Problem(place, f"unknown column `{column}`", Severity.INPUT, hint)

    def _has_a_use(self, column: str) -> bool:
        return column in self.used or meaning_of(column).use is not Use.VARIABLE

    def _added(self) -> Iterator[str]:
        yield from (each.column for each in self._settings)
        yield from self._table.defaults.cells if self._table.defaults is not None else ()


def _listed(columns: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{column[:40]}`" for column in columns[:_MOST_LISTED])
    return f"{shown}, …" if len(columns) > _MOST_LISTED else shown
