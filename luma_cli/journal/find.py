"""Finding entries: the newest, by the start of an id, by filters, by unfinished work.

All functions but `entry_of` and `entry_by_number` are limited to the journal's account.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from luma_cli.errors import UsageError
from luma_cli.journal import decode, sender
from luma_cli.journal.account import EVERY_JOB, IS_REAL, OF_FOUND_JOBS, account_filter
from luma_cli.journal.entry import ACCEPTED, SENDING, UNKNOWN, Entry
from luma_cli.journal.journal import Journal

SHORTEST_PREFIX = 8
_MOST_DIGITS = 18  # what SQLite counts up to
_LAST = r"@last(?:~(\d{1,9}))?"
_PREFIX = rf"[0-9a-fA-F-]{{{SHORTEST_PREFIX},35}}"
_SAMPLES, _ENOUGH_SAMPLES = 50, 5
_HAS_ID = "typeof(generation_id) = 'text'"
_UNDONE = f"is_done = 0 AND outcome = '{ACCEPTED}' AND {_HAS_ID}"


class Filter(NamedTuple):
    """The filters of `generations list`; `since` is in seconds since 1970.

    `sandbox` selects the jobs of all sandboxes instead of those of the account.
    """

    state: str | None = None
    type: str | None = None
    model: str | None = None
    tag: str | None = None
    since: float | None = None
    search: str | None = None
    limit: int | None = None
    sandbox: bool = False


def is_short(an_id: str) -> bool:
    """Return whether an id is `@last`, `@last~2`, or the start of an id."""
    return bool(re.fullmatch(_LAST, an_id) or re.fullmatch(_PREFIX, an_id))


def find_id(journal: Journal, an_id: str) -> str:
    """Return the generation id of `@last`, `@last~2` or a unique prefix.

    Any other text is returned unchanged. Raises `UsageError` if `@last` does not exist or a prefix
    is ambiguous.
    """
    last = re.fullmatch(_LAST, an_id)
    if last is not None:
        seen, values = account_filter(journal.account, EVERY_JOB)
        rows = journal.read(
            f"SELECT generation_id FROM submissions WHERE {_HAS_ID} AND {seen}"  # noqa: S608 - no user input
            " ORDER BY entry DESC LIMIT 1 OFFSET ?",
            *(*values, int(last[1] or 0)),
        )
        if not rows:
            raise UsageError(
                f"there is no `{an_id}` in the history of this machine",
                hint="see `luma-agents-cli generations list`",
            )
        return str(rows[0][0])
    if not re.fullmatch(_PREFIX, an_id):
        return an_id
    seen, values = account_filter(journal.account)
    rows = journal.read(
        f"SELECT DISTINCT generation_id FROM submissions WHERE {_HAS_ID} AND {seen}"  # noqa: S608 - no user input
        " AND generation_id >= ? AND generation_id < ? LIMIT 2",
        *(*values, an_id.lower(), an_id.lower() + "g"),
    )
    if len(rows) > 1:
        raise UsageError(
            f"several generations begin with `{an_id}`", hint="use more characters of the id"
        )
    return str(rows[0][0]) if rows else an_id


def entry_of(journal: Journal, an_id: str) -> Entry | None:
    """Return the entry with a generation id or an entry number, of any account."""
    found = journal.entries("generation_id = ? ORDER BY entry DESC LIMIT 1", an_id)
    if not found and an_id.isdecimal() and len(an_id) <= _MOST_DIGITS:
        return entry_by_number(journal, int(an_id))
    return found[0] if found else None


def entry_by_number(journal: Journal, number: int) -> Entry | None:
    """Return the current entry with a number."""
    found = journal.entries("entry = ?", number)
    return found[0] if found else None


def listed(journal: Journal, wanted: Filter) -> Iterator[Entry]:
    """Yield the entries that pass a filter, the newest first."""
    where, values = _where(journal, wanted)
    return journal.each(where, *values, newest_first=True, limit=wanted.limit)


def running(journal: Journal, wanted: Filter, most: int) -> list[Entry]:
    """Return the newest jobs that have not ended and pass a filter, except for its state."""
    where, values = _where(journal, wanted, ignore_state=True)
    return journal.entries(
        f"outcome = '{ACCEPTED}' AND ended_at IS NULL AND {_HAS_ID} AND {where}"
        " ORDER BY entry DESC LIMIT ?",
        *(*values, most),
    )


def unfinished_entries(journal: Journal) -> Iterator[Entry]:
    """Yield the accepted jobs that are not finished, the oldest first."""
    seen, values = account_filter(journal.account)
    return journal.each(f"{_UNDONE} AND {seen}", *values)


def undone_elsewhere(journal: Journal) -> tuple[int, list[str]]:
    """Return the number of unfinished jobs of other accounts, and their profiles."""
    seen, values = account_filter(journal.account)
    rows = journal.read(
        f"SELECT profile, count(*) FROM submissions WHERE {_UNDONE} AND {IS_REAL}"  # noqa: S608 - no user input
        f" AND NOT ({seen}) GROUP BY profile ORDER BY profile",
        *values,
    )
    return sum(row[1] for row in rows), [str(row[0]) for row in rows]


def unknown_entries(journal: Journal) -> Iterator[Entry]:
    """Yield the submissions with an unknown outcome that was not reported yet."""
    seen, values = account_filter(journal.account)
    return journal.each(f"is_done = 0 AND outcome = '{UNKNOWN}' AND {seen}", *values)


def being_sent(journal: Journal) -> Iterator[Entry]:
    """Yield the submissions that are being sent; settle those of processes that have ended."""
    seen, values = account_filter(journal.account)
    for entry in journal.each(f"outcome = '{SENDING}' AND {seen}", *values):
        if not settle(journal, entry):
            yield entry


def settle(journal: Journal, entry: Entry) -> bool:
    """Store the outcome of a submission whose process has ended; return whether it has."""
    if sender.is_held(journal.path, entry.sender):
        return False
    # The process may have stored the outcome after the entry was read and before it ended.
    with journal.transaction():
        now = entry_by_number(journal, entry.entry)
        if now is not None and now.outcome == SENDING:
            if now.is_damaged or not all(each.get("not_accepted") is True for each in now.attempts):
                journal.record_unknown(entry.entry, "the program ended while it was sent")
            else:
                journal.record_refused(entry.entry, "the program ended before it was sent")
    sender.forget(journal.path, entry.sender)
    return True


def typical_seconds(journal: Journal, entry: Entry) -> float | None:
    """Return how long such a job usually takes on its host, once enough were observed."""
    return usual_seconds(journal, entry.type, entry.model, entry.base_url, entry.sandbox)


def usual_seconds(
    journal: Journal, kind: str, model: str, base_url: str, sandbox: str | None
) -> float | None:
    """Return how long jobs of a type and a model usually take, once enough were observed."""
    rows = journal.read(
        "SELECT seconds FROM submissions WHERE type = ? AND model = ? AND state = 'completed'"
        " AND seconds IS NOT NULL AND base_url = ? AND sandbox IS ? ORDER BY entry DESC LIMIT ?",
        *(kind, model, base_url, sandbox, _SAMPLES),
    )
    samples = [row["seconds"] for row in rows if _is_time(row["seconds"])]
    if len(samples) < _ENOUGH_SAMPLES:
        return None
    from statistics import median

    return float(median(samples))


def _where(
    journal: Journal, wanted: Filter, *, ignore_state: bool = False
) -> tuple[str, list[Any]]:
    # running jobs have an index of their own
    seen, seen_values = account_filter(
        journal.account, OF_FOUND_JOBS if ignore_state else EVERY_JOB
    )
    conditions: list[tuple[str, Any]] = []
    if wanted.state is not None and not ignore_state:
        shown = "CASE outcome WHEN 'accepted' THEN coalesce(state, 'submitted') ELSE outcome END"
        conditions.append((f"{shown} = ?", wanted.state))
    for column in ("type", "model", "tag"):
        if (value := getattr(wanted, column)) is not None:
            conditions.append((f"{column} = ?", value))
    if wanted.since is not None:
        conditions.append(("created_at >= ?", wanted.since))
    if wanted.search is not None:
        conditions.append(("instr(lower(prompt), lower(?)) > 0", wanted.search))
    first, first_values = (f"NOT {IS_REAL}", ()) if wanted.sandbox else (seen, seen_values)
    where = " AND ".join([f"({first})", *(condition for condition, _ in conditions)])
    return where, [*first_values, *(value for _, value in conditions)]


def _is_time(value: Any) -> bool:
    try:
        decode.seconds(value)
    except ValueError:
        return False
    return True
