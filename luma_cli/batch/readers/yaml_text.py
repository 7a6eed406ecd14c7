"""YAML of rows: a list, a mapping of `defaults` and `jobs`, or a stream of documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from luma_cli.batch.place import Place, Problem, unreadable_at
from luma_cli.batch.readers.layout import DEFAULTS, JOBS, check_layout
from luma_cli.batch.table import BadRow, Row, Table
from luma_cli.body.documents import MOST_YAML_CHARACTERS, YamlFaultError, yaml_documents


def read_yaml(text: str, file: str) -> Table:
    """Return the rows of a file; raises `InputFileError` unless it is valid and has rows."""
    documents = _documents(text, file)
    if len(documents) != 1:
        if not documents:
            raise unreadable_at(Place(file, 1, 1), "the file has no jobs")
        return Table(file, _rows(documents, file), len(documents))
    document, node = documents[0]
    check_layout(document, _place(node, file))
    if isinstance(document, list):
        rows = _rows(zip(document, node.value, strict=True), file)
        return Table(file, rows, len(document))
    if JOBS not in document:
        return Table(file, _rows(documents, file), 1)
    inner = {key.value: value for key, value in node.value}
    defaults = None
    if document.get(DEFAULTS):
        defaults = _row(0, document[DEFAULTS], inner[DEFAULTS], file)
    jobs = document[JOBS]
    rows = _rows(zip(jobs, inner[JOBS].value, strict=True), file)
    return Table(file, rows, len(jobs), defaults=defaults)


def _documents(text: str, file: str) -> list[tuple[Any, Any]]:
    """Return the documents that have a value, each with its node."""
    if len(text) > MOST_YAML_CHARACTERS:
        raise unreadable_at(
            Place(file, 1, 1),
            f"the file is too large for YAML: {len(text):,} characters exceed the limit of"
            f" {MOST_YAML_CHARACTERS:,}",
            "write it as JSON lines",
        )
    try:
        return [(value, node) for value, node in yaml_documents(text) if value is not None]
    except YamlFaultError as fault:
        place = Place(file, fault.line or 1, fault.column or 1)
        what = "is not valid YAML:" if fault.is_syntax else "has"
        raise unreadable_at(place, f"the file {what} {fault.fact}") from None


def _rows(pairs: Any, file: str) -> Iterator[Row | BadRow]:
    for number, (value, node) in enumerate(pairs, 1):
        if isinstance(value, dict):
            yield _row(number, value, node, file)
        else:
            place = _place(node, file)
            problem = Problem(place, "the job is not a mapping", hint="write `prompt: a red fox`")
            yield BadRow(number, (problem,))


def _row(number: int, value: dict[str, Any], node: Any, file: str) -> Row:
    def locate(column: str, _offset: int = 0, /) -> Place:
        found = (inner for key, inner in node.value if key.value == column)
        return _place(next(found, node), file)

    return Row(number, value, _place(node, file), locate)


def _place(node: Any, file: str) -> Place:
    return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)
