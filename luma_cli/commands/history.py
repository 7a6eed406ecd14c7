"""`generations list | show | resume`: this machine's history, and what is left to do of it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from luma_cli.commands._declare import LumaCommand, examples, flags, group
from luma_cli.commands._listing import LIST_FLAGS
from luma_cli.commands._options import IdsArg, PollIntervalOpt, TimeoutOpt
from luma_cli.durations import show_age
from luma_cli.errors import OutcomeUnknownError, UsageError

if TYPE_CHECKING:
    from luma_cli.context import AppContext
    from luma_cli.journal.entry import Entry
    from luma_cli.journal.journal import Journal

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
    """Print the jobs that were submitted from this machine, the newest first."""
    from luma_cli.commands import _listing as listing
    from luma_cli.journal.find import listed, spending

    cli: AppContext = ctx.obj
    typed = dict(cli.line.typed)
    wanted, by = listing.wanted(typed), listing.summed_up_by(typed)
    if cli.history is None:
        cli.out.note("this machine has no history yet")
    elif by is not None:
        cli.out.rows(spending(cli.history, by), listing.sums(by))
    else:
        entries = listed(cli.history, wanted)
        if not entries:
            cli.out.note("no such jobs in the history of this machine")
        listing.show(cli, entries)


@history.command("show", cls=LumaCommand, epilog=examples("luma-agents-cli generations show @last"))
def generation_show(ctx: typer.Context, ids: IdsArg = None) -> None:
    """Print all that the history knows of a job: request, attempts, cost, files."""
    from luma_cli.commands._ids import collect_ids

    cli: AppContext = ctx.obj
    for each in collect_ids(cli, ids):
        cli.out.data(_entry(cli, each).everything())


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
    from luma_cli.commands._finish import finish
    from luma_cli.commands._ids import whole_id_of
    from luma_cli.commands._plan import plan_of_flags
    from luma_cli.commands._target import target_of_fields

    cli: AppContext = ctx.obj
    plan = replace(plan_of_flags(cli, None, timeout, poll_interval), in_history=True)
    if ids:
        chosen, unclear = _split([_entry(cli, whole_id_of(cli, each)) for each in ids])
    else:
        chosen, unclear = _left_to_do(cli)
    targets = {str(entry.generation_id): target_of_fields(entry.plan) for entry in chosen}
    if targets:
        finish(cli, list(targets), replace(plan, targets=targets))
    elif not unclear:
        cli.out.note("nothing is left to do")
    _report_unclear(cli, unclear)


def _entry(cli: AppContext, an_id: str) -> Entry:
    from luma_cli.journal.find import entry_of

    found = None if cli.history is None else entry_of(cli.history, an_id)
    if found is None:
        raise UsageError(
            f"`{an_id}` is not in the history of this machine",
            hint="see `luma-agents-cli generations list`",
        )
    return found


def _split(entries: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return the entries that have a generation, and those of which nobody knows."""
    for entry in entries:
        if entry.outcome == "refused":
            raise UsageError(f"entry {entry.entry} was refused, there is nothing to resume")
    accepted = [entry for entry in entries if entry.generation_id is not None]
    return accepted, [entry for entry in entries if entry.generation_id is None]


def _left_to_do(cli: AppContext) -> tuple[list[Entry], list[Entry]]:
    """Return the unfinished entries of this account, and the unclear ones of any."""
    from luma_cli.journal.find import unclear, undone

    journal: Journal | None = cli.history
    if journal is None:
        return [], []
    settings = cli.settings
    found = undone(journal)
    ours = [e for e in found if (e.base_url, e.profile) == (settings.base_url, settings.profile)]
    if len(ours) < len(found):
        others = sorted({entry.profile for entry in found if entry not in ours})
        cli.out.note(
            f"{len(found) - len(ours)} more belong to other accounts: profile {', '.join(others)}"
        )
    return ours, unclear(journal)


def _report_unclear(cli: AppContext, entries: list[Entry]) -> None:
    """Say what is known of submissions without an outcome; a report of all is made once."""
    for entry in entries:
        age = show_age(time.time() - entry.created_at)
        request_ids = ", ".join(attempt["request_id"] for attempt in entry.attempts)
        cli.out.warning(
            f"entry {entry.entry} ({age} ago, {entry.type}, {entry.model},"
            f" `{entry.prompt[:60]}`) may or may not have been accepted:"
            f" {entry.detail or 'it is still being sent'}; request id {request_ids or 'none'}"
        )
        if cli.history is not None:
            cli.history.note_told(entry.entry)
    if entries:
        raise OutcomeUnknownError(
            f"of {len(entries)} submission{'' if len(entries) == 1 else 's'} nobody knows whether"
            " a job was made",
            hint="look at the dashboard before you submit the same again",
        )
