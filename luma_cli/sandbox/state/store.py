"""Storing the state between runs."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from luma_cli.errors import UsageError, reason_of

_FILE_NAME = "sandbox.sqlite3"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)
)
"""


class Store(Protocol):
    """Stores JSON objects by kind and key."""

    def load(self, kind: str) -> Iterator[dict[str, Any]]:
        """Yield all records of a kind, in the order of their first `save`."""

    def save(self, kind: str, key: str, record: Mapping[str, Any]) -> None:
        """Save a record, in place of one with the same kind and key."""

    def close(self) -> None:
        """Close the store, which cannot be used after that."""


class MemoryStore:
    """A store that keeps nothing: the state ends with the process."""

    def load(self, kind: str) -> Iterator[dict[str, Any]]:  # noqa: ARG002 - nothing is stored
        yield from ()

    def save(self, kind: str, key: str, record: Mapping[str, Any]) -> None:
        """Drop the record."""

    def close(self) -> None:
        """Do nothing."""


class FolderStore:
    """A store in a folder, private to the user, as it contains prompts and images.

    Creates the folder if it is missing; the mode of an existing folder stays unchanged, as it may
    contain other files. Raises `UsageError` if the folder is unusable. A crash of the machine may
    lose the last records, a crash of the process does not.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make_private(folder)
            self._database = sqlite3.connect(
                folder / _FILE_NAME, isolation_level=None, check_same_thread=False
            )
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as problem:
            raise UsageError(
                f"cannot keep the sandbox's state in `{folder}`: {reason_of(problem)}",
                hint="choose another folder, or omit `--state`",
            ) from None

    def load(self, kind: str) -> Iterator[dict[str, Any]]:
        rows = self._database.execute(
            "SELECT value FROM record WHERE kind = ? ORDER BY rowid", (kind,)
        )
        yield from (json.loads(value) for (value,) in rows)

    def save(self, kind: str, key: str, record: Mapping[str, Any]) -> None:
        # Not REPLACE, which would move the record to the end.
        self._database.execute(
            "INSERT INTO record VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
            (kind, key, json.dumps(record)),
        )

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _make_private(folder: Path) -> None:
    """Create the database private to the user; SQLite gives its mode to the files beside it."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(folder / _FILE_NAME, flags, 0o600))
    for name in (
        _FILE_NAME,
        f"{_FILE_NAME}-wal",
        f"{_FILE_NAME}-shm",
    ):  # files of an earlier version
        with suppress(FileNotFoundError):
            (folder / name).chmod(0o600)
