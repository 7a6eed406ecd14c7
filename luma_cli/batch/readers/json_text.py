"""JSON of rows: an object a line, an array of objects, or `{"defaults": {}, "jobs": []}`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from luma_cli.batch.place import Place, Problem, unreadable_at
from luma_cli.batch.readers.json_places import after_blanks, elements, members
from luma_cli.batch.readers.layout import DEFAULTS, JOBS, check_layout
from luma_cli.batch.table import BadRow, Positions, Row, Table, place_after
from luma_cli.jsontext.parts import MOST_LEVELS, is_too_deep


class _NotRepresentableError(ValueError):
    """The text is JSON that a request cannot hold."""


def read_json_lines(text: str, file: str) -> Table:
    """Return a row for each line that is not blank; a line with a problem does not end the file."""
    total = sum(1 for line in text.split("\n") if line.strip())
    return Table(file, _rows_of_lines(text, file), total)


def _rows_of_lines(text: str, file: str) -> Iterator[Row | BadRow]:
    number = 0
    for at, line in enumerate(text.split("\n"), 1):
        if not line or line.isspace():
            continue
        number += 1
        start = Place(file, at, len(line) - len(line.lstrip()) + 1)
        try:
            value = _decode(line)
        except json.JSONDecodeError as problem:
            hint = "add `--from json`" if number == 1 and line.lstrip().startswith("[") else None
            place = start._replace(column=problem.colno)
            fact = f"the line is not valid JSON: {_fact(problem)}"
            yield BadRow(number, (Problem(place, fact, hint=hint),))
        except (ValueError, RecursionError) as problem:
            yield BadRow(number, (Problem(start, _unusual(problem)),))
        else:
            if isinstance(value, dict):
                yield Row(number, value, start, _Members(line, start, start.column - 1))
            else:
                yield _no_object(number, start, "the line is not a JSON object")


def read_json(text: str, file: str) -> Table:
    """Return the rows of a document; raises `InputFileError` unless it is valid and has rows."""
    positions = Positions(file, text)
    try:
        document = _decode(text)
    except json.JSONDecodeError as problem:
        place = Place(file, problem.lineno, problem.colno)
        raise unreadable_at(place, f"the file is not valid JSON: {_fact(problem)}") from None
    except (ValueError, RecursionError) as problem:
        raise unreadable_at(Place(file, 1, 1), _unusual(problem)) from None
    start = after_blanks(text, 0)
    place = positions.place(start)
    check_layout(document, place)
    defaults, jobs, jobs_at = None, document, start
    if isinstance(document, dict) and JOBS in document:
        inner = dict(members(text, start))
        jobs, jobs_at = document[JOBS], inner[JOBS]
        if document.get(DEFAULTS):
            there = positions.place(inner[DEFAULTS])
            locate = _Members(text, there, inner[DEFAULTS])
            defaults = Row(0, document[DEFAULTS], there, locate)
    if isinstance(jobs, dict):
        rows: Iterator[Row | BadRow] = iter([Row(1, jobs, place, _Members(text, place, start))])
        return Table(file, rows, 1)
    return Table(file, _rows_of_array(jobs, text, jobs_at, positions), len(jobs), defaults=defaults)


def _rows_of_array(
    jobs: list[Any], text: str, at: int, positions: Positions
) -> Iterator[Row | BadRow]:
    for number, (value, offset) in enumerate(zip(jobs, elements(text, at), strict=True), 1):
        place = positions.place(offset)
        if isinstance(value, Mapping):
            yield Row(number, value, place, _Members(text, place, offset))
        else:
            yield _no_object(number, place, "the element is not an object")


def _no_object(number: int, place: Place, fact: str) -> BadRow:
    return BadRow(number, (Problem(place, fact, hint='write `{"prompt": …}`'),))


class _Members:
    """Finds the members of the object at an offset of a text."""

    __slots__ = ("_at", "_start", "_text")

    def __init__(self, text: str, start: Place, at: int) -> None:
        self._text, self._start, self._at = text, start, at

    def __call__(self, column: str, _offset: int = 0, /) -> Place:
        for key, at in members(self._text, self._at):
            if key == column:
                return place_after(self._start, self._text[self._at : at])
        return self._start


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in found if keys.count(key) > 1)
        raise _NotRepresentableError(f"the key `{twice}` appears twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _NotRepresentableError(f"the number {text[:40]} is too large")
    return number


def _refuse(constant: str) -> None:
    raise _NotRepresentableError(f"{constant} is not valid JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_float=_finite, parse_constant=_refuse
)


def _decode(text: str) -> Any:
    if is_too_deep(text):
        raise _NotRepresentableError(f"the value nests more than {MOST_LEVELS} levels deep")
    return _DECODER.decode(text)


def _fact(problem: json.JSONDecodeError) -> str:
    return problem.msg[:1].lower() + problem.msg[1:]


def _unusual(problem: Exception) -> str:
    """Return what is wrong with JSON that Python or a request cannot represent."""
    known = isinstance(problem, _NotRepresentableError)
    return str(problem) if known else "the value has a number with too many digits"
