"""`generations list | show | resume`: the history of this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import typer

from luma_cli.cli.declare import Commands
from luma_cli.commands._options import IDS, WAITING
from luma_cli.errors import UsageError
from luma_cli.flags import Argument, Completion, Flag

if TYPE_CHECKING:
    from luma_cli.context import AppContext
    from luma_cli.journal.entry import Entry
    from luma_cli.journal.history import History

history = Commands()


def list_flags() -> Iterator[Flag]:
    """Yield the flags of `list`."""
    from luma_cli.commands._listing import LIST_FLAGS

    return iter(LIST_FLAGS)


@history.command(
    "list",
    list_flags,
    examples=(
        "luma-agents-cli generations list --state failed --since 24h",
        "luma-agents-cli generations list --tag launch --format jsonl | jq -r .id",
        "luma-agents-cli generations list --spend day",
    ),
)
def generation_list(
    ctx: typer.Context, *, spend: str | None, refresh: bool | None, **filters: Any
) -> None:
    """Print the jobs that this machine submitted with this host and profile, newest first."""
    from luma_cli.commands import _listing as listing
    from luma_cli.journal.find import listed

    app: AppContext = ctx.obj
    chosen, by = listing.filter_of(clock=app.host.clock, **filters), listing.summed_up_by(spend)
    asks = listing.wants_refresh(app, refresh)
    journal = app.history.existing
    if journal is None:
        app.out.note("this machine has no history yet")
    elif by is not None:
        from luma_cli.journal.spending import spending

        if rows := spending(journal, by):
            app.out.rows(rows, listing.sums(by))
        else:
            app.out.note("nothing was spent; jobs of sandboxes and refunded jobs are free")
    else:
        if asks is not False:
            from luma_cli.workflows.refresh import refresh as refresh_states

            refresh_states(app.session, app.out, journal, chosen, is_asked=bool(asks))
        entries = listed(journal, chosen)
        if (first := next(entries, None)) is None:
            others = "" if chosen.sandbox else "; for sandbox jobs, add `--sandbox`"
            app.out.note(f"no matching jobs for this host and profile{others}")
        else:
            listing.show(app, chain([first], entries))


@history.command("show", IDS, examples=("luma-agents-cli generations show @last",))
def generation_show(ctx: typer.Context, ids: Sequence[str]) -> None:
    """Print everything the history has about a job: request, attempts, cost, files."""
    from luma_cli.workflows.ids import collect_ids

    app: AppContext = ctx.obj
    for each in collect_ids(app.host, app.history, app.out, ids):
        app.out.data(_entry(app.history, each).everything())


@history.command(
    "resume",
    Argument(
        "ids",
        "[ID]...",
        "Jobs in the history; all unfinished jobs if omitted",
        completion=Completion.GENERATION,
        repeats=True,
    ),
    *WAITING,
    examples=(
        "luma-agents-cli generations resume",
        "luma-agents-cli generations resume @last --timeout 10m",
    ),
)
def generation_resume(
    ctx: typer.Context, ids: Sequence[str], timeout: str | None, poll_interval: str | None
) -> None:
    """Resume unfinished jobs: wait for them and save their outputs. Never submits.

    Only jobs that were submitted with `--wait`, `-o` or `-d` are resumed, and those named by ID.
    """
    from dataclasses import replace

    from luma_cli.workflows import resume
    from luma_cli.workflows.ids import resolve_id
    from luma_cli.workflows.plan import plan_of_flags

    app: AppContext = ctx.obj
    plan = replace(plan_of_flags(app.host.clock, None, timeout, poll_interval), in_history=True)
    chosen = [_entry(app.history, resolve_id(app.history, each)) for each in ids]
    journal = app.history.existing
    if journal is None:
        app.out.note(resume.NOTHING_LEFT)
    elif chosen:
        resume.resume_chosen(app.session(), journal, plan, chosen)
    else:
        resume.resume_all(app.session(), journal, plan)


def _entry(history: History, an_id: str) -> Entry:
    from luma_cli.journal.find import entry_of

    journal = history.existing
    found = None if journal is None else entry_of(journal, an_id)
    if found is None:
        raise UsageError(
            f"`{an_id}` is not in the history of this machine",
            hint="see `luma-agents-cli generations list`",
        )
    return found
