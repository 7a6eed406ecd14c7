"""Faults that reset, close or stall connections."""

from __future__ import annotations

import asyncio
from fractions import Fraction

from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.sandbox.http.exchange import Exchange, Message
from luma_cli.sandbox.http.pieces import collect, discard, send_part, send_whole
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

    if size == 0:  # the application does not read every empty body
        has_stalled = True
        await asyncio.sleep(seconds)
    await exchange.execute(receive=receive)


async def reset_after_read(_: Fault, exchange: Exchange, __: State) -> None:
    await exchange.execute(discard)
    await exchange.reset()


async def cut(fault: Fault, exchange: Exchange, _: State) -> None:
    await send_part(exchange, fault.amount or HALF, exchange.reset)


async def truncate(fault: Fault, exchange: Exchange, _: State) -> None:
    await send_part(exchange, fault.amount or HALF, exchange.close)


async def stall(fault: Fault, exchange: Exchange, _: State) -> None:
    resumes = False

    async def pause() -> None:
        nonlocal resumes
        resumes = await exchange.silence(fault.time)

    if fault.amount is not None:
        await send_part(exchange, fault.amount, pause, lambda: resumes)
        return
    start, body = await collect(exchange)
    if await exchange.silence(fault.time):
        await send_whole(exchange, start, body)


def _request_bytes(fault: Fault, exchange: Exchange) -> int:
    length = int(dict(exchange.scope["headers"]).get(b"content-length", 0))
    return (fault.amount or Amount()).of(length)
