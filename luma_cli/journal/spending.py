"""Sums of what jobs cost: for one account, without jobs of sandboxes, and for a run of a batch."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from luma_cli.journal import decode
from luma_cli.journal.account import IS_REAL, account_filter
from luma_cli.journal.entry import REFUSED
from luma_cli.journal.journal import Journal
from luma_cli.rules.prices import REFUNDED

SPENDING = {"day": "date(created_at, 'unixepoch')", "model": "model", "tag": "coalesce(tag, '')"}
# Refused submissions are free, and so are jobs that failed for certain reasons.
_CHARGED = (
    f"outcome <> '{REFUSED}' AND coalesce(failure_code, '') NOT IN"
    f" ({', '.join(repr(code) for code in REFUNDED)})"
)


def spending(journal: Journal, by: str) -> list[dict[str, Any]]:
    """Return the known costs per day, model or tag, the latest first."""
    sums: dict[str, dict[str, Any]] = {}
    for name, cost, jobs in _costs(journal, SPENDING[by], "1"):
        key = name if isinstance(name, str) else ""
        known = _dollars(cost)
        row = sums.setdefault(
            key, {by: key or None, "jobs": 0, "cost_usd": Decimal(0), "jobs_of_unknown_cost": 0}
        )
        row["jobs"] += jobs
        if known is None:
            row["jobs_of_unknown_cost"] += jobs
        else:
            row["cost_usd"] += known * jobs
    return [row | {"cost_usd": float(row["cost_usd"])} for row in sums.values()]


def spent_since(journal: Journal, since: float) -> Decimal:
    """Return the known costs of all jobs submitted since a time, in dollars."""
    rows = _costs(journal, "1", "created_at >= ?", since)
    return sum(((_dollars(cost) or Decimal(0)) * jobs for _, cost, jobs in rows), Decimal(0))


def spent_by_run(journal: Journal, run: int) -> Decimal:
    """Return the known costs of all submissions of a run of a batch, in dollars.

    Those of a sandbox count, too: the limit of a run is also tried there.
    """
    rows = journal.read(
        f"SELECT cost, count(*) FROM submissions WHERE run = ? AND {_CHARGED} GROUP BY cost",  # noqa: S608 - no user input
        run,
    )
    return sum(((_dollars(cost) or Decimal(0)) * jobs for cost, jobs in rows), Decimal(0))


def _costs(journal: Journal, name: str, condition: str, *values: Any) -> Iterable[Any]:
    """Return rows of a name, a cost and the number of jobs with that cost."""
    seen, seen_values = account_filter(journal.account)
    return journal.read(
        f"SELECT {name}, cost, count(*) FROM submissions WHERE {condition} AND {seen}"  # noqa: S608 - no user input
        f" AND {IS_REAL} AND {_CHARGED} GROUP BY 1, 2 ORDER BY 1 DESC",
        *(*values, *seen_values),
    )


def _dollars(cost: Any) -> Decimal | None:
    try:
        return decode.dollars(cost)
    except ValueError:
        return None
