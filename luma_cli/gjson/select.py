"""Selecting a part of a JSON text by a path."""

from __future__ import annotations

import json
import re

from luma_cli.errors import NoMatchError
from luma_cli.gjson.bounds import bounded, check_path, check_size
from luma_cli.gjson.modifiers import MODIFIERS
from luma_cli.gjson.query import fits
from luma_cli.gjson.syntax import (
    Query,
    Step,
    read_query,
    read_selectors,
    read_step,
    split_pipe,
)
from luma_cli.jsontext.parts import (
    array_of,
    decoded,
    first_value,
    is_json,
    items,
    members,
    object_of,
)

_MOST_DIGITS = 12
_LITERAL_WORDS = ("true", "false", "null")
_SIMPLE_NAME = re.compile(r"[^\x00-\x1f\[\]{}()#|!]+")


def select(text: str, path: str) -> str | None:
    """Return the part of the JSON `text` that `path` selects, `None` if it matches nothing.

    Raises `NoMatchError` for a path that is nested too deep or has too large a result.
    """
    check_path(path)
    try:
        return _follow(text, path)
    except RecursionError:  # the limit of the interpreter
        raise NoMatchError(
            "the path of `--transform` is nested too deep", hint="select less with one path"
        ) from None


def _follow(text: str, path: str) -> str | None:
    """Apply a path; an empty text is no match, which a pipe may still handle: `missing|@keys`."""
    check_size(len(text))
    text = text.strip()
    special = _special(text, path)
    if special is not None:
        value, rest = special
        return _follow(value or "", rest[1:]) if rest[:1] in (".", "|") else value
    if path.startswith("..") and text:
        return _in_array(array_of([text]), path[2:])
    if text.startswith("{"):
        return _in_object(text, path)
    if text.startswith("["):
        return _in_array(text, path)
    return None


def _special(text: str, path: str) -> tuple[str | None, str] | None:
    """Apply a modifier, literal or selectors; return the result and the rest of the path."""
    if len(path) < 2:
        return None
    if path[0] == "@":
        return _modified(text, path)
    if path[0] == "!":
        return _literal(path)
    if path[0] in "[{":
        return _selected(text, path)
    return None


def _modified(text: str, path: str) -> tuple[str | None, str] | None:
    name = _modifier_name(path)
    if name not in MODIFIERS:
        return None
    argument, rest = "", path[1 + len(name) :]
    if rest.startswith(":"):
        rest = rest[1:]
        argument = (first_value(rest) if rest[:1] in ("{", "[", '"') else None) or split_pipe(rest)[
            0
        ]
        rest = rest[len(argument) :]
    return MODIFIERS[name](text, argument, _follow) or None, rest


def _modifier_name(path: str) -> str:
    return re.split("[.|:]", path[1:], maxsplit=1)[0]


def _literal(path: str) -> tuple[str | None, str] | None:
    value = first_value(path, 1)
    if value is None:
        word = read_step(path[1:]).name
        if word.lower() not in _LITERAL_WORDS:
            return None
        value = word
    return value, path[1 + len(value) :]


def _selected(text: str, path: str) -> tuple[str | None, str] | None:
    read = read_selectors(path)
    if read is None or read[1][:1] not in ("", ".", "|"):
        return None
    selectors, rest = read
    found = [(each, value) for each in selectors if (value := _follow(text, each.path)) is not None]
    if path[0] == "[":
        return array_of(bounded(value for _, value in found)), rest
    return object_of((_name(each.name, each.path), value) for each, value in found), rest


def _name(name: str, path: str) -> str:
    """Return the key of a selected member: its name, or the last step of its path."""
    if name:
        return name if name.startswith('"') and is_json(name) else json.dumps(name)
    last = re.split(r"(?<!\\)[.|]", path)[-1]
    return json.dumps(last if _SIMPLE_NAME.fullmatch(last) else "_", ensure_ascii=False)


def _in_object(text: str, path: str) -> str | None:
    step = read_step(path)
    pattern, wanted = step.pattern, step.key
    for key, value in members(text):
        if pattern.fits(decoded(key)) if pattern else decoded(key) == wanted:
            if not step.separator:
                return value
            found = _follow(value, step.rest)
            if found is not None or _is_piped(step):
                return found
    return _from_nothing(step)


def _in_array(text: str, path: str) -> str | None:
    if path.startswith(("#(", "#[")):
        read = read_query(path)
        return _queried(text, *read) if read else None
    step = read_step(path)
    if step.name == "#":
        if step.separator == ".":
            mapped, rest = split_pipe(step.rest)
            found = (_follow(item, mapped) for item in items(text))
            return _piped(array_of(bounded(value for value in found if value is not None)), rest)
        return _piped(str(sum(1 for _ in items(text))), step.rest if step.separator else None)
    if not (step.name.isascii() and step.name.isdigit() and len(step.name) <= _MOST_DIGITS):
        return _from_nothing(step)
    wanted = int(step.name)
    for index, item in enumerate(items(text)):
        if index == wanted:
            return _follow(item, step.rest) if step.separator else item
    return _from_nothing(step)


def _queried(text: str, query: Query, rest: str) -> str | None:
    fitting = (item for item in items(text) if _fits(item, query))
    separator, path = rest[:1], rest[1:]
    mapped, piped = split_pipe(path) if separator == "." else (None, path if separator else None)
    if query.wants_all:
        found = (item if mapped is None else _follow(item, mapped) for item in fitting)
        return _piped(array_of(bounded(value for value in found if value is not None)), piped)
    first = next(fitting, None)
    if first is not None and mapped is not None:
        first = _follow(first, mapped)
    return None if first is None else _piped(first, piped)


def _fits(item: str, query: Query) -> bool:
    if not query.path:
        return bool(query.operator) and fits(item, query.operator, query.value)
    return item[:1] in "{[" and fits(_follow(item, query.path), query.operator, query.value)


def _is_piped(step: Step) -> bool:
    """Return whether the rest applies to the result of the step, even without a match."""
    rest = step.rest
    starts_anew = rest[:1] in ("!", "[", "{") or (
        rest[:1] == "@" and _modifier_name(rest) in MODIFIERS
    )
    return step.separator == "|" or (step.separator == "." and starts_anew)


def _from_nothing(step: Step) -> str | None:
    """Return the result of a pipe after a step without a match."""
    return _follow("", step.rest) if _is_piped(step) else None


def _piped(value: str, rest: str | None) -> str | None:
    return value if rest is None else _follow(value, rest)
