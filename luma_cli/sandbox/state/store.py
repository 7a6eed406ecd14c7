"""Where records outlive the process, if they are to."""

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
    """Keeps JSON objects by kind and key."""

    def load(self, kind: str) -> Iterator[dict[str, Any]]:
        """Yield all records of a kind, in the order of their first `save`."""

    def save(self, kind: str, key: str, record: Mapping[str, Any]) -> None:
        """Keep a record, in place of the one of the same kind and key."""

    def close(self) -> None:
        """Let go of what is open; nothing can be kept after that."""


class Forgetful:
    """A store that keeps nothing: state lives as long as the process."""

    def load(self, kind: str) -> Iterator[dict[str, Any]]:  # noqa: ARG002 - there is none
        yield from ()

    def save(self, kind: str, key: str, record: Mapping[str, Any]) -> None:
        """Forget the record."""

    def close(self) -> None:
        """Do nothing: nothing is open."""


class Folder:
    """A store in a folder, which is made if need be, for this user alone: it has prompts and
    pictures. A folder that was there keeps its mode, as it may have other uses.

    Raises `UsageError` when the folder cannot be used. A crash of the machine may lose the last
    records, which a simulator can afford; the end of the process loses none.
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
                hint="name a folder of your own, or leave `--state` out",
            ) from None

    def load(self, kind: str) -> Iterator[dict[str, Any]]:
        rows = self._database.execute(
            "SELECT value FROM record WHERE kind = ? ORDER BY rowid", (kind,)
        )
        yield from (json.loads(value) for (value,) in rows)

    def save(self, kind: str, key: str, record: Mapping[str, Any]) -> None:
        # Not REPLACE, which would give the record a new place in the order.
        self._database.execute(
            "INSERT INTO record VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
            (kind, key, json.dumps(record)),
        )

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _make_private(folder: Path) -> None:
    """Let nobody else read the database, from its first byte; the files beside it get its mode."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(folder / _FILE_NAME, flags, 0o600))
    for name in (_FILE_NAME, f"{_FILE_NAME}-wal", f"{_FILE_NAME}-shm"):  # an older sandbox's
        with suppress(FileNotFoundError):
            (folder / name).chmod(0o600)
