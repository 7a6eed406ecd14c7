"""Faults that change the status: errors, redirects, new jobs that are not found at first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from luma_cli.rules.violation import Violation
from luma_cli.sandbox.api.answers import error
from luma_cli.sandbox.faults.grammar import Fault, Status
from luma_cli.sandbox.faults.kinds import REDIRECTS, STORAGE_CODES
from luma_cli.sandbox.http.exchange import Exchange
from luma_cli.sandbox.http.pieces import collect, discard, piece
from luma_cli.sandbox.state.state import State
from luma_cli.sandbox.storage.errors import storage_error

# The prefix of redirected paths, which are served like those without it.
MOVED = "/moved"
# A web page outside the API, like the portal of a network that requires a log-in.
PORTAL = "/portal"
# Documented texts; for other statuses the `detail` is their standard phrase.
_DETAILS = {
    429: "Rate limit exceeded",
    502: "Upstream service unavailable",
    503: "Media URL ingestion is unavailable",
}
_PAGE = "<!doctype html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"
_SECONDS_UNTIL_FOUND = 5.0


async def status(fault: Fault, exchange: Exchange, state: State) -> None:
    status = fault.kind
    assert isinstance(status, Status)  # noqa: S101 - by `_HANDLERS`
    if status.after:
        await exchange.execute(discard)
    else:
        await exchange.read()
    headers = _headers(status, fault.time, exchange, state)
    response = _status_response(status, exchange, headers)
    await response(exchange.scope, exchange.receive, exchange.send)


async def not_found_at_first(fault: Fault, exchange: Exchange, state: State) -> None:
    start, body = await collect(exchange)
    seconds = _SECONDS_UNTIL_FOUND if fault.time is None else fault.time
    kind, made = _find_resource(exchange, state)
    if start["status"] == 200 and made is not None and state.now() < made + seconds:
        refusal = error(Request(exchange.scope), Violation(404, f"{kind} not found"))
        await refusal(exchange.scope, exchange.receive, exchange.send)
        return
    exchange.entry.fault = None  # the answer is unchanged
    await exchange.send(start)
    await exchange.send(piece(body, more=False))


async def portal(_: Request) -> Response:
    """Return the page that `302` without a form redirects to."""
    return page("Log in")


def page(title: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a web page."""
    return HTMLResponse(_PAGE.format(title), status, headers)


def _headers(
    status: Status, retry_after: float | None, exchange: Exchange, state: State
) -> dict[str, str]:
    headers = {}
    if status.code == 429 and status.form != "bare":
        seconds = math.ceil(retry_after or 1)
        headers["Retry-After"] = str(seconds)
        if exchange.entry.endpoint == "create":
            headers["X-RateLimit-Limit"] = str(state.options.requests_per_minute)
            headers["X-RateLimit-Remaining"] = "0"
            headers["X-RateLimit-Reset"] = str(int(state.now()) + seconds)
    if status.code == 407:
        headers["Proxy-Authenticate"] = 'Basic realm="sandbox"'
    if status.code in REDIRECTS:
        headers["Location"] = _location(status.form, Request(exchange.scope))
    return headers


def _location(form: str, request: Request) -> str:
    if form == "redirect":
        return str(request.url.replace(path=MOVED + request.url.path))
    return str(request.url if form == "loop" else request.url.replace(path=PORTAL, query=""))


def _status_response(status: Status, exchange: Exchange, headers: dict[str, str]) -> Response:
    phrase = HTTPStatus(status.code).phrase if status.code in set(HTTPStatus) else "Trouble"
    if status.form == "html":
        return page(f"{status.code} {phrase}", status.code, headers)
    if status.form == "empty":
        return Response(None, status.code, headers)
    if status.storage_code:
        message = STORAGE_CODES[status.storage_code][1]
        return storage_error(status.code, status.storage_code, message, headers)
    if exchange.scope["path"].startswith("/storage/") and status.form != "json":
        return storage_error(status.code, phrase.replace(" ", ""), phrase, headers)
    detail = _DETAILS.get(status.code, phrase)
    return error(Request(exchange.scope), Violation(status.code, detail), headers)


def _find_resource(exchange: Exchange, state: State) -> tuple[str, float | None]:
    """Return the kind of the requested resource, and its time of creation if it exists."""
    name = exchange.scope["path"].rpartition("/")[2]
    if exchange.entry.endpoint == "get":
        job = state.job_for_download(name)
        return "Generation", job.started if job else None
    record = state.files.for_upload(name) if exchange.entry.endpoint == "file-get" else None
    return "File", record.created if record else None
