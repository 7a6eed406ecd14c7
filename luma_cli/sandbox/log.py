"""What was asked of the sandbox: every request, in order, in memory and as JSON lines."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from luma_cli.errors import UsageError, reason_of

_MOST_REMEMBERED = 100_000


@dataclass
class Entry:
    """One request and what became of it.

    `endpoint` is a name from `endpoints`, or `None` for a path that is not served. `id` is the
    generation or file that it made or asked for: a `create` with an `id` was accepted, whatever
    the client got to see. `status` is what was sent, `None` when nothing was; `fault` is the fault
    that changed the answer. Keys and signatures are not in here.
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
    """Entries in order. Whoever has any part of an answer finds its entry here and in the file."""

    def __init__(self, path: Path | None = None) -> None:
        self.entries: deque[Entry] = deque(maxlen=_MOST_REMEMBERED)
        self._count = 0
        try:
            self._file = path.open("a", encoding="utf-8", buffering=1) if path else None
        except OSError as problem:
            raise UsageError(f"cannot write the log `{path}`: {reason_of(problem)}") from None

    def begin(self, scope: dict[str, Any], endpoint: str | None, now: float) -> Entry:
        """Return the entry of a request that has just come in."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        self._count += 1
        return Entry(
            self._count,
            datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds"),
            scope["method"],
            scope["path"],
            endpoint,
            headers.get(b"x-request-id"),
            headers.get(b"range"),
        )

    def add(self, entry: Entry) -> None:
        """Keep an entry whose end is known."""
        self.entries.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(asdict(entry)) + "\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def note_id(scope: Any, identifier: str) -> None:
    """Note which generation or file a request is about; `scope` is a request or its scope."""
    entry = scope.get("luma_cli.entry")
    if entry is not None:
        entry.id = identifier
