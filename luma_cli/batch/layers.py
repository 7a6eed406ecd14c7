"""The cells of a row as fields of a body, by the road that flags of `create` take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from luma_cli.batch.columns import (
    KNOWN_COLUMNS,
    SEPARATOR,
    Meaning,
    Use,
    meaning_of,
    near_match,
)
from luma_cli.body.body_flag import BodyFlag, Kind
from luma_cli.body.build import Sources, put_value
from luma_cli.body.documents import parse_document
from luma_cli.body.fields import BodyFields
from luma_cli.errors import LumaError, UsageError
from luma_cli.rules.constants import REFERENCE_CHANNELS, REFERENCE_FIELDS


class FieldError(Exception):
    """The cell of a column cannot be a field of the body; `error` says why."""

    def __init__(self, column: str, error: LumaError) -> None:
        super().__init__(error.message)
        self.column, self.error = column, error


def fields_of(
    cells: Iterable[tuple[str, Any]], sources: Sources, *, allow_unknown: bool = False
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the fields of columns with their values, and what is wrong with some of them.

    `allow_unknown` sends keys inside of mappings that the API is not known to have.
    """
    body, errors = BodyFields(), []
    for column, value in _in_order(cells):
        try:
            for name, declared, inner in _fields_in(meaning_of(column), value, allow_unknown):
                put_value(body, declared, inner, name, sources)
        except LumaError as problem:
            errors.append(FieldError(column, problem))
    return body.fields, errors


def overlaid(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with others over them: mappings are merged, lists and references replaced."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict) and not _is_reference(value):
            merged[key] = overlaid(below, value)
        else:
            merged[key] = value
    return merged


def _is_reference(value: Mapping[str, Any]) -> bool:
    """Return whether a mapping is a whole reference, which has one of these fields only."""
    return any(channel in value for channel in REFERENCE_CHANNELS)


def _in_order(cells: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    """Return the cells with `ref.1`, `ref.2` in the order of their numbers."""
    listed = list(cells)
    if any(meaning_of(column).order for column, _ in listed):
        listed.sort(key=lambda cell: meaning_of(cell[0]).order)
    return listed


class _Part(NamedTuple):
    name: str
    declared: BodyFlag
    value: Any


def _fields_in(meaning: Meaning, value: Any, allow_unknown: bool) -> Iterator[_Part]:
    """Yield the fields in a cell, those inside of a mapping one by one."""
    declared = meaning.declared
    if declared is None:
        return
    kind, name = declared.kind, meaning.name
    if meaning.is_nested and isinstance(value, str):
        value = parse_document(value, f"the value of `{name}`")
    if meaning.is_nested and isinstance(value, dict) and value:
        yield from _nested(declared.path, value, allow_unknown)
        return
    if kind in (Kind.REFERENCE_ELEMENT, Kind.KEYFRAME) and isinstance(value, str):
        value = [part.strip() for part in value.split(SEPARATOR)]
    if kind in (Kind.REFERENCE, Kind.REFERENCE_ELEMENT) and not allow_unknown:
        for each in value if isinstance(value, list) else [value]:
            _check_reference(name, each)
    yield _Part(name, declared, value)


def _nested(path: tuple[str, ...], value: dict[str, Any], allow_unknown: bool) -> Iterator[_Part]:
    outer = ".".join(path)
    for key, inner in value.items():
        name = f"{outer}.{key}"
        meaning = meaning_of(name)
        if meaning.use is Use.FIELD:
            yield from _fields_in(meaning, inner, allow_unknown)
        elif allow_unknown:
            yield from _fields_in(meaning_of(f"body.{name}"), inner, allow_unknown)
        else:
            raise UsageError(f"unknown key `{name}`", hint=unknown_hint(name))


def unknown_hint(name: str) -> str:
    """Return the near match of an unknown key, or how to send it."""
    return near_match(name, KNOWN_COLUMNS) or (
        f"`body.{name}` sends it; `--ignore-unknown-columns` ignores it"
    )


def _check_reference(name: str, value: Any) -> None:
    if isinstance(value, dict):
        for field in value:
            if field not in REFERENCE_FIELDS:
                hint = near_match(field, REFERENCE_FIELDS)
                raise UsageError(f"unknown key `{field}` in `{name}`", hint=hint)
