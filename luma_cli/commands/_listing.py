"""The output of `generations list`: filters, columns, sums."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from luma_cli.errors import UsageError
from luma_cli.flags import Flag
from luma_cli.rules.constants import MODELS, STATES, TYPES
from luma_cli.settings.durations import duration_of, show_age
from luma_cli.settings.parse import parse_count

if TYPE_CHECKING:
    from luma_cli.context import AppContext
    from luma_cli.host import Clock
    from luma_cli.journal.entry import Entry
    from luma_cli.journal.find import Filter
    from luma_cli.output.table import Column

_LONGEST_PROMPT = 500  # more than a terminal is wide
_SUMS = ("day", "model", "tag")
_STATES = (*STATES, "sending", "refused", "unknown")
LIST_FLAGS = (
    Flag("--state", "Only jobs in this state", "Filters", "STATE", _STATES),
    Flag("--type", "Only jobs of this type", "Filters", "TYPE", TYPES),
    Flag("--model", "Only jobs of this model", "Filters", "MODEL", MODELS),
    Flag("--tag", "Only jobs with this tag", "Filters", "TAG"),
    Flag("--since", "Only jobs submitted this recently, e.g. `2h`, `7d`", "Filters", "AGE"),
    Flag("--search", "Only jobs with this text in the prompt", "Filters", "WORDS"),
    Flag(
        "--limit",
        "Number of jobs, newest first; 0 for all",
        "Filters",
        "COUNT",
        default="20",
        read=parse_count,
    ),
    Flag("--sandbox", "Only jobs of sandboxes, which cost nothing", "Filters", switch=True),
    Flag(
        "--refresh",
        "Ask the API for the current state of jobs that have not ended. Default on a"
        " terminal, for 20 jobs",
        "Filters",
        switch=True,
        negation="--no-refresh",
    ),
    Flag(
        "--spend",
        "Print the money spent per day, model or tag instead of jobs",
        "Cost",
        "BY",
        _SUMS,
    ),
)


def filter_of(
    *,
    state: str | None,
    type: str | None,  # noqa: A002 - the flag's name
    model: str | None,
    tag: str | None,
    since: str | None,
    search: str | None,
    limit: int,
    sandbox: bool,
    clock: Clock,
) -> Filter:
    """Return the filter of the flags; raises `UsageError` for an invalid value."""
    from luma_cli.journal.find import Filter

    if state not in (None, *_STATES):
        raise UsageError(f"unknown state `{state}`", hint=f"use one of {', '.join(_STATES)}")
    age = duration_of("--since", since)
    return Filter(
        state=state,
        type=type,
        model=model,
        tag=tag,
        since=None if age is None else clock.epoch_seconds() - age,
        search=search,
        limit=limit or None,
        sandbox=sandbox,
    )


def wants_refresh(app: AppContext, asked: bool | None) -> bool | None:
    """Return whether to refresh running jobs; `None` refreshes a few of them, for a person."""
    if asked is not None:
        return asked
    return None if app.out.for_people else False


def summed_up_by(by: str | None) -> str | None:
    """Return the value of `--spend`, if any; raises `UsageError` for an unknown one."""
    if by is not None and by not in _SUMS:
        raise UsageError(
            f"`--spend`: cannot group by `{by}`", hint=f"use one of {', '.join(_SUMS)}"
        )
    return by


def sums(by: str) -> list[Column]:
    """Return the columns of `--spend`."""
    from luma_cli.output.table import Column

    figures = ("jobs", "cost_usd", "jobs_of_unknown_cost")
    return [Column(by), *(Column(name, right=True) for name in figures)]


def show(app: AppContext, entries: Iterable[Entry]) -> None:
    """Print jobs: a table for people, JSON for programs."""
    from luma_cli.output.table import Column

    if not app.out.for_people:
        for entry in entries:
            app.out.data(entry.summary())
        return
    columns = [
        Column("age", right=True),
        Column("state"),
        Column("type", drop=1),
        Column("model", drop=3),
        Column("cost", right=True, drop=2),
        Column("id"),
        Column("prompt", rest=True),
    ]
    now = app.host.clock.epoch_seconds()
    app.out.rows((_row(entry, now) for entry in entries), columns)


def _row(entry: Entry, now: float) -> dict[str, Any]:
    from luma_cli.rules.prices import show_dollars

    return {
        "age": show_age(now - entry.created_at),
        "state": entry.status,
        "type": entry.type,
        "model": entry.model,
        "cost": "-" if entry.is_free else show_dollars(entry.cost),
        "id": (entry.generation_id or f"entry {entry.entry}")[:8],
        "prompt": entry.prompt[:_LONGEST_PROMPT],
    }
