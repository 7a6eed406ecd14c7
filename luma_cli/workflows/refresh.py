"""Refreshing the state of running jobs for `generations list`, within limits of number and time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from luma_cli.errors import LumaError
from luma_cli.journal.find import Filter, running
from luma_cli.journal.journal import Journal

if TYPE_CHECKING:
    from luma_cli.workflows.session import Reporter, Session

# Without `--refresh`, for a person who only wants to see the list, and with it.
MOST_UNASKED, SECONDS_UNASKED = 20, 2.0
MOST_ASKED, SECONDS_ASKED = 1000, 60.0


def refresh(
    connect: Callable[[], Session],
    reporter: Reporter,
    journal: Journal,
    wanted: Filter,
    *,
    is_asked: bool,
) -> None:
    """Record the state of the newest running jobs; problems are reported, not raised."""
    most, seconds = (MOST_ASKED, SECONDS_ASKED) if is_asked else (MOST_UNASKED, SECONDS_UNASKED)
    if wanted.sandbox and (journal.account is None or journal.account.sandbox is None):
        return  # those sandboxes are gone
    ids = dict.fromkeys(str(entry.generation_id) for entry in running(journal, wanted, most))
    if not ids:
        return
    from luma_cli.jobs.history import record_job
    from luma_cli.jobs.poll import Lookup
    from luma_cli.jobs.retry import TRANSIENT_ERRORS, RetryPolicy
    from luma_cli.jobs.scheduler import POLLS_AT_ONCE, Scheduler

    noted = unanswered = 0
    try:
        session = connect()
        session.api.require_key()
        clock, get = session.clock, session.api.get_generation
        policy, deadline = RetryPolicy(0, clock, lambda *_: None), clock.now() + seconds
        scheduler = Scheduler(clock, lambda finished, _: finished)
        scheduler.read_from(Lookup(each, get, policy, deadline) for each in ids)
        with closing(scheduler.run()) as results:
            for finished in results:
                if finished.answer is not None:
                    with journal.busy_timeout(max(deadline - clock.now(), 0.0)):
                        record_job(journal, finished.id, finished.answer.generation)
                    noted += 1
                elif finished.error is not None:
                    reporter.detail(f"{finished.id} not refreshed: {finished.error}")
                    unanswered += isinstance(finished.error, TRANSIENT_ERRORS)
                    if unanswered == POLLS_AT_ONCE:  # the others would not be answered, either
                        break
    except LumaError as problem:
        reporter.detail(f"not refreshed: {problem}")
    if is_asked and noted < len(ids):
        reporter.warning(f"{len(ids) - noted} of {len(ids)} jobs could not be refreshed")
