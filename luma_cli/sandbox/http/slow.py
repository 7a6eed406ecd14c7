"""Faults that delay answers."""

from __future__ import annotations

import asyncio
import math
import time

from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.sandbox.http.exchange import Exchange, Message
from luma_cli.sandbox.http.pieces import collect, length, piece
from luma_cli.sandbox.state.state import State

_SLOW_SECONDS = 5.0
_DROPS_PER_SECOND = 10
_DRIP_SECONDS = 1.0
_HINT_SECONDS = 0.1
_EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n"


async def slow(fault: Fault, exchange: Exchange, _: State) -> None:
    drop = 1

    async def send(message: Message) -> None:
        nonlocal drop
        if message["type"] == "http.response.start":
            rate = fault.rate or length(message) / (fault.time or _SLOW_SECONDS)
            drop = max(math.ceil(rate / _DROPS_PER_SECOND), 1)
            await exchange.send(message)
            return
        body = message.get("body", b"")
        for start in range(0, len(body), drop):
            if exchange.is_disconnected:
                return
            await asyncio.sleep(1 / _DROPS_PER_SECOND)
            await exchange.send(piece(body[start : start + drop]))
        if not message.get("more_body"):
            await exchange.send(piece(b"", more=False))

    await exchange.execute(send)


async def drip(fault: Fault, exchange: Exchange, _: State) -> None:
    start, body = await collect(exchange)
    whole = await exchange.captured(start) + await exchange.captured(piece(body))
    await _drip(fault, exchange, whole)
    await exchange.send(piece(b"", more=False))


async def drip_head(fault: Fault, exchange: Exchange, _: State) -> None:
    start, body = await collect(exchange)
    await _drip(fault, exchange, await exchange.captured(start))
    await exchange.send(piece(body, more=False))


async def early_hints(fault: Fault, exchange: Exchange, _: State) -> None:
    start, body = await collect(exchange)
    end = time.monotonic() + (math.inf if fault.time is None else fault.time)
    while time.monotonic() < end and not exchange.is_disconnected:
        exchange.write(_EARLY_HINTS)
        await exchange.silence(_HINT_SECONDS)
    await exchange.send(start)
    await exchange.send(piece(body, more=False))


async def _drip(fault: Fault, exchange: Exchange, data: bytes) -> None:
    """Send a byte per `time`, or pieces at a `rate`, until the client disconnects."""
    drop, pause = 1, _DRIP_SECONDS if fault.time is None else fault.time
    if fault.rate:
        drop = max(math.ceil(fault.rate / _DROPS_PER_SECOND), 1)
        pause = drop / fault.rate
    for start in range(0, len(data), drop):
        if start and not await exchange.silence(pause):
            return
        exchange.write(data[start : start + drop])
