"""Writing and reading entries. Every write is on disk when its method returns."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from luma_cli.errors import JournalLockedError
from luma_cli.journal.entry import ACCEPTED, REFUSED, SENDING, UNKNOWN, Draft, Entry
from luma_cli.journal.file import connect, useless
from luma_cli.redaction import without_secrets
from luma_cli.rules.vocabulary import DEFAULT_MODEL, DEFAULT_TYPE


class Journal:
    """An open journal; every method raises `JournalError` when the file cannot be used."""

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        self.path = path
        self._connection, self._lock = connect(path, warn), threading.Lock()

    def begin(self, draft: Draft) -> int:
        """Note a submission that is about to be sent; return its number."""
        request = draft.request
        return self._write(
            "INSERT INTO submissions (created_at, profile, base_url, type, model, prompt, tag,"
            " request, cost, plan, process, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            time.time(),
            draft.profile,
            draft.base_url,
            _text(request.get("type"), DEFAULT_TYPE),
            _text(request.get("model"), DEFAULT_MODEL),
            _text(request.get("prompt"), ""),
            _without_surrogates(draft.tag or "") or None,
            json.dumps(request),
            None if draft.cost is None else str(draft.cost),
            json.dumps(draft.plan),
            os.getpid(),
            SENDING,
        )

    def note_attempt(self, entry: int, request_id: str) -> None:
        """Note that the request goes out under this id now."""
        attempt = {"request_id": request_id, "at": time.time()}
        self._write(
            "UPDATE submissions SET attempts = json_insert(attempts, '$[#]', json(?))"
            " WHERE entry = ?",
            json.dumps(attempt),
            entry,
        )

    def note_accepted(self, entry: int, generation_id: str, *, sandbox: str | None = None) -> None:
        """Note the id that the API gave."""
        self._write(
            "UPDATE submissions SET outcome = ?, generation_id = ?, state = 'queued',"
            " is_done = json_extract(plan, '$.wait') IS NOT 1 WHERE entry = ?",
            ACCEPTED,
            generation_id,
            entry,
        )

    def note_refused(self, entry: int, detail: str) -> None:
        """Note that no job was made, and why."""
        self._end(entry, REFUSED, detail, is_done=True)

    def note_unknown(self, entry: int, detail: str, *, answer: str | None = None) -> None:
        """Note that nobody can say whether a job was made; the user is to be told."""
        self._end(entry, UNKNOWN, detail, is_done=False)

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Wait for another process only so long while the block runs."""
        with self._trouble():
            self._connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
        try:
            yield
        finally:
            with self._trouble():
                self._connection.execute("PRAGMA busy_timeout = 30000")

    def note_told(self, entry: int) -> None:
        """Note that the user knows of an unclear outcome."""
        self._write(
            "UPDATE submissions SET is_done = 1 WHERE entry = ? AND outcome = ?", entry, UNKNOWN
        )

    def note_state(self, generation_id: str, state: str) -> None:
        """Note a running job's state; an id that is not in the journal is passed over."""
        self._update(generation_id, "state = ?", state, is_running=True)

    def note_end(
        self, generation_id: str, state: str, failure: tuple[str | None, str | None], *, timed: bool
    ) -> None:
        """Note that a job ended; `timed` when it was watched, so that its duration is known."""
        now = time.time()
        code, reason = failure
        self._update(
            generation_id,
            "state = ?, failure_code = ?, failure_reason = ?, ended_at = ?,"
            " seconds = CASE WHEN ? THEN ? - created_at END",
            *(state, code, without_secrets(reason) if reason else reason, now, timed, now),
            is_running=True,
        )

    def note_file(self, generation_id: str, file: Mapping[str, Any]) -> None:
        """Note a file whose bytes are all on disk, and that is about to take its name."""
        self._update(generation_id, "files = json_insert(files, '$[#]', json(?))", json.dumps(file))

    def note_done(self, generation_id: str) -> None:
        """Note that all that was asked for is done."""
        self._update(generation_id, "is_done = 1")

    def note_upload(self, sha256: str, file_id: str, base_url: str, profile: str) -> None:
        """Note which file of an account has these bytes."""
        self._write(
            "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?)",
            *(sha256, base_url, profile, file_id, time.time()),
        )

    def uploaded(self, sha256: str, base_url: str, profile: str) -> str | None:
        """Return the id of a file with these bytes, if one was uploaded from here."""
        rows = self.read(
            "SELECT file_id FROM uploads WHERE sha256 = ? AND base_url = ? AND profile = ?",
            *(sha256, base_url, profile),
        )
        return str(rows[0][0]) if rows else None

    def read(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._trouble():
            return self._connection.execute(query, values).fetchall()

    def entries(self, where: str, *values: Any) -> list[Entry]:
        """Return the entries that fit, by an SQL condition and what may follow it."""
        rows = self.read(f"SELECT * FROM submissions WHERE {where}", *values)  # noqa: S608 - ours
        return [Entry.of_row(row) for row in rows]

    def _end(self, entry: int, outcome: str, detail: str, *, is_done: bool) -> None:
        self._write(
            "UPDATE submissions SET outcome = ?, detail = ?, is_done = ? WHERE entry = ?",
            *(outcome, detail, is_done, entry),
        )

    def _update(
        self, generation_id: str, assignments: str, *values: Any, is_running: bool = False
    ) -> None:
        """Change the newest entry of a generation.

        Ids are unique on one host, but a sandbox may begin anew.
        """
        newest = "entry = (SELECT max(entry) FROM submissions WHERE generation_id = ?)"
        running = " AND ended_at IS NULL" if is_running else ""
        self._write(
            f"UPDATE submissions SET {assignments} WHERE {newest}{running}",  # noqa: S608 - ours
            *values,
            generation_id,
        )

    def _write(self, statement: str, *values: Any) -> int:
        with self._trouble():
            return self._connection.execute(statement, values).lastrowid or 0

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OverflowError, UnicodeError) as problem:  # what it cannot hold, too
            error = useless(self.path, str(problem))
            if "locked" in str(problem):
                raise JournalLockedError(error.message, hint=error.hint) from None
            raise error from None


def _text(value: Any, default: str) -> str:
    text = value if isinstance(value, str) else default if value is None else json.dumps(value)
    return _without_surrogates(text)


def _without_surrogates(text: str) -> str:
    """Return text that has a form in UTF-8: bytes of the command line that had none are marks."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
