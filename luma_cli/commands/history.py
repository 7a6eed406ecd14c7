"""`generations list | show | resume`: this machine's history, and what is left to do of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from luma_cli.cli.declare import LumaCommand, examples, flags, group
from luma_cli.commands._listing import LIST_FLAGS
from luma_cli.commands._options import IdsArg, PollIntervalOpt, TimeoutOpt
from luma_cli.errors import UsageError

if TYPE_CHECKING:
    from luma_cli.context import AppContext
    from luma_cli.journal.entry import Entry
    from luma_cli.journal.history import History

history = group()


@history.command(
    "list",
    cls=LumaCommand,
    epilog=examples(
        "luma-agents-cli generations list --state failed --since 24h",
        "luma-agents-cli generations list --tag launch --format jsonl | jq -r .id",
        "luma-agents-cli generations list --spend day",
    ),
)
@flags(LIST_FLAGS)
def generation_list(ctx: typer.Context) -> None:
    """Print the jobs that this machine submitted to one host and profile, the newest first."""
    from luma_cli.commands import _listing as listing
    from luma_cli.journal.find import listed
    from luma_cli.journal.spending import spending
    from luma_cli.workflows.refresh import refresh

    cli: AppContext = ctx.obj
    typed = dict(cli.line.typed)
    wanted, by = listing.wanted(typed, cli.host.clock), listing.summed_up_by(typed)
    asks = listing.wants_refresh(cli, typed)
    journal = cli.history.existing
    if journal is None:
        cli.out.note("this machine has no history yet")
    elif by is not None:
        cli.out.rows(spending(journal, by), listing.sums(by))
    else:
        if asks is not False:
            refresh(cli.session, cli.out, journal, wanted, is_asked=bool(asks))
        entries = listed(journal, wanted)
        if (first := next(entries, None)) is None:
            others = "" if wanted.sandbox else "; `list --sandbox` shows those of sandboxes"
            cli.out.note(f"no such jobs of this host and profile in the history{others}")
        else:
            listing.show(cli, chain([first], entries))


@history.command("show", cls=LumaCommand, epilog=examples("luma-agents-cli generations show @last"))
def generation_show(ctx: typer.Context, ids: IdsArg = None) -> None:
    """Print all that the history knows of a job: request, attempts, cost, files."""
    from luma_cli.workflows.ids import collect_ids

    cli: AppContext = ctx.obj
    for each in collect_ids(cli.host, cli.history, ids):
        cli.out.data(_entry(cli.history, each).everything())


@history.command(
    "resume",
    cls=LumaCommand,
    epilog=examples(
        "luma-agents-cli generations resume",
        "luma-agents-cli generations resume @last --timeout 10m",
    ),
)
def generation_resume(
    ctx: typer.Context,
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...", help="Jobs in the history; all that are not finished when left out"
        ),
    ] = None,
    timeout: TimeoutOpt = None,
    poll_interval: PollIntervalOpt = None,
) -> None:
    """Finish what was begun, as it was asked: wait, then save. Submits nothing."""
    from luma_cli.workflows import resume
    from luma_cli.workflows.ids import whole_id_of
    from luma_cli.workflows.plan import plan_of_flags

    cli: AppContext = ctx.obj
    plan = replace(plan_of_flags(cli.host.clock, None, timeout, poll_interval), in_history=True)
    chosen = [_entry(cli.history, whole_id_of(cli.history, each)) for each in ids or ()]
    journal = cli.history.existing
    if journal is None:
        cli.out.note(resume.NOTHING_LEFT)
    elif chosen:
        resume.resume_chosen(cli.session(), journal, plan, chosen)
    else:
        resume.resume_all(cli.session(), journal, plan)


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
