"""The journal's SQLite file, as the threads of this process and other processes use it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from luma_cli.errors import reason_of
from luma_cli.journal.file import BUSY_SECONDS, connect, unusable
from luma_cli.journal.schema import VERSION

T = TypeVar("T")
# What the disk, SQLite and JSON raise: also for a number or nesting that none of them can hold, and
# for a missing column.
_ERRORS = (
    *(sqlite3.Error, OSError, OverflowError, RecursionError, ValueError, TypeError, IndexError),
)


class Database:
    """An open file; every method raises `JournalError` when the file cannot be used.

    `warn` is called with a sentence about what is wrong with the file although it can be used.
    """

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        self.path, self._warn = path, warn
        self._connection, self.version = connect(path, warn)
        # Reentrant, so that a signal handler that reads the journal cannot wait for itself.
        self._lock = threading.RLock()
        self._busy_timeout = threading.local()
        self._has_warned = False

    def close(self) -> None:
        """Close the file, unless another thread uses it: then the end of the process does."""
        if self._lock.acquire(blocking=False):
            self._connection.close()
            self._lock.release()

    def read(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        self._warn_of_newer()
        with self.errors():
            return self._connection.execute(query, values).fetchall()

    def read_as(self, make: Callable[[sqlite3.Row], T], query: str, *values: Any) -> list[T]:
        """Return what `make` returns for each row of a query, whose rows need no memory at once.

        A `ValueError` of `make` is one of the file.
        """
        self._warn_of_newer()
        with self.errors():
            return [make(row) for row in self._connection.execute(query, values)]

    def write(self, statement: str, *values: Any) -> int:
        """Run a statement; return the number of the row that it inserted."""
        with self.errors():
            return self._connection.execute(statement, values).lastrowid or 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what the block reads and writes one step: no other process writes in between."""
        with self.errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def busy_timeout(self, seconds: float, *, turn: float | None = None) -> Iterator[None]:
        """Limit how long this thread waits for another process in the block.

        Then `JournalLockedError` is raised. The default is half a minute. `turn` is how long it
        waits for other threads of this process, `seconds` if omitted.
        """
        before = getattr(self._busy_timeout, "limits", None)
        self._busy_timeout.limits = seconds, seconds if turn is None else turn
        try:
            yield
        finally:
            self._busy_timeout.limits = before

    def warn_once(self, sentence: str) -> None:
        """Call `warn` with the first of several sentences."""
        if not self._has_warned:
            self._has_warned = True
            self._warn(sentence)

    def _warn_of_newer(self) -> None:
        if self.version > VERSION:
            self.warn_once(
                f"the journal has version {self.version}, and this program knows version {VERSION}:"
                " some of it may not be shown"
            )

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Lock the connection for this thread; turn what goes wrong into a `JournalError`."""
        try:
            with self._locked():
                yield
        except _ERRORS as problem:
            raise unusable(self.path, reason_of(problem)) from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        seconds, turn = getattr(self._busy_timeout, "limits", None) or (BUSY_SECONDS, -1)
        if not self._lock.acquire(timeout=turn):
            raise sqlite3.OperationalError("database is locked")
        try:
            self._connection.longest_wait = seconds
            yield
        finally:
            self._lock.release()
