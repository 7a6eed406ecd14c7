"""The records of a text with delimiters, and the places of their fields."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator

from luma_cli.batch.place import Place, unreadable_at
from luma_cli.batch.table import place_after


class Record:
    """The fields of one line or, with quoted line breaks, of several.

    Few rows have a problem, so the places of fields are found on demand.
    """

    __slots__ = ("_at", "_delimiter", "_text", "columns", "fields", "place")

    def __init__(self, fields: list[str], place: Place, text: str, at: int, delimiter: str) -> None:
        self.fields, self.place = fields, place
        self.columns: list[str] = []
        self._text, self._at, self._delimiter = text, at, delimiter

    def locate(self, column: str, offset: int = 0, /) -> Place:
        """Return the place of a cell, or of a character in its text."""
        return self.place_of(self.columns.index(column), offset)

    def place_of(self, index: int, offset: int = 0) -> Place:
        """Return the place of the field with this index, or of a character in its text."""
        text, at = self._text, self._at
        for _ in range(index):
            at = _end_of_field(text, at, self._delimiter) + 1
        if text[at : at + 1] == '"' and offset:
            at += 1
            for _ in range(offset):
                at += 2 if text[at : at + 2] == '""' else 1
        else:
            at += offset
        return place_after(self.place, text[self._at : at])


def records(text: str, file: str, delimiter: str, start: int = 0) -> Iterator[Record]:
    """Yield the records that have any text; raises `InputFileError` for misplaced quotes."""
    csv.field_size_limit(sys.maxsize)  # a cell may have a picture in base64
    lines = _Lines(text, start)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        at, line = lines.at, lines.number + 1
        try:
            fields = next(reader, None)
        except csv.Error as problem:
            raise unreadable_at(
                Place(file, line, 1), f"the quotes of this row do not match: {problem}"
            ) from None
        if fields is None:
            return
        if any(fields):
            yield Record(fields, Place(file, line, 1), text, at, delimiter)


class _Lines:
    """The lines of a text, and where the next one begins."""

    def __init__(self, text: str, start: int) -> None:
        self.at, self.number = start, text.count("\n", 0, start)
        self._stream = io.StringIO(text[start:], newline="\n")

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline()
        if not line:
            raise StopIteration
        self.at += len(line)
        self.number += 1
        return line


def _end_of_field(text: str, at: int, delimiter: str) -> int:
    """Return the offset of the delimiter or line end behind the field that begins at `at`."""
    if text[at : at + 1] == '"':
        at += 1
        while True:
            at = text.find('"', at)
            if at < 0:
                return len(text)
            if text[at + 1 : at + 2] != '"':
                return at + 1
            at += 2
    line_end = text.find("\n", at)
    line_end = len(text) if line_end < 0 else line_end
    end = text.find(delimiter, at, line_end)
    return line_end if end < 0 else end
