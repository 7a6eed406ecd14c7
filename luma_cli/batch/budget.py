"""What a run may cost: a price is reserved before its job is submitted."""

from __future__ import annotations

from decimal import Decimal

from luma_cli.errors import CostLimitError
from luma_cli.rules.prices import Price, show_dollars


class Budget:
    """The limit of a run in dollars, `None` for none, and what is spent and reserved of it.

    `spent` is what earlier invocations have spent. The price of a job is released only when the job
    was certainly not accepted, or when it ended with a documented refund.
    """

    def __init__(self, limit: Decimal | None, spent: Decimal = Decimal(0)) -> None:
        self.limit, self.spent = limit, spent

    def reserve(self, price: Price) -> None:
        """Reserve the price of a job; raises `CostLimitError` if it exceeds what is left.

        An unknown price exceeds any limit.
        """
        if self.limit is not None and price.dollars is None:
            raise CostLimitError(
                f"price unknown: {price.why}; `--max-cost` is set",
                hint="`--max-cost any` submits it at an unknown price",
            )
        if self.limit is not None and self.spent + (price.dollars or 0) > self.limit:
            raise CostLimitError(
                f"the next job costs {price.shown}, after {show_dollars(self.spent)} in this run;"
                f" the limit is {show_dollars(self.limit)} (`--max-cost`)",
                hint="raise `--max-cost`",
            )
        self.spent += price.dollars or 0

    def release(self, cost: Decimal | None) -> None:
        """Release what was reserved for a job that costs nothing."""
        self.spent -= cost or 0
