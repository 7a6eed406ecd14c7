"""The request log: every request, in order, in memory and as JSON lines."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from luma_cli.errors import UsageError, reason_of

_MAX_ENTRIES = 100_000


@dataclass
class LogEntry:
    """A request and its outcome, without keys and signatures.

    `endpoint` is a name from `endpoints`, `None` for an unknown path. `id` is the generation or
    file that the request created or named: a `create` with an `id` was accepted, whatever the
    client received. `status` is the status that was sent, `None` without an answer. `fault` is the
    fault that changed the answer.
    """

    number: int
    time: str
    method: str
    path: str
    endpoint: str | None
    request_id: str | None
    range: str | None
    id: str | None = None
    body_bytes: int = 0
    status: int | None = None
    fault: str | None = None


class RequestLog:
    """Entries in order. A client that has any part of an answer finds its entry here."""

    def __init__(self, path: Path | None = None) -> None:
        self.entries: deque[LogEntry] = deque(maxlen=_MAX_ENTRIES)
        self._count = 0
        try:
            self._file = path.open("a", encoding="utf-8", buffering=1) if path else None
        except OSError as problem:
            raise UsageError(f"cannot write the log `{path}`: {reason_of(problem)}") from None

    def begin(self, scope: dict[str, Any], endpoint: str | None, now: float) -> LogEntry:
        """Return the entry of a new request."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        self._count += 1
        return LogEntry(
            self._count,
            datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds"),
            scope["method"],
            scope["path"],
            endpoint,
            headers.get(b"x-request-id"),
            headers.get(b"range"),
        )

    def add(self, entry: LogEntry) -> None:
        """Add an entry that is complete."""
        self.entries.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(asdict(entry)) + "\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def log_id(scope: Any, identifier: str) -> None:
    """Set the id of the request's entry; `scope` is a request or its scope."""
    entry = scope.get("luma_cli.entry")
    if entry is not None:
        entry.id = identifier
