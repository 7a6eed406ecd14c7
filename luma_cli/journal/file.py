"""The journal's file: private, durable, shared by processes; a damaged one is moved aside."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from luma_cli.errors import JournalError
from luma_cli.journal.schema import migrate

_BUSY_SECONDS = 30
_PAUSE_SECONDS = 0.01
_DAMAGED = ("malformed", "not a database", "file is encrypted")


def connect(path: Path, warn: Callable[[str], None]) -> sqlite3.Connection:
    """Open the journal at `path`, which is made if need be; raises `JournalError`.

    A damaged file is moved aside, which `warn` hears of, and a new one begun.
    """
    try:
        return _open(path)
    except sqlite3.DatabaseError as problem:
        if not any(word in str(problem) for word in _DAMAGED):
            raise useless(path, str(problem)) from None
        kept = _move_aside(path)
        warn(f"the journal was damaged and is kept as `{kept}`; a new one is begun")
    except OSError as problem:
        raise useless(path, (problem.strerror or str(problem)).lower()) from None
    try:
        return _open(path)
    except (sqlite3.Error, OSError) as problem:
        raise useless(path, str(problem)) from None


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # private from its first byte; SQLite gives its side files the same mode
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    # several threads use it, one at a time: `Journal` has a lock
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.row_factory = sqlite3.Row
        migrate(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the write-ahead log on, which stays on.

    While another process does the same SQLite refuses at once, whatever the time-out.
    """
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem) or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_SECONDS)


def _move_aside(path: Path) -> Path:
    kept = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}")
    for suffix in ("-wal", "-shm", ""):
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(kept.with_name(kept.name + suffix))
    return kept


def useless(path: Path, reason: str) -> JournalError:
    """Return the error for a journal that cannot be used."""
    return JournalError(
        f"cannot use the journal `{path}`: {reason}",
        hint="mend that, set `LUMA_STATE_DIR`, or submit with `--no-history`",
    )
