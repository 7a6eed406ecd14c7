"""The questions before a batch that is dear, or whose jobs are paid for again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_cli.batch.shortest_time import shortest_time
from luma_cli.errors import StoppedError, UsageError
from luma_cli.journal.runs import find_run, jobs_of
from luma_cli.rules.prices import show_total

if TYPE_CHECKING:
    from luma_cli.batch.left import Left
    from luma_cli.batch.run import RunOptions
    from luma_cli.journal.journal import Journal


def confirm_fresh(journal: Journal, options: RunOptions) -> None:
    """Ask before the rows of a run are paid for again; raises `UsageError` or `StoppedError`."""
    before = find_run(journal, options.name)
    if before is None or options.yes:
        return
    jobs = len(jobs_of(journal, before.run))
    rows = "1 job" if jobs == 1 else f"{jobs:,} jobs"
    fact = f"`--fresh` pays again for the {rows} of the run"
    if options.ask is None:
        raise UsageError(fact, hint="`--yes` confirms it")
    if not options.ask(f"{fact}. Go on? [y/N] "):
        raise _declined()


def confirm_cost(journal: Journal, options: RunOptions, left: Left) -> None:
    """Ask before jobs that cost more than a limit are submitted; raises `StoppedError`."""
    unknown = sum(job.price.dollars is None for job in left.new)
    limit = options.confirm_above
    is_cheap = limit is None or (left.cost <= limit and not unknown)
    if options.ask is None or options.yes or is_cheap:
        return
    facts = ["1 job" if len(left.new) == 1 else f"{len(left.new):,} jobs"]
    facts.append(f"about {show_total(left.cost)}")
    facts += [f"{unknown:,} of unknown price"] if unknown else []
    time = shortest_time(left.new, journal, per_minute=options.per_minute, at_once=options.jobs)
    if time.seconds:
        facts.append(time.shown)
    if not options.ask(f"{', '.join(facts)}. Go on? [y/N] "):
        raise _declined()


def _declined() -> StoppedError:
    return StoppedError("nothing was sent", hint="`--yes` submits without a question")
