"""Answers whose length is told otherwise: as the standard allows, and as it does not.

A framing that no web server would send is written by hand: the server's own bytes are held back,
and what goes out in their place keeps the server in step, so that a connection stays open unless
the framing ends with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NamedTuple

from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.sandbox.http.broken import HALF
from luma_cli.sandbox.http.exchange import Exchange, Message
from luma_cli.sandbox.http.pieces import collect, length, piece, with_header, with_length
from luma_cli.sandbox.state.state import State
from luma_cli.sandbox.units import Amount

_LENGTH = re.compile(rb"content-length: \d+\r\n", re.IGNORECASE)
_CHUNKED = b"transfer-encoding: chunked\r\n"
_LAST_CHUNK = b"0\r\n\r\n"
_OTHER = b"#"  # bytes that are not the file's
_EXTRA = Amount(16)
_ALL = Amount(size=2**62)


class _Framing(NamedTuple):
    """How an answer goes out: its length in bytes is `length`.

    `head` makes the head from the server's own, `body` a piece from the file's bytes and their
    position. Then comes the `end`, and the connection is closed if that `closes` it.
    """

    length: int
    head: Callable[[bytes], bytes]
    body: Callable[[bytes, int], bytes]
    end: bytes = b""
    closes: bool = False
    sent: float = math.inf


async def wrong_length(_: Fault, exchange: Exchange, __: State) -> None:
    start, body = await collect(exchange)
    await exchange.send(with_length(start, len(body) + 1))
    await exchange.send(piece(body))
    await exchange.close()


async def chunked(_: Fault, exchange: Exchange, __: State) -> None:
    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and length(message):
            message = with_header(message, b"content-length", None)
        await exchange.send(message)

    await exchange.execute(send)


async def both_lengths(_: Fault, exchange: Exchange, __: State) -> None:
    def frame(size: int) -> _Framing:
        return _Framing(size, lambda head: _with(head, _CHUNKED), _chunk, _LAST_CHUNK)

    await _by_hand(exchange, frame)


async def no_length(fault: Fault, exchange: Exchange, _: State) -> None:
    def frame(size: int) -> _Framing:
        sent = (fault.amount or _ALL).of(size)
        return _Framing(size, _without_length, _plain, closes=True, sent=sent)

    await _by_hand(exchange, frame)


async def no_last_chunk(fault: Fault, exchange: Exchange, _: State) -> None:
    def head(head: bytes) -> bytes:
        return _LENGTH.sub(_CHUNKED, head)

    def frame(size: int) -> _Framing:
        sent = (fault.amount or _ALL).of(size)
        return _Framing(size, head, _chunk, closes=True, sent=sent)

    await _by_hand(exchange, frame)


async def extra_bytes(fault: Fault, exchange: Exchange, _: State) -> None:
    amount = fault.amount or _EXTRA

    def frame(size: int) -> _Framing:
        return _Framing(size, lambda head: head, _plain, _OTHER * (amount.size or amount.of(size)))

    await _by_hand(exchange, frame)


async def short_length(fault: Fault, exchange: Exchange, _: State) -> None:
    def frame(size: int) -> _Framing:
        told = (fault.amount or HALF).of(size)

        def head(head: bytes) -> bytes:
            return _LENGTH.sub(f"content-length: {told}\r\n".encode(), head)

        def body(data: bytes, position: int) -> bytes:
            good = data[: max(told - position, 0)]
            return good + _OTHER * (len(data) - len(good))

        return _Framing(size, head, body)

    await _by_hand(exchange, frame)


async def _by_hand(exchange: Exchange, frame: Callable[[int], _Framing]) -> None:
    """Send the answer as `frame` of its length says; one that has no body as it is."""
    framing: _Framing | None = None
    position, is_closed = 0, False

    async def send(message: Message) -> None:
        nonlocal framing, position, is_closed
        if is_closed:
            return
        if message["type"] == "http.response.start" and exchange.has_body and length(message):
            framing = frame(length(message))
            exchange.write(framing.head(await exchange.held(message)))
        elif framing is None:
            await exchange.send(message)
        else:
            data = bytes(message.get("body", b""))
            await exchange.held(piece(data))
            wanted = data[: int(min(framing.sent - position, len(data)))]
            exchange.write(framing.body(wanted, position))
            position += len(data)
            if position >= min(framing.length, framing.sent):
                is_closed = True
                exchange.write(framing.end)
                await (
                    exchange.close() if framing.closes else exchange.send(piece(b"", more=False))
                )

    await exchange.execute(send)


def _with(head: bytes, line: bytes) -> bytes:
    return head.removesuffix(b"\r\n") + line + b"\r\n"


def _without_length(head: bytes) -> bytes:
    return _with(_LENGTH.sub(b"", head), b"connection: close\r\n")


def _plain(data: bytes, _: int) -> bytes:
    return data


def _chunk(data: bytes, _: int) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n" if data else b""
