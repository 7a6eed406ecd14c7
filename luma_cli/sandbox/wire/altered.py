"""Answers that are not what the API would have said."""

from __future__ import annotations

import math
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from luma_cli.rules.violation import Violation
from luma_cli.sandbox.api.answers import error
from luma_cli.sandbox.faults.grammar import Fault, Status
from luma_cli.sandbox.storage.errors import storage_error
from luma_cli.sandbox.wire.exchange import Exchange
from luma_cli.sandbox.wire.pieces import collect, nowhere, piece, send_whole, with_length
from luma_cli.sandbox.world.world import World

# The texts that are documented; others get the status's own name.
_DETAILS = {
    429: "Rate limit exceeded",
    502: "Upstream service unavailable",
    503: "Media URL ingestion is unavailable",
}
_PAGE = "<!doctype html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"


async def status(fault: Fault, exchange: Exchange, world: World) -> None:
    status = fault.kind
    assert isinstance(status, Status)  # noqa: S101 - what `_KINDS` says
    if status.after:
        await exchange.carry_out(nowhere)
    else:
        await exchange.read()
    response = _status_response(status, fault.time, exchange, world)
    await response(exchange.scope, exchange.receive, exchange.send)


def _status_response(
    status: Status, retry_after: float | None, exchange: Exchange, world: World
) -> Response:
    request = Request(exchange.scope)
    phrase = HTTPStatus(status.code).phrase if status.code in set(HTTPStatus) else "Trouble"
    headers = {}
    if status.code == 429 and status.form != "bare":
        seconds = math.ceil(retry_after or 1)
        headers["Retry-After"] = str(seconds)
        if exchange.entry.endpoint == "create":
            headers["X-RateLimit-Limit"] = str(world.options.requests_per_minute)
            headers["X-RateLimit-Remaining"] = "0"
            headers["X-RateLimit-Reset"] = str(int(world.now()) + seconds)
    if status.form == "html":
        return HTMLResponse(_PAGE.format(f"{status.code} {phrase}"), status.code, headers)
    if status.form == "empty":
        return Response(None, status.code, headers)
    if exchange.scope["path"].startswith("/storage/"):
        return storage_error(status.code, phrase.replace(" ", ""), phrase, headers)
    detail = _DETAILS.get(status.code, phrase)
    return error(request, Violation(status.code, detail), headers)


async def wrong_length(_: Fault, exchange: Exchange, __: World) -> None:
    start, body = await collect(exchange)
    await exchange.send(with_length(start, len(body) + 1))
    await exchange.send(piece(body))
    await exchange.close()


async def empty_body(_: Fault, exchange: Exchange, __: World) -> None:
    start, _body = await collect(exchange)
    await send_whole(exchange, start, b"")


async def invalid_json(_: Fault, exchange: Exchange, __: World) -> None:
    start, body = await collect(exchange)
    await send_whole(exchange, start, body[: len(body) // 2])
