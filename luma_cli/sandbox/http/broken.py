"""Connections that break or fall silent."""

from __future__ import annotations

import asyncio
from fractions import Fraction

from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.sandbox.http.exchange import Exchange, Message
from luma_cli.sandbox.http.pieces import collect, nowhere, partly, send_whole
from luma_cli.sandbox.state.state import State
from luma_cli.sandbox.units import Amount

HALF = Amount(share=Fraction(1, 2))


async def reset_before_read(fault: Fault, exchange: Exchange, _: State) -> None:
    await exchange.read(_request_bytes(fault, exchange))
    await exchange.reset()


async def stall_before_read(fault: Fault, exchange: Exchange, _: State) -> None:
    size, seconds = _request_bytes(fault, exchange), fault.time
    if seconds is None:
        await exchange.read(size)
        await exchange.silence(None)
        return
    has_stalled = False

    async def receive() -> Message:
        nonlocal has_stalled
        if not has_stalled and exchange.entry.body_bytes >= size:
            has_stalled = True
            await asyncio.sleep(seconds)
        return await exchange.receive()

    if size == 0:  # not everybody wants a body that is empty
        has_stalled = True
        await asyncio.sleep(seconds)
    await exchange.execute(receive=receive)


async def reset_after_read(_: Fault, exchange: Exchange, __: State) -> None:
    await exchange.execute(nowhere)
    await exchange.reset()


async def cut(fault: Fault, exchange: Exchange, _: State) -> None:
    await partly(exchange, fault.amount or HALF, exchange.reset)


async def truncate(fault: Fault, exchange: Exchange, _: State) -> None:
    await partly(exchange, fault.amount or HALF, exchange.close)


async def stall(fault: Fault, exchange: Exchange, _: State) -> None:
    passing_on = False

    async def go_on() -> None:
        nonlocal passing_on
        passing_on = await exchange.silence(fault.time)

    if fault.amount is not None:
        await partly(exchange, fault.amount, go_on, lambda: passing_on)
        return
    start, body = await collect(exchange)
    if await exchange.silence(fault.time):
        await send_whole(exchange, start, body)


def _request_bytes(fault: Fault, exchange: Exchange) -> int:
    length = int(dict(exchange.scope["headers"]).get(b"content-length", 0))
    return (fault.amount or Amount()).of(length)
