"""A job of a run of a batch: its place in the run, and its last submission."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from luma_cli.journal import decode
from luma_cli.journal.entry import ACCEPTED, REFUSED, SENDING, UNKNOWN
from luma_cli.rules.prices import REFUNDED

_FEW = 64
# What Python's unicode_escape makes of any text.
_ESCAPED = re.compile(r"(?:[ -\[\]-~]++|\\(?:[nrt\\]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))*+")


class CheckedFile(NamedTuple):
    """A file as it was when its bytes were last known to have this SHA-256."""

    sha256: str
    size: int
    mtime_ns: int


class RunJob(NamedTuple):
    """A job that a run has submitted; `entry` is the last submission, which the rest is from.

    `digest` is that of the last submitted request; `resubmissions` counts how often it was
    submitted again after it may have been paid for. The texts are JSON, read when used: a run may
    have 100,000 jobs. In a damaged row, defaults replace the values that cannot be read; the
    default of an outcome is `None`, as without an entry.
    """

    key: str
    digest: str
    resubmissions: int = 0
    checked_text: str | None = None
    entry: int | None = None
    outcome: str | None = None
    detail: str | None = None
    generation_id: str | None = None
    state: str | None = None
    failure_code: str | None = None
    failure_reason: str | None = None
    files_text: str | None = None
    cost: Decimal | None = None
    attempts_text: str | None = None
    is_done: bool = False
    is_damaged: bool = False

    @property
    def is_free(self) -> bool:
        """Whether it costs nothing: a refused submission, or a job that was refunded."""
        return self.outcome == REFUSED or self.failure_code in REFUNDED

    @property
    def checked(self) -> dict[str, CheckedFile]:
        """The files of the job that were checked, by absolute path; none if that is damaged."""
        try:
            fields = decode.request(self.checked_text)
            return {path: _checked_file(file) for path, file in fields.items()}
        except ValueError:
            return {}

    @property
    def files(self) -> list[dict[str, Any]]:
        """All files that were saved of the job, under any name; none if that is damaged."""
        return _list(decode.files, self.files_text)

    @property
    def attempts(self) -> list[dict[str, Any]]:
        """The attempts of the submission; none for an accepted job, or if that is damaged."""
        return _list(decode.attempts, self.attempts_text)


# In the order of the fields of `RunJob`.
COLUMNS = (
    "job.key, job.digest, job.resubmissions, job.checked, job.entry, last.outcome, last.detail,"
    " last.generation_id, last.state, last.failure_code, last.failure_reason, last.files,"
    f" last.cost, CASE last.outcome WHEN '{ACCEPTED}' THEN NULL ELSE last.attempts END,"
    " last.is_done"
)


def run_job_of(row: sqlite3.Row) -> RunJob:
    """Return the job in a row of `COLUMNS`.

    Raises `ValueError` for a damaged key: a job that is not found would be paid for again.
    """
    key, *values, is_done = row
    fields: list[Any] = []
    is_damaged = False
    for (read, default), value in zip(_READERS, values, strict=True):
        try:
            fields.append(default if value is None else read(value))
        except ValueError:
            fields.append(default)
            is_damaged = True
    return RunJob._make((unescaped(key), *fields, is_done not in (0, None), is_damaged))


def escaped(text: str) -> str:
    """Return a name or a key as the journal stores it.

    A path, and a key from JSON, may have half of a surrogate pair, which UTF-8 cannot encode.
    """
    return text.encode("unicode_escape").decode("ascii")


def unescaped(value: Any) -> str:
    """Return the name or key in a column; raises `ValueError` for a damaged one."""
    text = decode.text(value)
    if not _ESCAPED.fullmatch(text):
        raise ValueError("not as it was stored")
    return text.encode("ascii").decode("unicode_escape") if "\\" in text else text


def checked_text(checked: Mapping[str, CheckedFile]) -> str:
    """Return checked files as the journal stores them."""
    return json.dumps(checked)


def _list(read: Callable[[Any], list[dict[str, Any]]], value: Any) -> list[dict[str, Any]]:
    try:
        return read(value)
    except ValueError:
        return []


def _checked_file(fields: Any) -> CheckedFile:
    if (
        isinstance(fields, list)
        and len(fields) == len(CheckedFile._fields)
        and isinstance(fields[0], str)
        and isinstance(fields[1], int)
        and isinstance(fields[2], int)
    ):
        return CheckedFile._make(fields)
    raise ValueError("not a checked file")


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def _entry(value: Any) -> int:
    if not isinstance(value, int):
        raise ValueError("not a number")
    return value


def _outcome(value: Any) -> str:
    if value not in (SENDING, ACCEPTED, REFUSED, UNKNOWN):
        raise ValueError("not an outcome")
    return str(value)


# How to read the columns between the key and `is_done`, and the defaults for damaged values.
_READERS: tuple[tuple[Callable[[Any], Any], Any], ...] = (
    (decode.text, ""),
    (_count, 0),
    (decode.text, None),
    (_entry, -1),
    (_outcome, None),
    *((decode.text, None) for _ in range(6)),
    (lru_cache(_FEW)(decode.dollars), None),  # the jobs of a run have few prices
    (decode.text, None),
)
