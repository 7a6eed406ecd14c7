"""CSV and TSV with a header, as spreadsheets write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from luma_cli.batch.place import Place, Problem, unreadable_at
from luma_cli.batch.readers.records import Record, records
from luma_cli.batch.table import BadRow, Row, Table

_DELIMITERS = (",", ";", "\t")
# Excel takes the delimiter from such a first line.
_NAMED_DELIMITER = re.compile(r"sep=([,;\t|])\n", re.IGNORECASE)
# A report puts `'` in front of what a spreadsheet would take for a formula.
_GUARDED = re.compile(r"'+[=+\-@]")


def read_separated(text: str, file: str, delimiter: str | None = None) -> Table:
    """Return the rows under a header; without a `delimiter`, the one that the header has most of.

    Raises `InputFileError` for a header that is missing or has a name twice.
    """
    start = 0
    if named := _NAMED_DELIMITER.match(text):
        delimiter, start = named[1], named.end()
    delimiter = delimiter or _delimiter_of(text, start)
    header = next(records(text, file, delimiter, start), None)
    if header is None:
        raise unreadable_at(Place(file, 1, 1), "the file has no header")
    columns = _columns(header)
    total = sum(1 for _ in records(text, file, delimiter, start)) - 1
    reader = records(text, file, delimiter, start)
    next(reader)
    named_columns = tuple(name for name in columns if name)
    rows = _rows(reader, header, columns)
    return Table(file, rows, total, named_columns, header.locate, delimiter=delimiter)


def _delimiter_of(text: str, start: int) -> str:
    """Return the delimiter of most fields in the first line that is not blank."""
    line = next((line for line in text[start:].split("\n", 64) if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=unquoted.count)


def _columns(header: Record) -> list[str]:
    """Return the names in a header, empty ones for columns without any."""
    columns = header.columns = [name.strip() for name in header.fields]
    seen: set[str] = set()
    for index, name in enumerate(columns):
        if name and name in seen:
            raise unreadable_at(header.place_of(index), f"the column `{name}` appears twice")
        seen.add(name)
    return columns


def _rows(reader: Iterator[Record], header: Record, columns: list[str]) -> Iterator[Row | BadRow]:
    has_unnamed = "" in columns
    for number, record in enumerate(reader, 1):
        record.columns, fields = columns, record.fields
        starts = "\0" + "\0".join(fields)  # text has no NUL
        if len(fields) != len(columns) or "\0=" in starts or has_unnamed or fields == header.fields:
            problems = tuple(_problems(record, header, columns))
            if problems:
                cells = {name: text for name, text in zip(columns, fields, strict=False) if name}
                yield BadRow(number, problems, cells)
                continue
        cells = dict(zip(columns, fields, strict=False))
        cells.pop("", None)
        if "\0'" in starts:
            cells = {name: _unguarded(text) for name, text in cells.items()}
        yield Row(number, cells, record.place, record.locate)


def _unguarded(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def _problems(record: Record, header: Record, columns: list[str]) -> Iterator[Problem]:
    fields = record.fields
    if fields == header.fields:
        yield Problem(record.place, "the header appears again", hint="remove the line")
        return
    cells = "1 cell" if len(fields) == 1 else f"{len(fields)} cells"
    widths = f"the row has {cells}, and the header has {len(columns)}"
    if len(fields) < len(columns):
        yield Problem(record.place, widths)
    for index, text in enumerate(fields):
        if text.startswith("="):
            yield Problem(
                record.place_of(index),
                f"the cell has a formula: {text[:40]}",
                hint="save values, not formulas; a text that begins with `=` is written as `'=`",
            )
        elif index >= len(columns) and text.strip():
            hint = 'a text with the delimiter in it needs quotes, as in "red, blue"'
            yield Problem(record.place_of(index), widths, hint=hint)
            return
        elif index < len(columns) and not columns[index] and text.strip():
            yield Problem(record.place_of(index), "the column of this cell has no name")
