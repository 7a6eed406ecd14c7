"""Faults of framing: how an answer announces its length, legal and illegal.

No web server sends illegal framings. These functions capture the server's bytes and write others in
their place. The server believes that it has answered, so that the connection stays open unless the
framing closes it.
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
_OTHER = b"#"  # no byte of an output
_EXTRA = Amount(16)
_ALL = Amount(size=2**62)


class _Framing(NamedTuple):
    """How to send an answer whose body has `length` bytes.

    `head` rewrites the head of the server, `body` encodes bytes at a position. After `sent` bytes
    follows `end`, and the connection is closed if the framing `closes` it.
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

    await _send_framed(exchange, frame)


async def no_length(fault: Fault, exchange: Exchange, _: State) -> None:
    def frame(size: int) -> _Framing:
        sent = (fault.amount or _ALL).of(size)
        return _Framing(size, _without_length, _plain, closes=True, sent=sent)

    await _send_framed(exchange, frame)


async def no_last_chunk(fault: Fault, exchange: Exchange, _: State) -> None:
    def head(head: bytes) -> bytes:
        return _LENGTH.sub(_CHUNKED, head)

    def frame(size: int) -> _Framing:
        sent = (fault.amount or _ALL).of(size)
        return _Framing(size, head, _chunk, closes=True, sent=sent)

    await _send_framed(exchange, frame)


async def extra_bytes(fault: Fault, exchange: Exchange, _: State) -> None:
    amount = fault.amount or _EXTRA

    def frame(size: int) -> _Framing:
        return _Framing(size, lambda head: head, _plain, _OTHER * (amount.size or amount.of(size)))

    await _send_framed(exchange, frame)


async def short_length(fault: Fault, exchange: Exchange, _: State) -> None:
    def frame(size: int) -> _Framing:
        announced = (fault.amount or HALF).of(size)

        def head(head: bytes) -> bytes:
            return _LENGTH.sub(f"content-length: {announced}\r\n".encode(), head)

        def body(data: bytes, position: int) -> bytes:
            good = data[: max(announced - position, 0)]
            return good + _OTHER * (len(data) - len(good))

        return _Framing(size, head, body)

    await _send_framed(exchange, frame)


async def _send_framed(exchange: Exchange, frame: Callable[[int], _Framing]) -> None:
    """Send the answer in the framing that `frame` returns for its length.

    An answer without a body stays unchanged.
    """
    framing: _Framing | None = None
    position, is_closed = 0, False

    async def send(message: Message) -> None:
        nonlocal framing, position, is_closed
        if is_closed:
            return
        if message["type"] == "http.response.start" and exchange.has_body and length(message):
            framing = frame(length(message))
            exchange.write(framing.head(await exchange.captured(message)))
        elif framing is None:
            await exchange.send(message)
        else:
            data = bytes(message.get("body", b""))
            await exchange.captured(piece(data))
            piece_to_send = data[: int(min(framing.sent - position, len(data)))]
            exchange.write(framing.body(piece_to_send, position))
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
