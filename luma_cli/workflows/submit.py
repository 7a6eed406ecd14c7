"""From a request to an accepted job: what it costs, whether it may cost that, and the journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from luma_cli.api.answer import Answer
from luma_cli.body.request import Request
from luma_cli.context import AppContext
from luma_cli.errors import (
    CostLimitError,
    OutcomeUnknownError,
    RejectedError,
    UncollectedError,
)
from luma_cli.jobs.submission_log import LONGEST_STORING_SECONDS, SubmissionLog
from luma_cli.rules.prices import Price, show_dollars
from luma_cli.settings.environment import SANDBOX
from luma_cli.workflows.once import Once, Twins
from luma_cli.workflows.plan import Plan, remember

DAY_SECONDS = 86_400
LARGE_REQUEST_BYTES = 1024 * 1024


def submit_job(
    cli: AppContext, request: Request, price: Price, plan: Plan, tag: str | None, once: Once
) -> tuple[Answer, bool]:
    """Submit once; return the answer, and whether the history has it.

    An answer that is damaged, but has an id, is replaced by what the API says of that id. Raises
    `TwinFoundError` and what `Twins` raises for the same request in the history,
    `CostLimitError` before anything is noted or sent, `JournalError` when it cannot be noted, and
    the errors of `jobs.submit`.
    """
    from luma_cli.jobs.submit import confirm, submit
    from luma_cli.workflows.read import retry_policy
    from luma_cli.workflows.upload import upload_large

    cli.client.require_key()
    twins = Twins(cli, request, once, plan)
    twins.look_up()
    check_limits(cli, price)
    request = upload_large(cli, request, deadline=plan.deadline)
    record = _begin(cli, request, price, plan, tag, twins)
    with _progress_of(cli, request) as report:
        answer = submit(
            cli.client,
            request,
            record,
            partial(_remember, cli, plan, record),
            retry_policy(cli),
            report,
            deadline=plan.deadline,
            interrupts=cli.host.interrupts,
        )
    if not record.is_kept:
        cli.at_the_end(record.store_again)
    if not answer.is_certain:
        try:
            answer = confirm(cli.client, answer, retry_policy(cli), plan.deadline)
        except OutcomeUnknownError as problem:
            record.unknown(problem.message)
            raise
        except UncollectedError:
            if not plan.wait:  # which survives what keeps the API from answering
                raise
    return answer, record.is_kept


def _tell(cli: AppContext, new_id: str) -> None:
    cli.out.note(f"submitted as {new_id}", always=True)
    if cli.paid is not None:
        cli.paid = cli.paid._replace(told=True)


def _remember(cli: AppContext, plan: Plan, record: SubmissionLog, new_id: str) -> None:
    in_history = record.is_kept and plan.wait
    was_told = cli.paid is not None and cli.paid.told
    remember(cli, [new_id], replace(plan, in_history=in_history), told=was_told)
    cli.paid = cli.unfinished


def source_seconds(cli: AppContext, body: Mapping[str, Any]) -> float | None:
    """Return the length of a request's source, from the file itself or from the history."""
    from luma_cli.body.video_length import seconds_of

    source = body.get("source")
    if not isinstance(source, Mapping):
        return None
    generation_id = source.get("generation_id")
    if not isinstance(generation_id, str) or cli.history is None:
        return seconds_of(source.get("data"))
    from luma_cli.journal.find import entry_of
    from luma_cli.rules.prices import seconds_made

    entry = entry_of(cli.history, generation_id)
    return None if entry is None else seconds_made(entry.request)


def check_limits(cli: AppContext, price: Price) -> None:
    """Raise `CostLimitError` when the job may cost more than `--max-cost` or what a day may cost.

    A price that nobody knows is over any limit.
    """
    most, most_a_day = cli.settings.max_cost, cli.settings.max_cost_per_day
    if most is not None:
        _refuse_over("--max-cost", most, price, Decimal(0))
    if most_a_day is not None:
        from luma_cli.journal.spending import spent_since

        since = cli.host.clock.epoch_seconds() - DAY_SECONDS
        spent = spent_since(cli.journal, since)
        _refuse_over("--max-cost-per-day", most_a_day, price, spent)


def show_dry_run(cli: AppContext, request: Request, price: Price) -> None:
    """Print the request, its cost, and what the API would refuse, which is raised as well."""
    from luma_cli.body.formats import untaken_formats
    from luma_cli.rules.generation import violations

    untaken = list(untaken_formats(request))
    refused = [*violations(request.for_rules()), *(each.violation for each in untaken)]
    cli.out.data(
        {
            "method": "POST",
            "url": f"{cli.settings.base_url}/generations",
            "request": json.loads(request.encoded.preview),
            **price_fields(price),
            "would_be_refused": [violation._asdict() for violation in refused],
        }
    )
    if refused:
        raise RejectedError(
            f"the API would refuse this: {refused[0].detail}",
            hint="; ".join([*(each.hint for each in untaken[:1]), "nothing was sent"]),
        )


def price_fields(price: Price) -> dict[str, Any]:
    """Return a price as results print it."""
    from luma_cli.rules.prices import PRICES_AS_OF

    known = None if price.dollars is None else float(price.dollars)
    return {"cost_usd": known, "cost": price.shown, "why": price.why, "prices_as_of": PRICES_AS_OF}


@contextmanager
def _progress_of(cli: AppContext, request: Request) -> Iterator[Callable[[int, int], None]]:
    """Show how much of a large request is sent; a small one is gone before anyone looks."""
    if request.encoded.length < LARGE_REQUEST_BYTES:
        yield lambda *_: None
        return
    with cli.out.progress() as progress:
        yield partial(progress.transferring, "request")


def _begin(
    cli: AppContext,
    request: Request,
    price: Price,
    plan: Plan,
    tag: str | None,
    twins: Twins,
) -> SubmissionLog:
    settings = cli.settings
    record = partial(
        SubmissionLog,
        warn=cli.out.warning,
        tell=partial(_tell, cli),
        interrupts=cli.host.interrupts,
        sandbox=cli.host.environ.get(SANDBOX.name) or None,
    )
    if not settings.history:
        return record(None, 0)
    from luma_cli.journal.entry import Draft

    draft = Draft(
        profile=settings.profile,
        base_url=settings.base_url,
        request=request.for_history(),
        cost=price.dollars,
        plan=plan.as_fields(),
        tag=tag,
    )
    left = max(plan.deadline - cli.host.clock.now(), 0.0)
    with cli.journal.busy_timeout(min(left, LONGEST_STORING_SECONDS)):
        return record(cli.journal, twins.begin(draft))


def _refuse_over(flag: str, most: Decimal, price: Price, spent: Decimal) -> None:
    lift = f"give `{flag}` a higher limit, or `{flag} any`"
    if price.dollars is None:
        raise CostLimitError(f"`{flag}`: nobody knows the cost: {price.why}", hint=lift)
    if spent + price.dollars > most:
        before = f", after {show_dollars(spent)} in the last 24 hours" if spent else ""
        raise CostLimitError(
            f"`{flag}`: the job costs {price.shown}{before}, and the limit is {show_dollars(most)}",
            hint=lift,
        )
