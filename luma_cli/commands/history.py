"""`generations list | show | resume`: this machine's history, and what is left to do of it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from luma_cli.commands._declare import LumaCommand, examples, flags, group
from luma_cli.commands._options import IdsArg, PollIntervalOpt, TimeoutOpt
from luma_cli.errors import OutcomeUnknownError, UsageError
from luma_cli.flags import Flag
from luma_cli.rules.vocabulary import MODELS, STATES, TYPES

if TYPE_CHECKING:
    from luma_cli.context import AppContext
    from luma_cli.journal.entry import Entry
    from luma_cli.journal.journal import Journal

history = group()

_USUAL_LIMIT = 20
_SUMS = ("day", "model", "tag")
_STATES = (*STATES, "sending", "refused", "unknown")
LIST_FLAGS = (
    Flag("--state", "Only jobs in this state", "Filters", "STATE", _STATES),
    Flag("--type", "Only jobs of this type", "Filters", "TYPE", TYPES),
    Flag("--model", "Only jobs of this model", "Filters", "MODEL", MODELS),
    Flag("--tag", "Only jobs with this tag", "Filters", "TAG"),
    Flag("--since", "Only jobs this young: `2h`, `7d`", "Filters", "AGE"),
    Flag("--search", "Only jobs with this text in the prompt", "Filters", "WORDS"),
    Flag(
        "--limit",
        "How many, the newest first; 0 for all",
        "Filters",
        "COUNT",
        default=str(_USUAL_LIMIT),
    ),
    Flag("--spend", "What was spent, instead of jobs", "Money", "BY", _SUMS),
)


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
    from luma_cli.journal.find import listed, spending
    from luma_cli.output.table import Column

    cli: AppContext = ctx.obj
    typed = dict(cli.line.typed)
    by = typed.get("--spend")
    if by is not None and by not in _SUMS:
        raise UsageError(f"cannot sum up by `{by}`", hint=f"use one of {', '.join(_SUMS)}")
    wanted = _filter(typed)
    if cli.history is None:
        cli.out.note("this machine has no history yet")
        return
    if by is not None:
        figures = ("jobs", "cost_usd", "jobs_of_unknown_cost")
        columns = [Column(by), *(Column(name, right=True) for name in figures)]
        cli.out.rows(spending(cli.history, by), columns)
        return
    entries = listed(cli.history, wanted)
    if not entries:
        cli.out.note("no such jobs in the history of this machine")
    if cli.out.for_people:
        columns = [
            Column("age", right=True),
            Column("state"),
            Column("type", drop=1),
            Column("model", drop=3),
            Column("cost", right=True, drop=2),
            Column("id"),
            Column("prompt", rest=True),
        ]
        cli.out.rows([_for_people(entry) for entry in entries], columns)
        return
    for entry in entries:
        cli.out.data(entry.summary())


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
        typer.Argument(metavar="[ID]...", help="Jobs in the history; all that are not finished"),
    ] = None,
    timeout: TimeoutOpt = None,
    poll_interval: PollIntervalOpt = None,
) -> None:
    """Finish what was begun, as it was asked: wait, then save. Submits nothing."""
    from luma_cli.commands._finish import finish
    from luma_cli.commands._ids import whole_id_of
    from luma_cli.commands._plan import Plan, duration_of, target_of_fields

    cli: AppContext = ctx.obj
    plan = Plan(
        wait=True,
        timeout=duration_of("--timeout", timeout),
        poll_interval=duration_of("--poll-interval", poll_interval),
        in_history=True,
    )
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
        request_ids = ", ".join(attempt["request_id"] for attempt in entry.attempts)
        cli.out.warning(
            f"entry {entry.entry} ({_age(entry.created_at)} ago, {entry.type}, {entry.model},"
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


def _filter(typed: dict[str, str]) -> Any:
    from luma_cli.commands._plan import duration_of
    from luma_cli.journal.find import Filter
    from luma_cli.values import parse_count

    age = duration_of("--since", typed.get("--since"))
    limit = parse_count(typed.get("--limit", str(_USUAL_LIMIT)))
    return Filter(
        state=typed.get("--state"),
        type=typed.get("--type"),
        model=typed.get("--model"),
        tag=typed.get("--tag"),
        since=None if age is None else time.time() - age,
        search=typed.get("--search"),
        limit=limit or None,
    )


def _for_people(entry: Entry) -> dict[str, Any]:
    from luma_cli.rules.prices import show_dollars

    return {
        "age": _age(entry.created_at),
        "state": entry.status,
        "type": entry.type,
        "model": entry.model,
        "cost": show_dollars(entry.cost),
        "id": (entry.generation_id or f"entry {entry.entry}")[:8],
        "prompt": entry.prompt,
    }


def _age(created_at: float) -> str:
    """Return how long ago something was, in its largest unit: `12s`, `5m`, `3h`, `2d`."""
    seconds = max(time.time() - created_at, 0)
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f}{unit}"
    return f"{seconds:.0f}s"
