"""What a column of the input, or the key of a document, means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from luma_cli.body.body_flag import BodyFlag, Kind
from luma_cli.body.generation_flags import GENERATION_FLAGS
from luma_cli.flags import Flag
from luma_cli.jsontext.parts import MOST_LEVELS
from luma_cli.rules.schema import type_of_field

ID, OUTPUT, TAG, COUNT = "id", "output", "tag", "count"
# The names of OpenAI's batch files.
CUSTOM_ID, WRAPPED_BODY = "custom_id", "body"
_WRAPPER = {CUSTOM_ID, WRAPPED_BODY, "method", "url"}
_ANY_FIELD = "body."
# Several REFs in one cell.
SEPARATOR = " | "
_NUMBERED = re.compile(r"(.+)\.(\d{1,6})")
_REFERENCES = (Kind.REFERENCE, Kind.REFERENCE_ELEMENT)
_LISTS = (Kind.REFERENCE_ELEMENT, Kind.KEYFRAME)


class Use(Enum):
    """What a cell is for."""

    OWN = "the row itself: its id, its output, its tag, its number of jobs"
    FIELD = "a field of the body"
    VARIABLE = "texts that name it"


class Meaning(NamedTuple):
    """The use of a column; a field is `declared` as a flag of it would be.

    `name` is the canonical one: `id` for `custom_id`, `ref` for `ref.2`. `order` sorts columns of
    one list. The keys of a mapping in a cell are fields themselves if the cell `is_nested`.
    """

    use: Use
    name: str
    declared: BodyFlag | None = None
    order: int = 0
    is_nested: bool = False


def _friendly_fields() -> dict[str, BodyFlag]:
    """Return the fields by their names: those of flags without dashes, and those of the API."""
    fields: dict[str, BodyFlag] = {}
    for declared in GENERATION_FLAGS:
        if declared.kind is Kind.PARAMETER:
            continue
        name = declared.flag.name.removeprefix("--").replace("-", "_")
        # A text in a row is a REF, which may be a mapping.
        kind = Kind.REFERENCE_ELEMENT if declared.kind is Kind.ELEMENT else declared.kind
        fields.setdefault(name, declared._replace(kind=kind))
    for declared in list(fields.values()):
        path = ".".join(declared.path)
        is_better = declared.kind in _REFERENCES or path not in fields
        if path and is_better and declared.kind is not Kind.TEXT_FILE:
            fields[path] = declared
    return fields


_FIELDS = _friendly_fields()
_OWN = (ID, OUTPUT, TAG, COUNT)
KNOWN_COLUMNS = (*_OWN, CUSTOM_ID, *_FIELDS)


@lru_cache(maxsize=4096)
def meaning_of(column: str) -> Meaning:
    """Return what a column means."""
    if column in _OWN or column == CUSTOM_ID:
        return Meaning(Use.OWN, ID if column == CUSTOM_ID else column)
    if column.startswith(_ANY_FIELD):
        path = tuple(column.removeprefix(_ANY_FIELD).split("."))
        if all(path) and len(path) <= MOST_LEVELS:
            return Meaning(Use.FIELD, column, _field(column, Kind.DOCUMENT, path))
        return Meaning(Use.VARIABLE, column)
    name = column.replace("-", "_")
    if name in _FIELDS:
        declared = _FIELDS[name]
        is_nested = declared.kind is Kind.MAPPING and isinstance(type_of_field(declared.path), dict)
        return Meaning(Use.FIELD, name, declared, is_nested=is_nested)
    numbered = _NUMBERED.fullmatch(name)
    if numbered and (declared := _FIELDS.get(numbered[1])) and declared.kind in _LISTS:  # type: ignore[assignment]
        return Meaning(Use.FIELD, numbered[1], declared, int(numbered[2]))
    path = tuple(name.split("."))
    kind = _kind_of(type_of_field(path))
    if kind is not None and len(path) > 1:
        is_nested = isinstance(type_of_field(path), dict)
        return Meaning(Use.FIELD, name, _field(name, kind, path), is_nested=is_nested)
    return Meaning(Use.VARIABLE, column)


class Uses(NamedTuple):
    """The columns of a row by their use; `prompts` are those whose text is kept as it is."""

    fields: tuple[str, ...]
    prompts: frozenset[str]
    own: frozenset[str]
    ids: tuple[str, ...]
    variables: tuple[str, ...]


@lru_cache(maxsize=4096)
def uses_of(columns: tuple[str, ...]) -> Uses:
    """Return what the columns of a row are for; most rows have the same ones."""
    meanings = {column: meaning_of(column) for column in columns}

    def of(use: Use) -> tuple[str, ...]:
        return tuple(column for column in columns if meanings[column].use is use)

    fields = of(Use.FIELD)
    declared = {column: meanings[column].declared for column in fields}
    prompts = (column for column, each in declared.items() if each and each.path == ("prompt",))
    ids = tuple(column for column in columns if meanings[column].name == ID)
    return Uses(fields, frozenset(prompts), frozenset(of(Use.OWN)), ids, of(Use.VARIABLE))


def unwrapped(cells: dict[str, Any]) -> dict[str, Any]:
    """Return the row in a line of OpenAI's batch files: its `custom_id`, and the `body`."""
    body = cells.get(WRAPPED_BODY)
    if not isinstance(body, dict):
        return cells
    outer = {name: value for name, value in cells.items() if name not in _WRAPPER}
    key = {CUSTOM_ID: cells[CUSTOM_ID]} if CUSTOM_ID in cells else {}
    return {**key, **outer, **body}


def is_wrapped(cells: Any) -> bool:
    """Return whether a row is a line of OpenAI's batch files."""
    return isinstance(cells.get(WRAPPED_BODY), dict)


def near_match(name: str, known: Iterable[str]) -> str | None:
    """Return a hint with the known name that is most like another, if one is."""
    return _near_match(name, tuple(known))


def sets_field(declared: BodyFlag | None, path: str) -> bool:
    """Return whether a flag or column sets the field at a dotted path, or what is around it."""
    own = ".".join(declared.path) if declared else ""
    return bool(own) and (path == own or path.startswith(f"{own}.") or own.startswith(f"{path}."))


@lru_cache(maxsize=1024)  # it takes a millisecond, and many rows may have the same mistake
def _near_match(name: str, known: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches

    found = get_close_matches(name.lower(), known, 1, 0.7)
    return f"did you mean `{found[0]}`?" if found else None


def _field(name: str, kind: Kind, path: tuple[str, ...]) -> BodyFlag:
    return BodyFlag(Flag(name, f"The field `{name}`"), kind, path)


def _kind_of(type_: Any) -> Kind | None:
    """Return how a text becomes a value of a type of `rules.schema`."""
    if type_ is None:
        return None
    if isinstance(type_, dict):
        return Kind.MAPPING
    return {"string": Kind.NULLABLE_TEXT, "boolean": Kind.NULLABLE_SWITCH}.get(
        type_ if isinstance(type_, str) else "", Kind.DOCUMENT
    )
