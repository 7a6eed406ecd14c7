"""Files that change, links that die, ranges that are ignored."""

from __future__ import annotations

from starlette.datastructures import QueryParams

from luma_cli.sandbox.amounts import Amount
from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.sandbox.wire.broken import HALF
from luma_cli.sandbox.wire.exchange import Exchange
from luma_cli.sandbox.wire.pieces import partly
from luma_cli.sandbox.world.world import World


async def expire(fault: Fault, exchange: Exchange, world: World) -> None:
    query = QueryParams(exchange.scope["query_string"])

    async def die() -> None:
        world.links.revoke(query)
        await exchange.reset()

    amount = fault.amount or HALF
    if amount == Amount():
        world.links.revoke(query)
        await exchange.carry_out()
    else:
        await partly(exchange, amount, die)


async def change(fault: Fault, exchange: Exchange, world: World) -> None:
    *_, job_id, name = exchange.scope["path"].split("/")

    async def change() -> None:
        world.gallery.change(job_id, name)
        await exchange.reset()

    await partly(exchange, fault.amount or HALF, change)


async def ignore_range(_: Fault, exchange: Exchange, __: World) -> None:
    headers = exchange.scope["headers"]
    exchange.scope["headers"] = [pair for pair in headers if pair[0] != b"range"]
    await exchange.carry_out()
