"""Finding entries: the newest, by a piece of the id, by what they are, by what is left to do."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from luma_cli.errors import UsageError
from luma_cli.journal.entry import ACCEPTED, REFUSED, SENDING, UNKNOWN, Entry
from luma_cli.journal.journal import Journal
from luma_cli.rules.prices import REFUNDED

SHORTEST_PREFIX = 8
_MOST_DIGITS = 18  # what SQLite counts up to
# Numbers of processes come again; no submission takes this long.
LONGEST_SENDING_SECONDS = 3600
_LAST = re.compile(r"@last(?:~(\d{1,9}))?")
_PREFIX = re.compile(rf"[0-9a-fA-F-]{{{SHORTEST_PREFIX},35}}")
_SAMPLES, _ENOUGH_SAMPLES = 50, 5
SPENDING = {"day": "date(created_at, 'unixepoch')", "model": "model", "tag": "coalesce(tag, '')"}
# A refused submission costs nothing, and neither does a job that failed for certain reasons.
_CHARGED = (
    f"outcome <> '{REFUSED}' AND coalesce(failure_code, '') NOT IN"
    f" ({', '.join(repr(code) for code in REFUNDED)})"
)


@dataclass(frozen=True)
class Filter:
    """What a list is to show; `since` is in seconds since 1970."""

    state: str | None = None
    type: str | None = None
    model: str | None = None
    tag: str | None = None
    since: float | None = None
    search: str | None = None
    limit: int | None = None


def is_short(an_id: str) -> bool:
    """Return whether an id is one that only the journal understands."""
    return bool(_LAST.fullmatch(an_id) or _PREFIX.fullmatch(an_id))


def whole_id(journal: Journal, an_id: str) -> str:
    """Return the generation id that `@last`, `@last~2` or a unique prefix stands for.

    What is neither stays as it is. Raises `UsageError` when nothing fits `@last`, or several
    entries fit a prefix.
    """
    last = _LAST.fullmatch(an_id)
    if last is not None:
        found = journal.entries(
            "generation_id IS NOT NULL ORDER BY entry DESC LIMIT 1 OFFSET ?", int(last[1] or 0)
        )
        if not found:
            raise UsageError(f"there is no `{an_id}` in the history of this machine")
        return str(found[0].generation_id)
    if not _PREFIX.fullmatch(an_id):
        return an_id
    rows = journal.read(
        "SELECT DISTINCT generation_id FROM submissions"
        " WHERE generation_id >= ? AND generation_id < ? LIMIT 2",
        an_id.lower(),
        an_id.lower() + "g",
    )
    if len(rows) > 1:
        raise UsageError(f"several generations begin with `{an_id}`", hint="give more of the id")
    return str(rows[0][0]) if rows else an_id


def entry_of(journal: Journal, an_id: str) -> Entry | None:
    """Return the entry of a generation id, or of a number of an entry."""
    found = journal.entries("generation_id = ? ORDER BY entry DESC LIMIT 1", an_id)
    if not found and an_id.isdecimal() and len(an_id) <= _MOST_DIGITS:
        found = journal.entries("entry = ?", int(an_id))
    return found[0] if found else None


def listed(journal: Journal, wanted: Filter) -> list[Entry]:
    """Return the entries that pass a filter, the newest first."""
    conditions: list[tuple[str, Any]] = []
    if wanted.state is not None:
        shown = "CASE outcome WHEN 'accepted' THEN coalesce(state, 'submitted') ELSE outcome END"
        conditions.append((f"{shown} = ?", wanted.state))
    for column in ("type", "model", "tag"):
        if (value := getattr(wanted, column)) is not None:
            conditions.append((f"{column} = ?", value))
    if wanted.since is not None:
        conditions.append(("created_at >= ?", wanted.since))
    if wanted.search is not None:
        conditions.append(("instr(lower(prompt), lower(?)) > 0", wanted.search))
    where = " AND ".join(condition for condition, _ in conditions) or "1"
    values = [value for _, value in conditions]
    limit = -1 if wanted.limit is None else wanted.limit
    return journal.entries(f"{where} ORDER BY entry DESC LIMIT ?", *values, limit)


def undone(journal: Journal) -> list[Entry]:
    """Return the accepted jobs of which something is left to do, the oldest first."""
    return journal.entries(
        "is_done = 0 AND outcome = ? AND generation_id IS NOT NULL ORDER BY entry", ACCEPTED
    )


def unclear(journal: Journal) -> list[Entry]:
    """Return the submissions of which nobody knows, and the user was not told, how they went.

    One that is being sent belongs to the process that sends it, as long as that lives.
    """
    found = journal.entries("is_done = 0 AND outcome = ? ORDER BY entry", UNKNOWN)
    for entry in journal.entries("is_done = 0 AND outcome = ? ORDER BY entry", SENDING):
        (row,) = journal.read("SELECT process FROM submissions WHERE entry = ?", entry.entry)
        is_young = time.time() - entry.created_at < LONGEST_SENDING_SECONDS
        if is_young and _is_alive(int(row["process"])):
            continue
        if entry.attempts:
            journal.note_unknown(entry.entry, "the program ended while it was sent")
            found += journal.entries("entry = ?", entry.entry)
        else:
            journal.note_refused(entry.entry, "the program ended before it was sent")
    return found


def _is_alive(process: int) -> bool:
    """Return whether a process of this number runs; Windows has no harmless way to ask."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True


def typical_seconds(journal: Journal, kind: str, model: str) -> float | None:
    """Return how long such a job usually takes here, once enough were watched."""
    rows = journal.read(
        "SELECT seconds FROM submissions WHERE type = ? AND model = ? AND state = 'completed'"
        " AND seconds IS NOT NULL ORDER BY entry DESC LIMIT ?",
        *(kind, model, _SAMPLES),
    )
    return median(row["seconds"] for row in rows) if len(rows) >= _ENOUGH_SAMPLES else None


def spending(journal: Journal, by: str) -> list[dict[str, Any]]:
    """Return what was spent by day, model or tag, as far as it is known, the latest first."""
    rows = journal.read(
        f"SELECT {SPENDING[by]} AS name, count(*) AS jobs, group_concat(cost) AS costs,"  # noqa: S608 - ours
        f" count(*) - count(cost) AS unknown FROM submissions WHERE {_CHARGED}"
        " GROUP BY 1 ORDER BY 1 DESC"
    )
    return [
        {
            by: row["name"] or None,
            "jobs": row["jobs"],
            "cost_usd": float(_sum(row["costs"])),
            "jobs_of_unknown_cost": row["unknown"],
        }
        for row in rows
    ]


def spent_since(journal: Journal, since: float) -> Decimal:
    """Return the known costs of all jobs submitted after a moment, in dollars."""
    (row,) = journal.read(
        f"SELECT group_concat(cost) AS costs FROM submissions WHERE created_at >= ? AND {_CHARGED}",  # noqa: S608 - ours
        since,
    )
    return _sum(row["costs"])


def _sum(costs: str | None) -> Decimal:
    return sum((Decimal(cost) for cost in (costs or "").split(",") if cost), Decimal(0))
