"""An entry of the journal: one submission and its job."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, NamedTuple

from luma_cli.journal import decode
from luma_cli.rules.prices import REFUNDED
from luma_cli.rules.timestamps import timestamp

SENDING, ACCEPTED, REFUSED, UNKNOWN = "sending", "accepted", "refused", "unknown"
# Text that no stream can encode. U+DC80 to U+DCFF are bytes of a path, and are printed as such.
_HALF_A_PAIR = "[\ud800-\udc7f\udd00-\udfff]"


class NewSubmission(NamedTuple):
    """A submission before it is sent.

    `body_digest` is the same for equal requests; `once_key` is the key of `--once-key`, `run` the
    number of the run of a batch.
    """

    profile: str
    base_url: str
    request: Mapping[str, Any]
    cost: Decimal | None
    plan: Mapping[str, Any]
    tag: str | None = None
    body_digest: str | None = None
    once_key: str | None = None
    run: int | None = None


class Entry(NamedTuple):
    """One row of the journal; `outcome` is that of the POST, `state` the last one of the job.

    `sandbox` is the nonce of the sandbox that accepted the job, `answer` the start of an answer
    that could not be read. In a damaged entry, defaults replace the values that cannot be read.
    """

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
    sandbox: str | None
    answer: str | None
    once_key: str | None
    body_digest: str | None
    sender: str | None
    is_damaged: bool = False

    @classmethod
    def of_row(cls, row: sqlite3.Row) -> "Entry":
        """Return the entry in a row of `COLUMNS`; no value in it raises anything."""
        entry, is_done, *values = row
        fields: dict[str, Any] = {"entry": entry, "is_done": is_done not in (0, None)}
        for (name, (read, default)), value in zip(_READERS.items(), values, strict=True):
            try:
                fields[name] = None if value is None and default is None else read(value)
            except ValueError:
                fields[name] = default() if callable(default) else default
                fields["is_damaged"] = True
        return cls(**fields)

    @property
    def status(self) -> str:
        """The state of the job, or the outcome of the POST without one."""
        if self.outcome == ACCEPTED:
            return self.state or "submitted"
        return self.outcome

    @property
    def is_free(self) -> bool:
        """Whether it costs nothing: a refused submission, or a job that was refunded."""
        return self.outcome == REFUSED or self.failure_code in REFUNDED

    def summary(self) -> dict[str, Any]:
        """Return the fields of `generations list`."""
        cost = None if self.is_free else self.cost
        return {
            "entry": self.entry,
            "id": self.generation_id,
            "state": self.status,
            "type": self.type,
            "model": self.model,
            "prompt": self.prompt,
            "tag": self.tag,
            "created_at": timestamp(self.created_at),
            "cost_usd": None if cost is None else float(cost),
            "failure_code": self.failure_code,
            "files": [_encodable(file["path"]) for file in self.files],
        }

    def everything(self) -> dict[str, Any]:
        """Return the fields of `generations show`."""
        everything = self.summary() | {
            "profile": self.profile,
            "base_url": self.base_url,
            "outcome": self.outcome,
            "detail": self.detail,
            "failure_reason": self.failure_reason,
            "ended_at": None if self.ended_at is None else timestamp(self.ended_at),
            "plan": _encodable(self.plan),
            "attempts": [_shown_attempt(attempt) for attempt in self.attempts],
            "files": _encodable(self.files),
            "request": _encodable(self.request),
        }
        rare = {"sandbox": self.sandbox, "once_key": self.once_key, "answer": self.answer}
        return everything | {name: value for name, value in rare.items() if value is not None}


# How to read each column, and the default for a damaged value; with `None`, NULL is valid as well.
_Reader = tuple[Callable[[Any], Any], Any]
_REQUIRED_TEXT: _Reader = (decode.text, str)
_TEXT: _Reader = (decode.text, None)
_READERS: dict[str, _Reader] = {
    "created_at": (decode.seconds, float),
    **dict.fromkeys(("profile", "base_url", "type", "model", "prompt", "outcome"), _REQUIRED_TEXT),
    **dict.fromkeys(("tag", "detail", "generation_id", "state"), _TEXT),
    **dict.fromkeys(("failure_code", "failure_reason", "sandbox", "answer"), _TEXT),
    **dict.fromkeys(("once_key", "body_digest", "sender"), _TEXT),
    "ended_at": (decode.seconds, None),
    "cost": (decode.dollars, None),
    "request": (decode.request, dict),
    "plan": (decode.plan, dict),
    "attempts": (decode.attempts, list),
    "files": (decode.files, list),
}
# In the order in which `Entry.of_row` takes them; a newer version's table may have more.
COLUMNS = ", ".join(("entry", "is_done", *_READERS))


def _shown_attempt(attempt: dict[str, Any]) -> Any:
    """Return an attempt with its time as all others are shown."""
    with suppress(ValueError, KeyError):  # damaged or missing
        attempt = attempt | {"at": timestamp(decode.seconds(attempt["at"]))}
    return _encodable(attempt)


def _encodable(value: Any) -> Any:
    """Return a JSON value whose strings can be encoded."""
    if isinstance(value, str):
        return re.sub(_HALF_A_PAIR, "\ufffd", value)
    if isinstance(value, dict):
        return {_encodable(key): _encodable(inner) for key, inner in value.items()}
    return [_encodable(inner) for inner in value] if isinstance(value, list) else value
