"""Reading a manifest, also while a run appends to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from luma_cli.batch.layout import Layout
from luma_cli.batch.manifest import RUN, VERSION, RunStart
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.stored_error import stored_error
from luma_cli.errors import InputFileError, reason_of
from luma_cli.jsontext.parts import first_value
from luma_cli.transfers.download_log import SavedFile


class Event(NamedTuple):
    """A whole line of a manifest: where it begins, and its members."""

    offset: int
    fields: dict[str, Any]

    @property
    def is_run(self) -> bool:
        """Whether it is the start of a run, not an event of a job."""
        return self.fields.get("event") == RUN


def read_events(path: Path) -> Iterator[Event]:
    """Yield the events of a manifest, without lines that were cut.

    Raises `InputFileError` for a file without any, or of a newer version.
    """
    is_empty = True
    try:
        with path.open("rb") as stream:
            offset = 0
            for line in stream:
                if (fields := _fields_of(line)) is not None:
                    if fields["version"] > VERSION:
                        raise InputFileError(f"`{path}` was written by a newer version")
                    is_empty = False
                    yield Event(offset, fields)
                offset += len(line)
    except OSError as problem:
        raise InputFileError(f"cannot read `{path}`: {reason_of(problem)}") from None
    if is_empty:
        raise InputFileError(f"`{path}` is no manifest of a batch")


def _fields_of(line: bytes) -> dict[str, Any] | None:
    try:
        fields = json.loads(line, parse_int=_small_int, parse_float=str)
    except (ValueError, RecursionError):
        return None
    is_event = isinstance(fields, dict) and isinstance(fields.get("version"), int)
    return fields if is_event else None


def _small_int(digits: str) -> int | str:
    return int(digits) if len(digits) < 20 else digits


def run_of(event: Event) -> RunStart:
    """Return the run of an event; raises `ValueError` for one of other members."""
    fields = event.fields
    try:
        columns = tuple(map(str, fields["columns"]))
        layout = Layout(columns, str(fields["delimiter"]), fields["has_bom"] is True)
        return RunStart(str(fields["run"]), int(fields["jobs"]), layout)
    except (KeyError, TypeError) as problem:
        raise ValueError(problem) from None


def read_result(stream: BinaryIO, offset: int) -> RowResult:
    """Return the result in the line at `offset`; raises `ValueError` for other members."""
    stream.seek(offset)
    try:
        return _result_of(stream.readline().decode())
    except (KeyError, TypeError, AttributeError, ArithmeticError) as problem:
        raise ValueError(problem) from None


def _result_of(line: str) -> RowResult:
    fields = json.loads(line, parse_int=_small_int)
    error, exchange = fields["error"], fields.get("exchange") or ("", "")
    # Only these keep their spelling. A quote in a string is escaped, so that nothing before them
    # looks like their names.
    generation, end = _text_after(line, ',"generation":')
    cost, _ = _text_after(line, ',"cost_usd":', end)
    return RowResult(
        row=int(fields["row"]),
        key=str(fields["key"]),
        status=Status(fields["status"]),
        reused=fields["reused"],
        generation_id=fields["generation_id"],
        generation_text=None if generation == "null" else generation,
        files=[SavedFile(**file) for file in fields["files"]],
        cost=None if cost == "null" else Decimal(cost),
        error=None if error is None else stored_error(error, *exchange),
        cells=fields.get("cells") or {},
        seconds=fields["seconds"],
    )


def _text_after(line: str, name: str, start: int = 0) -> tuple[str, int]:
    """Return the text of the value after a name, and its end; raises `ValueError` without any."""
    start = line.index(name, start) + len(name)
    value = first_value(line, start)
    if value is None:
        raise ValueError(name)
    return value, start + len(value)
