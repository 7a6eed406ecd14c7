"""A submission as the journal remembers it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

SENDING, ACCEPTED, REFUSED, UNKNOWN = "sending", "accepted", "refused", "unknown"


@dataclass(frozen=True)
class Draft:
    """What is known of a submission before it is sent."""

    profile: str
    base_url: str
    request: Mapping[str, Any]
    cost: Decimal | None
    plan: Mapping[str, Any]
    tag: str | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the journal; `outcome` is what became of the POST, `state` the job's last one."""

    entry: int
    created_at: float
    profile: str
    base_url: str
    type: str
    model: str
    prompt: str
    tag: str | None
    request: dict[str, Any]
    cost: Decimal | None
    plan: dict[str, Any]
    attempts: list[dict[str, Any]]
    outcome: str
    detail: str | None
    generation_id: str | None
    state: str | None
    failure_code: str | None
    failure_reason: str | None
    ended_at: float | None
    files: list[dict[str, Any]]
    is_done: bool

    @classmethod
    def of_row(cls, row: sqlite3.Row) -> Entry:
        """Return the entry in a row of `submissions`."""
        fields = {name: row[name] for name in cls.__dataclass_fields__}
        for name in ("request", "plan", "attempts", "files"):
            fields[name] = json.loads(row[name])
        cost = None if row["cost"] is None else Decimal(row["cost"])
        return cls(**fields | {"cost": cost, "is_done": bool(row["is_done"])})

    @property
    def status(self) -> str:
        """One word for people: the job's state, or what became of the POST without one."""
        if self.outcome == ACCEPTED:
            return self.state or "submitted"
        return self.outcome

    def summary(self) -> dict[str, Any]:
        """Return the fields that a list shows."""
        return {
            "entry": self.entry,
            "id": self.generation_id,
            "state": self.status,
            "type": self.type,
            "model": self.model,
            "prompt": self.prompt,
            "tag": self.tag,
            "created_at": moment(self.created_at),
            "cost_usd": None if self.cost is None else float(self.cost),
            "failure_code": self.failure_code,
            "files": [file["path"] for file in self.files],
        }

    def everything(self) -> dict[str, Any]:
        """Return all that is known."""
        return self.summary() | {
            "profile": self.profile,
            "base_url": self.base_url,
            "outcome": self.outcome,
            "detail": self.detail,
            "failure_reason": self.failure_reason,
            "ended_at": None if self.ended_at is None else moment(self.ended_at),
            "plan": self.plan,
            "attempts": self.attempts,
            "files": self.files,
            "request": self.request,
        }


def moment(seconds: float) -> str:
    """Return seconds since 1970 as `2026-11-23T14:10:41Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
