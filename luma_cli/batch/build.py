"""The request of one job: fields of the command line, of defaults, of the row, of overrides."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from luma_cli.batch.columns import KNOWN_COLUMNS, near_match
from luma_cli.batch.layers import FieldError, fields_of, overlaid
from luma_cli.batch.place import Place, Problem
from luma_cli.batch.variables import VariableError, filled, has_variables
from luma_cli.body.build import Sources, add_source_media_type
from luma_cli.body.embedding import embed_files
from luma_cli.body.request import Request
from luma_cli.body.tree import leaves
from luma_cli.errors import LumaError, UsageError

if TYPE_CHECKING:
    from luma_cli.batch.cells import Cells
    from luma_cli.batch.expand import Setting
    from luma_cli.batch.table import Row
    from luma_cli.batch.typed import TypedFields
    from luma_cli.journal.history import History

_WITH_IDS = {"source", "image_ref", "video"}


class Builder:
    """Builds requests; `data` are the sources of cells, `typed_sources` those of flags."""

    def __init__(
        self,
        typed: TypedFields,
        data: Sources,
        typed_sources: Sources,
        history: History,
        *,
        embeds: bool,
        allow_unknown: bool,
    ) -> None:
        self._typed, self._data, self._typed_sources = typed, data, typed_sources
        self._history, self._embeds, self._allow_unknown = history, embeds, allow_unknown
        self._fixed_base: dict[str, Any] | None = None
        self._fixed_settings: dict[tuple[Setting, ...], dict[str, Any]] = {}

    def request(self, cells: Cells) -> Request | list[Problem]:
        """Return the request of a job, or all that keeps it from being built."""
        problems: list[Problem] = []
        body = dict(self._base(cells, problems))
        body = overlaid(body, self._of_layer(cells, cells.row, problems))
        if cells.settings:
            body = overlaid(body, self._of_settings(cells, problems))
        if problems:
            return problems
        if isinstance(body.get("source"), dict):  # it may be shared with other rows
            body["source"] = dict(body["source"])
            add_source_media_type(body)
        request = Request(body)
        return self._with_whole_ids(cells, request) if _WITH_IDS & body.keys() else request

    def _base(self, cells: Cells, problems: list[Problem]) -> dict[str, Any]:
        """Return the fields below those of the row."""
        if self._fixed_base is not None:
            return self._fixed_base
        try:
            base = self._typed.fields(cells.look_up)
        except VariableError as problem:
            flag = next(name for name, text in self._typed.texts if _names(text, problem))
            problems.append(_unknown_variable(cells, cells.row.place, problem, f"{flag}: "))
            return {}
        except LumaError as problem:
            problems.append(Problem(cells.row.place, problem.message, hint=problem.hint))
            return {}
        if cells.defaults is not None:
            base = overlaid(base, self._of_layer(cells, cells.defaults, problems))
        varies = self._typed.texts or (
            cells.defaults is not None and has_variables(dict(cells.defaults.cells))
        )
        if not varies and not problems:
            self._fixed_base = base
        return base

    def _of_layer(self, cells: Cells, layer: Row, problems: list[Problem]) -> dict[str, Any]:
        values = []
        for column, value in cells.fields(layer):
            try:
                values.append((column, filled(value, cells.look_up)))
            except VariableError as problem:
                place = layer.locate(column, problem.offset)
                problems.append(_unknown_variable(cells, place, problem, f"{column}: "))
        fields, errors = fields_of(values, self._data, allow_unknown=self._allow_unknown)
        problems += (problem_of(layer.locate(each.column), each) for each in errors)
        if self._embeds:
            try:
                embedded: dict[str, Any] = embed_files(fields, *self._data)
            except LumaError as problem:
                problems.append(Problem(layer.place, problem.message, hint=problem.hint))
            else:
                return embedded
        return fields

    def _of_settings(self, cells: Cells, problems: list[Problem]) -> dict[str, Any]:
        """Return the fields of `--vary` and `--override`; a value with a variable is data."""
        if (known := self._fixed_settings.get(cells.settings)) is not None:
            return known
        merged: dict[str, Any] = {}
        varies = False
        for setting in cells.settings:
            place = Place(f"{setting.flag} {setting.column}")
            is_data = has_variables(setting.value)
            varies = varies or is_data
            try:
                value = filled(setting.value, partial(cells.look_up_for, setting))
            except VariableError as problem:
                before = f"{place}: "
                problems.append(_unknown_variable(cells, cells.row.place, problem, before))
                continue
            sources = self._data if is_data else self._typed_sources
            fields, errors = fields_of(
                [(setting.column, value)], sources, allow_unknown=self._allow_unknown
            )
            problems += (problem_of(place, each) for each in errors)
            try:
                merged = overlaid(merged, fields if is_data else embed_files(fields, *sources))
            except LumaError as problem:
                problems.append(Problem(place, problem.message, hint=problem.hint))
        if not varies and not problems:
            self._fixed_settings[cells.settings] = merged
        return merged

    def _with_whole_ids(self, cells: Cells, request: Request) -> Request | list[Problem]:
        """Complete the beginnings of ids; `@last` would be another job in the next run."""
        from luma_cli.workflows.ids import resolve_id

        whole: dict[str, str] = {}
        for place, an_id in leaves(request.body):
            if place[-1] != "generation_id" or not isinstance(an_id, str):
                continue
            try:
                if an_id.startswith("@"):
                    fact = f"`gen:{an_id}` is another generation after each job"
                    raise UsageError(fact, hint="write the id of the generation")
                whole[an_id] = resolve_id(self._history, an_id)
            except LumaError as problem:
                field = ".".join(step for step in place[:-1] if isinstance(step, str))
                there = cells.place_of_field(field)
                return [Problem(there, f"{field}: {problem.message}", hint=problem.hint)]
        is_same = all(an_id == found for an_id, found in whole.items())
        return request if is_same else request.with_ids(whole.__getitem__)


def problem_of(place: Place, error: FieldError) -> Problem:
    """Return the problem of a cell, with the name of its column."""
    message = error.error.message.removeprefix(f"`{error.column}`: ")
    shown = message if f"`{error.column}`" in message else f"{error.column}: {message}"
    return Problem(place, shown, hint=error.error.hint)


def _unknown_variable(cells: Cells, place: Place, problem: VariableError, where: str) -> Problem:
    if problem.name is None:
        return Problem(place, where + problem.message, hint="`\\{{` is a literal `{{`")
    hint = near_match(problem.name, _columns(cells)) or "`\\{{` is a literal `{{`"
    return Problem(place, where + problem.message, hint=hint)


def _columns(cells: Cells) -> Iterator[str]:
    yield from cells.row.cells
    yield from (setting.column for setting in cells.settings)
    yield from cells.defaults.cells if cells.defaults is not None else ()
    yield from KNOWN_COLUMNS


def _names(text: str, problem: VariableError) -> bool:
    return problem.name is None or problem.name in text
