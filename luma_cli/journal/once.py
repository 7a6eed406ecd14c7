"""Finding a job of the same request before another one is paid for."""

from __future__ import annotations

from luma_cli.journal.account import account_filter
from luma_cli.journal.entry import ACCEPTED, SENDING, UNKNOWN, Entry, NewSubmission
from luma_cli.journal.journal import Journal

# A job that was not waited for may be running this long, unless its end is known.
LONGEST_UNWATCHED_SECONDS = 3600
_MAY_EXIST = (
    f"(outcome IN ('{SENDING}', '{UNKNOWN}') OR (outcome = '{ACCEPTED}'"
    " AND coalesce(state, '') <> 'failed'))"
)
_BEST_FIRST = f"ORDER BY outcome = '{ACCEPTED}' DESC, outcome = '{SENDING}' DESC, entry DESC"


def duplicate(journal: Journal, body_digest: str, once_key: str | None) -> Entry | None:
    """Return the account's job with this key, or without one of this request, if there is any.

    One that was refused, or failed, does not count. One with an id is preferred, then one that is
    being sent; the others have an unknown outcome.
    """
    column, value = ("body_digest", body_digest) if once_key is None else ("once_key", once_key)
    return _first(journal, f"{column} = ? AND {_MAY_EXIST}", value)


def unfinished_duplicate(journal: Journal, body_digest: str) -> Entry | None:
    """Return the account's job of this request that is not known to have come to its end."""
    return _first(
        journal,
        f"body_digest = ? AND {_MAY_EXIST} AND (is_done = 0 OR"
        " (outcome = ? AND ended_at IS NULL AND created_at >= ?))",
        *(body_digest, ACCEPTED, journal.clock.epoch_seconds() - LONGEST_UNWATCHED_SECONDS),
    )


def begin_unless_duplicate(journal: Journal, draft: NewSubmission) -> int | Entry:
    """Record a submission and return its number, or return the job to reuse.

    Both are one step: of two processes at the same time one gets the entry of the other. Raises
    `JournalError`.
    """
    with journal.transaction():
        found = duplicate(journal, str(draft.body_digest), draft.once_key)
        return journal.begin(draft) if found is None else found


def _first(journal: Journal, condition: str, *values: object) -> Entry | None:
    seen, seen_values = account_filter(journal.account)
    found = journal.entries(
        f"{condition} AND {seen} {_BEST_FIRST} LIMIT 1", *(*values, *seen_values)
    )
    return found[0] if found else None
