"""Reading request bodies: complete, and up to a limit."""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from luma_cli.rules.violation import Violation

_LARGEST_PARSED_AT_ONCE = 256 * 1024


class UnreadableError(Exception):
    """The body of a request is not readable as a request."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.violation = Violation(status, detail)


async def read_json(request: Request, limit: int) -> dict[str, Any]:
    """Return the JSON object of the body; raises `UnreadableError`."""
    data = await read_bytes(request, limit)
    try:
        if len(data) > _LARGEST_PARSED_AT_ONCE:  # parsing blocks other requests
            body = await run_in_threadpool(_parse, data)
        else:
            body = _parse(data)
    except (ValueError, RecursionError):
        raise UnreadableError("Request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise UnreadableError("Request body must be a JSON object")
    return body


def _parse(data: bytearray) -> Any:
    return json.loads(data, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    """Reject `NaN` and `Infinity`, which Python accepts and JSON does not."""
    raise ValueError(name)


async def read_bytes(request: Request, limit: int) -> bytearray:
    """Return the body of at most `limit` bytes; raises `UnreadableError`.

    A body with a larger `Content-Length` is rejected unread.
    """
    _refuse_length(request, limit)
    data = bytearray()
    try:
        async for piece in request.stream():
            if len(data) + len(piece) > limit:
                raise _too_large()
            data += piece
    except ClientDisconnect:
        raise UnreadableError("Request body is incomplete") from None
    return data


def limited(request: Request, limit: int) -> Request:
    """Return the request with a body that raises `UnreadableError` beyond `limit` bytes.

    Raises it immediately if `Content-Length` exceeds the limit.
    """
    _refuse_length(request, limit)
    size = 0

    async def receive() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large()
        return message

    return Request(request.scope, receive)


def _refuse_length(request: Request, limit: int) -> None:
    if int(request.headers.get("Content-Length", 0)) > limit:
        raise _too_large()


def _too_large() -> UnreadableError:
    return UnreadableError("Request body is too large", status=413)
