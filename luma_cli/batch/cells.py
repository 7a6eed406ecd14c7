"""The cells of one job: of its row, with the defaults below it and the flags above it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from luma_cli.batch.columns import COUNT, OUTPUT, TAG, meaning_of, sets_field, uses_of
from luma_cli.batch.expand import Setting
from luma_cli.batch.layers import FieldError
from luma_cli.batch.place import Place
from luma_cli.batch.table import Row
from luma_cli.batch.variables import VariableError, filled, text_of_cell
from luma_cli.errors import UsageError
from luma_cli.settings.parse import parse_count


class Own(NamedTuple):
    """What the cells say of the row itself; `candidates` is its number of jobs."""

    row_id: str | None
    tag: str | None
    output: str | None
    candidates: int


class Cells:
    """Looks up the cells of a job; `used` collects the columns that texts name.

    `settings` are those of `--vary` and `--override`, the strongest last; `flag_of` returns the
    flag of the command line that sets a field.
    """

    def __init__(
        self,
        row: Row,
        settings: tuple[Setting, ...],
        defaults: Row | None,
        used: set[str],
        flag_of: Callable[[str], str | None],
    ) -> None:
        self.row, self.settings, self.defaults = row, settings, defaults
        self._used, self._flag_of = used, flag_of

    def look_up(self, name: str) -> str | None:
        """Return the text of the column that a variable names, `None` if there is none."""
        return self._look_up(name, self.settings)

    def look_up_for(self, setting: Setting, name: str) -> str | None:
        """Return the text for a variable in a setting, which may name the cell that it replaces."""
        others = tuple(each for each in self.settings if each.column != setting.column)
        return self._look_up(name, others)

    def _look_up(self, name: str, settings: tuple[Setting, ...]) -> str | None:
        for value in self._values_of(name, settings):
            self._used.add(name)
            return text_of_cell(value)
        return None

    def fields(self, layer: Row) -> Iterator[tuple[str, Any]]:
        """Yield the columns of a layer that are fields of the body, and have a value."""
        cells, uses = layer.cells, uses_of(tuple(layer.cells))
        for column in uses.fields:
            value = cells[column]
            if not isinstance(value, str):
                yield column, value
            elif stripped := value.strip():
                yield column, value if column in uses.prompts else stripped

    def own(self, usual_tag: str | None, usual_candidates: int) -> Own:
        """Return what the cells say of the row itself; raises `FieldError`."""
        if not (self.settings or self.defaults or uses_of(tuple(self.row.cells)).own):
            return Own(None, usual_tag, None, usual_candidates)
        text = self._text_of(COUNT)
        candidates = usual_candidates
        if text is not None:
            with _errors_of(COUNT):
                candidates = parse_count(text)
                if not candidates:
                    raise UsageError("0 makes no job", hint="remove the row, or write 1")
        return Own(self._id(), self._text_of(TAG) or usual_tag, self._text_of(OUTPUT), candidates)

    @property
    def id_if_valid(self) -> str | None:
        """The row's `id`, `None` if it has none or one that cannot be used."""
        try:
            return self._id()
        except FieldError:
            return None

    def _id(self) -> str | None:
        columns = uses_of(tuple(self.row.cells)).ids
        texts = [text_of_cell(self.row.cells[column]).strip() for column in columns]
        given = [text for text in texts if text]
        if len(set(given)) > 1:
            raise FieldError(columns[-1], UsageError("the row has another `id`"))
        if given and not given[0].isprintable():
            raise FieldError(columns[0], UsageError("an id has no control characters"))
        return given[0] if given else None

    def place_of(self, column: str, offset: int = 0) -> Place:
        """Return the place of a cell, or that of the layer that has it."""
        found = next((layer for layer in self._layers if column in layer.cells), None)
        return self.row.place if found is None else found.locate(column, offset)

    @property
    def place_of_id(self) -> Place:
        """The place of the row's `id`, or of the row."""
        columns = uses_of(tuple(self.row.cells)).ids
        return self.row.locate(columns[0]) if columns else self.row.place

    def place_of_field(self, path: str) -> Place:
        """Return the place of what sets a field of the body, that of the row if nothing does."""
        for setting in reversed(self.settings):
            if sets_field(setting.meaning.declared, path):
                return Place(f"{setting.flag} {setting.column}")
        for layer in self._layers:
            for column, value in layer.cells.items():
                if value not in ("", None) and sets_field(meaning_of(column).declared, path):
                    return layer.locate(column)
        flag = self._flag_of(path)
        return self.row.place if flag is None else Place(flag)

    def texts(self) -> Mapping[str, str]:
        """Return the columns of the input as text."""
        return {column: text_of_cell(value) for column, value in self.row.cells.items()}

    def _text_of(self, name: str) -> str | None:
        def look_up(variable: str) -> str | None:
            settings = tuple(each for each in self.settings if each.column != name)
            return self._look_up(variable, settings)

        for value in self._values_of(name, self.settings):
            try:
                text = str(filled(text_of_cell(value), look_up)).strip()
            except VariableError as problem:
                raise FieldError(name, UsageError(problem.message)) from None
            if text:
                return text
        return None

    def _values_of(self, name: str, settings: tuple[Setting, ...]) -> list[Any]:
        """Return the values of a column, the strongest first."""
        values = [each.value for each in reversed(settings) if each.column == name]
        if name in self.row.cells:
            values.append(self.row.cells[name])
        if self.defaults is not None and name in self.defaults.cells:
            values.append(self.defaults.cells[name])
        return values

    @property
    def _layers(self) -> list[Row]:
        return [self.row] if self.defaults is None else [self.row, self.defaults]


@contextmanager
def _errors_of(column: str) -> Iterator[None]:
    try:
        yield
    except UsageError as problem:
        raise FieldError(column, problem) from None
