"""Opening the journal's file: private, durable, shared by processes; a damaged one is moved."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from luma_cli import PROGRAM
from luma_cli.errors import JournalError, JournalLockedError, reason_of
from luma_cli.journal.schema import VERSION, migrate

BUSY_SECONDS = 30.0
_STEP_SECONDS, _PAUSE_SECONDS = 0.02, 0.01
_DAMAGED = ("malformed", "not a database", "file is encrypted")


class PatientConnection(sqlite3.Connection):
    """Waits for another process in short steps, so that the interpreter can handle signals.

    SQLite itself would wait in one step, and does not wait at all while another process enables the
    write-ahead log. `longest_wait` is in seconds.
    """

    longest_wait = BUSY_SECONDS

    def execute(self, *statement: Any) -> sqlite3.Cursor:
        """Run a statement; raises `sqlite3.Error`."""
        deadline = time.monotonic() + self.longest_wait
        while True:
            try:
                return super().execute(*statement)
            except sqlite3.OperationalError as problem:
                if "locked" not in str(problem) or time.monotonic() >= deadline:
                    raise
            time.sleep(_PAUSE_SECONDS)


def connect(path: Path, warn: Callable[[str], None]) -> tuple[PatientConnection, int]:
    """Open the journal at `path`, or create it; return the connection and the version.

    `warn` is called with a sentence when a damaged file was moved and replaced by a new one. Raises
    `JournalError`.
    """
    try:
        return _open(path)
    except sqlite3.DatabaseError as problem:
        if not any(word in str(problem) for word in _DAMAGED):
            raise unusable(path, str(problem)) from None
        kept = _move_aside(path)
        warn(f"the journal was damaged and is kept as `{kept}`; a new one was created")
    except OSError as problem:
        raise unusable(path, reason_of(problem)) from None
    try:
        return _open(path)
    except (sqlite3.Error, OSError) as problem:
        raise unusable(path, str(problem)) from None


def _open(path: Path) -> tuple[PatientConnection, int]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # private from the start; SQLite gives its other files the same mode
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    # several threads use it, one at a time: `Journal` has a lock
    connection = sqlite3.connect(
        path,
        timeout=_STEP_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        factory=PatientConnection,
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")  # stored in the file
        connection.execute("PRAGMA synchronous = FULL")
        connection.row_factory = sqlite3.Row
        # text that is not UTF-8 would raise an error for the whole row
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        return connection, migrate(connection, path)
    except BaseException:
        connection.close()
        raise


def _move_aside(path: Path) -> Path:
    kept = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}")
    for suffix in ("-wal", "-shm", ""):
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(kept.with_name(kept.name + suffix))
    return kept


def unusable(path: Path, reason: str) -> JournalError:
    """Return the error for a journal that cannot be used."""
    kind = JournalLockedError if "locked" in reason else JournalError
    return kind(
        f"cannot use the journal `{path}`: {reason}",
        hint="fix that, set `LUMA_STATE_DIR`, or submit with `--no-history`",
    )


def too_new(path: Path, version: int) -> JournalError:
    """Return the error for a submission to a journal of a newer version."""
    return JournalError(
        f"the journal `{path}` has version {version}, and this program writes version {VERSION}",
        hint=f"upgrade {PROGRAM}, set `LUMA_STATE_DIR`, or submit with `--no-history`",
    )
