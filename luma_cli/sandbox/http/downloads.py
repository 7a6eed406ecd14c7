"""Files that change, links that die, other ranges, and what is not the file at all."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable

from starlette.datastructures import QueryParams

from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.sandbox.http.broken import HALF
from luma_cli.sandbox.http.exchange import Exchange, Message
from luma_cli.sandbox.http.pieces import (
    collect,
    partly,
    piece,
    send_whole,
    with_header,
    with_length,
)
from luma_cli.sandbox.http.statuses import page
from luma_cli.sandbox.state.state import State
from luma_cli.sandbox.storage.errors import storage_error
from luma_cli.sandbox.units import Amount

_CONTENT_RANGE = re.compile(rb"bytes (\d+)-(\d+)/(\d+)")
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")


async def expire(fault: Fault, exchange: Exchange, world: State) -> None:
    query = QueryParams(exchange.scope["query_string"])

    async def die() -> None:
        world.links.revoke(query)
        await exchange.reset()

    amount = fault.amount or HALF
    if amount == Amount():
        world.links.revoke(query)
        await exchange.execute()
    else:
        await partly(exchange, amount, die)


async def change(fault: Fault, exchange: Exchange, world: State) -> None:
    *_, job_id, name = exchange.scope["path"].split("/")

    async def change() -> None:
        world.gallery.change(job_id, name)
        await exchange.reset()

    await partly(exchange, fault.amount or HALF, change)


async def ignore_range(_: Fault, exchange: Exchange, __: State) -> None:
    _ask_for_range(exchange, None)
    await exchange.execute()


async def short_range(fault: Fault, exchange: Exchange, _: State) -> None:
    left: int | None = None

    async def send(message: Message) -> None:
        nonlocal left
        if message["type"] == "http.response.start":
            message, left = _shortened(message, fault.amount or HALF)
        elif left is not None:
            body = message.get("body", b"")[:left]
            is_last = left - len(body) == 0 or not message.get("more_body")
            if left == 0:
                return
            left -= len(body)
            message = piece(body, more=not is_last)
        await exchange.send(message)

    await exchange.execute(send)


async def wrong_range(_: Fault, exchange: Exchange, __: State) -> None:
    asked = dict(exchange.scope["headers"]).get(b"range", b"")
    if (match := _RANGE.fullmatch(asked)) and match[1]:
        first = int(match[1])
        first = first - 1 if first else 1
        _ask_for_range(exchange, f"bytes={first}-{match[2].decode()}".encode())
    elif match and match[2]:
        _ask_for_range(exchange, f"bytes=-{int(match[2]) + 1}".encode())
    await exchange.execute()


async def web_page(_: Fault, exchange: Exchange, __: State) -> None:
    await exchange.read()
    await page("Log in")(exchange.scope, exchange.receive, exchange.send)


def in_place_of_the_file(body: bytes) -> Callable[[Fault, Exchange, State], Awaitable[None]]:
    """Return what sends this body under the file's own content type and ETag, always whole."""

    async def send_other(_: Fault, exchange: Exchange, __: State) -> None:
        _ask_for_range(exchange, None)
        start, real = await collect(exchange)
        await send_whole(exchange, start, body if start["status"] == 200 else real)

    return send_other


HTML = bytes(page("Log in").body)
XML = bytes(storage_error(500, "InternalError", "The storage failed").body)
JSON = json.dumps({"message": "The storage failed"}).encode()


async def encoding(fault: Fault, exchange: Exchange, _: State) -> None:
    exchange.scope["luma_cli.encoding"] = fault.name.removeprefix("encoding-")
    await exchange.execute()


def _ask_for_range(exchange: Exchange, wanted: bytes | None) -> None:
    """Let the application believe that this range was asked for, or none."""
    others = [pair for pair in exchange.scope["headers"] if pair[0] != b"range"]
    exchange.scope["headers"] = others if wanted is None else [*others, (b"range", wanted)]


def _shortened(start: Message, amount: Amount) -> tuple[Message, int | None]:
    """Return the start of a 206 for the first `amount` of its range, and how many bytes that is.

    At least one, so that whoever asks for the rest gets on.
    """
    match = _CONTENT_RANGE.fullmatch(dict(start["headers"]).get(b"content-range", b""))
    if start["status"] != 206 or match is None:
        return start, None
    first, last, size = (int(number) for number in match.groups())
    count = max(amount.of(last - first + 1), 1)
    told = f"bytes {first}-{first + count - 1}/{size}".encode()
    return with_length(with_header(start, b"content-range", told), count), count
