"""The price of a request, and its limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from luma_cli.errors import CostLimitError, RejectedError
from luma_cli.rules.prices import PRICES_AS_OF, Price, price_of, show_dollars
from luma_cli.settings.resolve import CONFIG_FILE_SOURCE

if TYPE_CHECKING:
    from luma_cli.body.request import Request
    from luma_cli.host import Clock
    from luma_cli.journal.history import History
    from luma_cli.workflows.session import Reporter, SpendingLimits

DAY_SECONDS = 86_400


def price_of_request(request: Request, history: History) -> Price:
    """Return the price of a request, whose source may be an earlier generation."""
    return price_of(request.body, _source_seconds(request.body, history))


def price_fields(price: Price) -> dict[str, Any]:
    """Return a price as results print it."""
    known = None if price.dollars is None else float(price.dollars)
    return {"cost_usd": known, "cost": price.shown, "why": price.why, "prices_as_of": PRICES_AS_OF}


def show_dry_run(reporter: Reporter, base_url: str, request: Request, price: Price) -> None:
    """Print the request, its cost and its violations, which are raised as well."""
    from luma_cli.body.advice import advice
    from luma_cli.body.image_formats import unsupported_formats
    from luma_cli.rules.generation import violations

    unsupported = list(unsupported_formats(request))
    refused = [*violations(request.for_rules()), *(each.violation for each in unsupported)]
    reporter.data(
        {
            "method": "POST",
            "url": f"{base_url}/generations",
            "request": json.loads(request.encoded.preview),
            **price_fields(price),
            "would_be_refused": [violation._asdict() for violation in refused],
        }
    )
    if refused:
        fix = unsupported[0].hint if unsupported else advice(refused[0].detail, request.body)
        raise RejectedError(
            f"the API would reject this: {refused[0].detail}",
            hint=f"{fix}; nothing was sent" if fix else "nothing was sent",
        )


def check_spending_limits(
    limits: SpendingLimits, price: Price, history: History, clock: Clock
) -> None:
    """Raise `CostLimitError` when the job may cost more than `--max-cost` or what a day may cost.

    An unknown price exceeds any limit.
    """
    if limits.max_cost is not None:
        source = _source(limits, "max_cost")
        _check_limit("--max-cost", limits.max_cost, source, price, Decimal(0))
    if limits.max_cost_per_day is not None:
        from luma_cli.journal.spending import spent_since

        spent = spent_since(history.journal, clock.epoch_seconds() - DAY_SECONDS)
        source = _source(limits, "max_cost_per_day")
        _check_limit("--max-cost-per-day", limits.max_cost_per_day, source, price, spent)


def _source(limits: SpendingLimits, key: str) -> str:
    source = limits.sources[key]
    return f"`{key}` in {source}" if source == CONFIG_FILE_SOURCE else source


def _check_limit(flag: str, limit: Decimal, source: str, price: Price, spent: Decimal) -> None:
    if price.dollars is None:
        raise CostLimitError(
            f"price unknown: {price.why}; {source} is set",
            hint=f"check the request; `{flag} any` submits it at an unknown price",
        )
    if spent + price.dollars > limit:
        before = f", after {show_dollars(spent)} in the last 24 hours" if spent else ""
        raise CostLimitError(
            f"the job costs {price.shown}{before}; the limit is {show_dollars(limit)} ({source})",
            hint=f"raise `{flag}`, or lift it with `{flag} any`",
        )


def _source_seconds(body: Mapping[str, Any], history: History) -> float | None:
    """Return the length of a request's source, from the file itself or from the history."""
    from luma_cli.body.video_length import seconds_of

    source = body.get("source")
    if not isinstance(source, Mapping):
        return None
    generation_id = source.get("generation_id")
    if not isinstance(generation_id, str) or (journal := history.existing) is None:
        return seconds_of(source.get("data"))
    from luma_cli.journal.find import entry_of
    from luma_cli.rules.prices import seconds_made

    entry = entry_of(journal, generation_id)
    return None if entry is None else seconds_made(entry.request)
