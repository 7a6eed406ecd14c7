"""The result of one job of a batch, and its line on stdout."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from luma_cli.errors import LumaError
from luma_cli.jsontext.layout import render
from luma_cli.jsontext.parts import object_of
from luma_cli.output.failure import error_text
from luma_cli.transfers.download_log import SavedFile

_LONGEST_KEY = 24
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Status(StrEnum):
    """How a job of a batch ended, or how far it came."""

    SAVED = "saved"
    FAILED = "failed"  # after it was accepted, its download included
    REFUSED = "refused"  # certainly not accepted
    SKIPPED = "skipped"  # nothing was left to do, or the row is invalid
    UNKNOWN = "unknown"  # it may or may not have been accepted
    NOT_SENT = "not_sent"
    RUNNING = "running"


class RowResult(NamedTuple):
    """The result of one job: `row` counts from 1, `key` identifies the job in its batch.

    `generation_text` is the JSON text of the last answer, `cells` are the columns of the input in
    their order, `seconds` is the time from the submission to the end.
    """

    row: int
    key: str
    status: Status
    reused: bool = False
    generation_id: str | None = None
    generation_text: str | None = None
    files: list[SavedFile] = []  # noqa: RUF012 - never changed
    cost: Decimal | None = None
    error: LumaError | None = None
    cells: Mapping[str, str] = {}
    seconds: float | None = None

    @property
    def is_saved(self) -> bool:
        """Whether its outputs are on disk as requested, from this run or an earlier one."""
        if self.error is not None:
            return False
        return self.status is Status.SAVED or (self.status is Status.SKIPPED and bool(self.files))

    @property
    def short_key(self) -> str:
        """The key as tables show it: a digest would take most of their width."""
        return self.key if len(self.key) <= _LONGEST_KEY else f"{self.key[: _LONGEST_KEY - 1]}…"

    def json_line(self) -> str:
        """Return the line of stdout, without the newline; the generation keeps its spelling."""
        return object_of((f'"{name}"', value) for name, value in self.members())

    def members(self) -> Iterator[tuple[str, str]]:
        """Yield the names and JSON texts of the line of stdout.

        It has no `id`, which other commands would take for that of a generation.
        """
        generation = self.generation_text
        yield "row", str(self.row)
        yield "key", _text(self.key)
        yield "status", _text(self.status)
        yield "reused", "true" if self.reused else "false"
        yield "generation_id", _text(self.generation_id)
        yield "generation", "null" if generation is None else render(generation, "jsonl")
        yield "files", _text([file.fields() for file in self.files])
        yield "cost_usd", "null" if self.cost is None else format(self.cost, "f")
        yield "error", "null" if self.error is None else render(error_text(self.error), "jsonl")


def _text(value: object) -> str:
    return _ENCODER.encode(value)
