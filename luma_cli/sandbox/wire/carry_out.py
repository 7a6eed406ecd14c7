"""From a kind of trouble to what makes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.sandbox.wire import altered, broken, downloads
from luma_cli.sandbox.wire.exchange import Exchange
from luma_cli.sandbox.world.world import World


async def carry_out(fault: Fault, exchange: Exchange, world: World) -> None:
    """Answer a request with the trouble that was asked for."""
    exchange.entry.fault = fault.text
    await _MAKERS[fault.name](fault, exchange, world)


_MAKERS: dict[str, Callable[[Fault, Exchange, World], Awaitable[None]]] = {
    "status": altered.status,
    "reset-before-read": broken.reset_before_read,
    "stall-before-read": broken.stall_before_read,
    "reset-after-read": broken.reset_after_read,
    "cut": broken.cut,
    "truncate": broken.truncate,
    "stall": broken.stall,
    "slow": broken.slow,
    "wrong-length": altered.wrong_length,
    "empty-body": altered.empty_body,
    "invalid-json": altered.invalid_json,
    "expire": downloads.expire,
    "change": downloads.change,
    "ignore-range": downloads.ignore_range,
}
