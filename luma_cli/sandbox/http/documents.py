"""Faults that alter JSON answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.sandbox.http.exchange import Exchange
from luma_cli.sandbox.http.pieces import collect, send_whole
from luma_cli.sandbox.state.state import State

_HUGE_NUMBER = "9" * 4301  # one digit more than Python reads by default
_DEEP_LISTS = "[" * 1000 + "]" * 1000
_TRAILING = b"\n--\n"
_ID_DIGITS = 15  # the most that a double stores exactly


async def empty_body(_: Fault, exchange: Exchange, __: State) -> None:
    await _edited(exchange, lambda _: b"")


async def invalid_json(_: Fault, exchange: Exchange, __: State) -> None:
    await _edited(exchange, lambda body: body[: len(body) // 2])


async def byte_order_mark(_: Fault, exchange: Exchange, __: State) -> None:
    await _edited(exchange, lambda body: b"\xef\xbb\xbf" + body)


async def trailing_bytes(_: Fault, exchange: Exchange, __: State) -> None:
    await _edited(exchange, lambda body: body + _TRAILING)


async def utf_16(_: Fault, exchange: Exchange, __: State) -> None:
    await _edited(exchange, lambda body: body.decode(errors="replace").encode("utf-16"))


async def huge_number(_: Fault, exchange: Exchange, __: State) -> None:
    await _edited(exchange, lambda body: _with_field(body, _HUGE_NUMBER))


async def deep_json(_: Fault, exchange: Exchange, __: State) -> None:
    await _edited(exchange, lambda body: _with_field(body, _DEEP_LISTS))


async def number_id(_: Fault, exchange: Exchange, state: State) -> None:
    def edit(body: bytes) -> bytes:
        value = _read(body)
        identifier = value.get("id") if isinstance(value, dict) else None
        if not isinstance(identifier, str):
            return body
        number = uuid.UUID(identifier).int % 10**_ID_DIGITS
        state.add_alias(identifier, str(number))
        return json.dumps({**value, "id": number}, separators=(",", ":")).encode()

    await _edited(exchange, edit)


async def _edited(exchange: Exchange, edit: Callable[[bytes], bytes]) -> None:
    """Send the answer with an edited body and its length; an answer without a body stays."""
    start, body = await collect(exchange)
    await send_whole(exchange, start, edit(body) if body else body)


def _with_field(body: bytes, value: str) -> bytes:
    """Add a field to the text of an object; `json` may not be able to write the value."""
    return body[:-1] + b',"extra":' + value.encode() + b"}" if body.endswith(b"}") else body


def _read(body: bytes) -> Any:
    with suppress(ValueError):
        return json.loads(body)
    return None
