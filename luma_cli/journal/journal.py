"""Writing and reading entries. Every write is on disk when its method returns."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from luma_cli.host import Clock
from luma_cli.journal import sender
from luma_cli.journal.account import Account
from luma_cli.journal.database import Database
from luma_cli.journal.entry import (
    ACCEPTED,
    COLUMNS,
    REFUSED,
    SENDING,
    UNKNOWN,
    Entry,
    NewSubmission,
)
from luma_cli.journal.file import too_new
from luma_cli.journal.schema import VERSION
from luma_cli.redaction import without_secrets
from luma_cli.rules.constants import DEFAULT_MODEL, DEFAULT_TYPE

LONGEST_ANSWER = 1024
_PAGE, _HIGHEST = 200, 2**63 - 1
# The column may be damaged, and the JSON functions of SQLite reject invalid JSON.
_APPEND = (
    "{0} = json_insert(CASE WHEN json_valid({0}) THEN CASE json_type({0}) WHEN 'array' THEN {0}"
    " ELSE '[]' END ELSE '[]' END, '$[#]', json(?))"
)
_NOT_ACCEPTED = (
    "attempts = CASE WHEN json_valid(attempts)"
    " THEN json_set(attempts, '$[#-1].not_accepted', json('true')) ELSE attempts END"
)
_IS_RUNNING = "ended_at IS NULL"
_IS_DONE = "CASE WHEN json_valid(plan) THEN json_extract(plan, '$.wait') IS NOT 1 ELSE 0 END"


class Journal(Database):
    """The entries of an open journal.

    Views (`find`, `once`) show the jobs of `account`, or all without one.
    """

    def __init__(
        self,
        path: Path,
        warn: Callable[[str], None],
        account: Account | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(path, warn)
        self.account = account
        self.clock = clock or Clock()
        self._sender_locks: dict[int, sender.SenderLock] = {}

    def close(self) -> None:
        """Close the file; submissions that are being sent count as given up."""
        for entry in list(self._sender_locks):
            self._release_sender_lock(entry)
        super().close()

    def begin(self, draft: NewSubmission) -> int:
        """Add a submission that is about to be sent; return its number.

        A lock shows other processes that it is being sent, until its outcome is stored or this
        process ends. Raises `JournalError` for a journal of a newer version.
        """
        if self.version > VERSION:
            raise too_new(self.path, self.version)
        request = draft.request
        with self.errors():
            lock = sender.take(self.path)
            try:
                entry = self.write(
                    "INSERT INTO submissions (created_at, profile, base_url, type, model, prompt,"
                    " tag, request, cost, plan, process, outcome, body_digest, once_key, run,"
                    " sender)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    self.clock.epoch_seconds(),
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
                    draft.body_digest,
                    draft.once_key,
                    draft.run,
                    lock.token,
                )
            except BaseException:
                lock.release()
                raise
        self._sender_locks[entry] = lock
        return entry

    def not_begun(self, entry: int) -> None:
        """Release the lock of a submission whose transaction was rolled back."""
        self._release_sender_lock(entry)

    def record_attempt(self, entry: int, request_id: str) -> None:
        """Store that the request is being sent with this request id."""
        attempt = {"request_id": request_id, "at": self.clock.epoch_seconds()}
        self.write(
            f"UPDATE submissions SET {_APPEND.format('attempts')} WHERE entry = ?",  # noqa: S608 - no user input
            json.dumps(attempt),
            entry,
        )

    def record_not_accepted(self, entry: int) -> None:
        """Store that the last attempt made no job; another one may follow."""
        self.write(f"UPDATE submissions SET {_NOT_ACCEPTED} WHERE entry = ?", entry)  # noqa: S608 - no user input

    def record_accepted(
        self, entry: int, generation_id: str, *, sandbox: str | None = None
    ) -> None:
        """Store the id of an accepted job, and the nonce of the sandbox, if it is one."""
        self.write(
            "UPDATE submissions SET outcome = ?, generation_id = ?, state = 'queued', sandbox = ?,"  # noqa: S608 - no user input
            f" is_done = {_IS_DONE} WHERE entry = ?",
            *(ACCEPTED, generation_id, sandbox, entry),
        )
        self._release_sender_lock(entry)

    def record_refused(self, entry: int, detail: str) -> None:
        """Store that no job was created, and why."""
        self._end(entry, REFUSED, detail, None, is_done=True)

    def record_unknown(self, entry: int, detail: str, *, answer: str | None = None) -> None:
        """Store that it is unknown whether a job was created; the user is not informed yet.

        The first KiB of an unreadable `answer` is kept.
        """
        kept = None if answer is None else _without_surrogates(answer[:LONGEST_ANSWER])
        self._end(entry, UNKNOWN, detail, kept, is_done=False)

    def note_told(self, entry: int) -> None:
        """Store that the user was informed of an unknown outcome."""
        self.write(
            "UPDATE submissions SET is_done = 1 WHERE entry = ? AND outcome = ?", entry, UNKNOWN
        )

    def note_plan(self, entry: int, plan: Mapping[str, Any]) -> None:
        """Store a new plan for a job that was requested again, and that it is not finished."""
        self.write(
            "UPDATE submissions SET plan = ?, is_done = 0 WHERE entry = ?", json.dumps(plan), entry
        )

    def record_state(self, generation_id: str, state: str) -> None:
        """Store the state of a running job; the same state as before is not written."""
        self._update(
            generation_id, "state = ?1", state, only_if=f"{_IS_RUNNING} AND state IS NOT ?1"
        )

    def record_end(
        self, generation_id: str, state: str, failure: tuple[str | None, str | None], *, timed: bool
    ) -> None:
        """Store the end of a job; `timed`: its end was observed, so that its duration is known."""
        now = self.clock.epoch_seconds()
        code, reason = failure
        self._update(
            generation_id,
            "state = ?, failure_code = ?, failure_reason = ?, ended_at = ?,"
            " seconds = CASE WHEN ? THEN ? - created_at END",
            *(state, code, without_secrets(reason) if reason else reason, now, timed, now),
            only_if=_IS_RUNNING,
        )

    def record_file(self, generation_id: str, file: Mapping[str, Any]) -> None:
        """Store a complete file that is about to get its final name."""
        self._update(generation_id, _APPEND.format("files"), json.dumps(file))

    def record_done(self, generation_id: str) -> None:
        """Store that a job is finished: its plan was carried out."""
        self._update(generation_id, "is_done = 1")

    def record_upload(self, sha256: str, file_id: str, base_url: str, profile: str) -> None:
        """Store the id of an uploaded file by its digest."""
        self.write(
            "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?)",
            *(sha256, base_url, profile, file_id, self.clock.epoch_seconds()),
        )

    def uploaded(self, sha256: str, base_url: str, profile: str) -> str | None:
        """Return the id of an uploaded file with this digest, if any."""
        rows = self.read(
            "SELECT file_id FROM uploads WHERE sha256 = ? AND base_url = ? AND profile = ?",
            *(sha256, base_url, profile),
        )
        return str(rows[0][0]) if rows else None

    def entries(self, where: str, *values: Any) -> list[Entry]:
        """Return the entries that match an SQL condition, which may have an order and a limit."""
        rows = self.read(f"SELECT {COLUMNS} FROM submissions WHERE {where}", *values)  # noqa: S608 - no user input
        with self.errors():
            found = [Entry.of_row(row) for row in rows]
        for entry in found:
            if entry.is_damaged:
                self.warn_once(
                    f"entry {entry.entry} of the journal is damaged; unreadable values of this"
                    " and other entries are left out"
                )
        return found

    def each(
        self, condition: str, *values: Any, newest_first: bool = False, limit: int | None = None
    ) -> Iterator[Entry]:
        """Yield the entries that match an SQL condition, with one page in memory at a time.

        No read transaction is open between two pages: it would make a write fail after another
        process has written.
        """
        order, beyond, last = ("DESC", "<", _HIGHEST) if newest_first else ("ASC", ">", -_HIGHEST)
        while limit is None or limit > 0:
            size = _PAGE if limit is None else min(_PAGE, limit)
            page = self.entries(
                f"({condition}) AND entry {beyond} ? ORDER BY entry {order} LIMIT ?",
                *(*values, last, size),
            )
            yield from page
            if len(page) < size:
                return
            last, limit = page[-1].entry, None if limit is None else limit - size

    def _end(
        self, entry: int, outcome: str, detail: str, answer: str | None, *, is_done: bool
    ) -> None:
        self.write(
            "UPDATE submissions SET outcome = ?, detail = ?, answer = ?, is_done = ?"
            " WHERE entry = ?",
            *(outcome, _without_surrogates(detail), answer, is_done, entry),
        )
        self._release_sender_lock(entry)

    def _release_sender_lock(self, entry: int) -> None:
        if (lock := self._sender_locks.pop(entry, None)) is not None:
            lock.release()

    def _update(
        self, generation_id: str, assignments: str, *values: Any, only_if: str = "1"
    ) -> None:
        """Change the newest entry of a generation, if it meets an SQL condition.

        Ids are unique on one host, but a sandbox may use one twice.
        """
        newest = "entry = (SELECT max(entry) FROM submissions WHERE generation_id = ?)"
        self.write(
            f"UPDATE submissions SET {assignments} WHERE {newest} AND {only_if}",  # noqa: S608 - no user input
            *values,
            generation_id,
        )


def _text(value: Any, default: str) -> str:
    text = value if isinstance(value, str) else default if value is None else json.dumps(value)
    return _without_surrogates(text)


def _without_surrogates(text: str) -> str:
    """Return text that UTF-8 can encode; undecodable bytes of the command line are replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
