"""Parts of answers: collecting them, sending some of them, changing their headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from luma_cli.sandbox.http.exchange import Exchange, Message
from luma_cli.sandbox.units import Amount


async def send_part(
    exchange: Exchange,
    amount: Amount,
    then: Callable[[], Awaitable[None]],
    resumes: Callable[[], bool] = lambda: False,
) -> None:
    """Send `amount` of the answer's body and call `then`; drop the rest unless `resumes()`."""
    left, done = 0, False

    async def send(message: Message) -> None:
        nonlocal left, done
        if done:
            if resumes():
                await exchange.send(message)
            return
        if message["type"] == "http.response.start":
            left = amount.of(length(message))
            await exchange.send(message)
            return
        body = message.get("body", b"")
        part, rest = body[:left], body[left:]
        left -= len(part)
        await exchange.send(piece(part))
        if left == 0:
            done = True
            await then()
            if resumes():
                await exchange.send({**message, "body": rest})

    await exchange.execute(send)


async def collect(exchange: Exchange) -> tuple[Message, bytes]:
    """Return the start of the answer and its whole body, both unsent."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    await exchange.execute(send)
    start, *rest = messages
    return start, b"".join(message.get("body", b"") for message in rest)


async def send_whole(exchange: Exchange, start: Message, body: bytes) -> None:
    """Send an answer with this body and its length."""
    await exchange.send(with_length(start, len(body)))
    await exchange.send(piece(body, more=False))


async def discard(_: Message) -> None:
    """Drop the message."""


def piece(body: bytes, *, more: bool = True) -> Message:
    """Return a message with a piece of the body."""
    return {"type": "http.response.body", "body": body, "more_body": more}


def length(start: Message) -> int:
    """Return the `Content-Length` of an answer."""
    return int(dict(start["headers"]).get(b"content-length", 0))


def with_length(start: Message, length: int) -> Message:
    """Return the start of the answer with this `Content-Length`."""
    return with_header(start, b"content-length", str(length).encode())


def with_header(start: Message, name: bytes, value: bytes | None) -> Message:
    """Return the start of the answer with this header, or without it."""
    others = [pair for pair in start["headers"] if pair[0] != name]
    return {**start, "headers": others if value is None else [*others, (name, value)]}
