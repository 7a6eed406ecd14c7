"""Faults of downloads: changed files, expired links, wrong ranges, other documents."""

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
    piece,
    send_part,
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


async def expire(fault: Fault, exchange: Exchange, state: State) -> None:
    query = QueryParams(exchange.scope["query_string"])

    async def revoke() -> None:
        state.links.revoke(query)
        await exchange.reset()

    amount = fault.amount or HALF
    if amount == Amount():
        state.links.revoke(query)
        await exchange.execute()
    else:
        await send_part(exchange, amount, revoke)


async def change(fault: Fault, exchange: Exchange, state: State) -> None:
    *_, job_id, name = exchange.scope["path"].split("/")

    async def replace() -> None:
        state.gallery.change(job_id, name)
        await exchange.reset()

    await send_part(exchange, fault.amount or HALF, replace)


async def ignore_range(_: Fault, exchange: Exchange, __: State) -> None:
    _set_range(exchange, None)
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
    requested = dict(exchange.scope["headers"]).get(b"range", b"")
    if (match := _RANGE.fullmatch(requested)) and match[1]:
        first = int(match[1])
        first = first - 1 if first else 1
        _set_range(exchange, f"bytes={first}-{match[2].decode()}".encode())
    elif match and match[2]:
        _set_range(exchange, f"bytes=-{int(match[2]) + 1}".encode())
    await exchange.execute()


async def web_page(_: Fault, exchange: Exchange, __: State) -> None:
    await exchange.read()
    await page("Log in")(exchange.scope, exchange.receive, exchange.send)


def replacing_file(body: bytes) -> Callable[[Fault, Exchange, State], Awaitable[None]]:
    """Return a fault that sends `body`, complete, with the content type and ETag of the file."""

    async def send_other(_: Fault, exchange: Exchange, __: State) -> None:
        _set_range(exchange, None)
        start, real = await collect(exchange)
        await send_whole(exchange, start, body if start["status"] == 200 else real)

    return send_other


HTML = bytes(page("Log in").body)
XML = bytes(storage_error(500, "InternalError", "The storage failed").body)
JSON = json.dumps({"message": "The storage failed"}).encode()


async def encoding(fault: Fault, exchange: Exchange, _: State) -> None:
    exchange.scope["luma_cli.encoding"] = fault.name.removeprefix("encoding-")
    await exchange.execute()


def _set_range(exchange: Exchange, value: bytes | None) -> None:
    """Replace the `Range` of the request, or remove it."""
    others = [pair for pair in exchange.scope["headers"] if pair[0] != b"range"]
    exchange.scope["headers"] = others if value is None else [*others, (b"range", value)]


def _shortened(start: Message, amount: Amount) -> tuple[Message, int | None]:
    """Return the start of a 206 for the first `amount` of its range, and its number of bytes.

    At least one byte, so that a client that requests the rest makes progress.
    """
    match = _CONTENT_RANGE.fullmatch(dict(start["headers"]).get(b"content-range", b""))
    if start["status"] != 206 or match is None:
        return start, None
    first, last, size = (int(number) for number in match.groups())
    count = max(amount.of(last - first + 1), 1)
    content_range = f"bytes {first}-{first + count - 1}/{size}".encode()
    return with_length(with_header(start, b"content-range", content_range), count), count
