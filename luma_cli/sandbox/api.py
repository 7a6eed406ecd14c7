"""The API's endpoints."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from luma_cli.rules.generation import violations
from luma_cli.sandbox.inline import inline_violations
from luma_cli.sandbox.keys import refusal_of
from luma_cli.sandbox.world import World

API_VERSION = "2026-04-01"
LARGEST_BODY_BYTES = 640 * 1024 * 1024  # nine pictures of 50 MB in base64, and some room
_REQUESTS_PER_MINUTE = 30
_WINDOW_SECONDS = 60


class _UnreadableError(Exception):
    """A body that is no request at all."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.detail, self.status = detail, status


async def create_generation(request: Request) -> Response:
    """`POST /v1/generations`"""
    world: World = request.app.state.world
    if refused := _refuse_key(request, submission=True):
        return refused
    try:
        body = await _read_body(request)
    except _UnreadableError as problem:
        return _error(request, problem.status, problem.detail)
    broken = next(violations(body), None)
    if broken is None:
        broken = await run_in_threadpool(lambda: next(inline_violations(body), None))
    if broken is not None:
        return _error(request, broken.status, broken.detail)
    job = await run_in_threadpool(world.accept, body, _key(request))
    # The limit itself is not enforced here.
    limits = {
        "X-RateLimit-Limit": str(_REQUESTS_PER_MINUTE),
        "X-RateLimit-Remaining": str(_REQUESTS_PER_MINUTE - 1),
        "X-RateLimit-Reset": str(int(world.now()) + _WINDOW_SECONDS),
    }
    return _answer(request, 201, world.describe(job, "queued", _origin(request)), limits)


async def get_generation(request: Request) -> Response:
    """`GET /v1/generations/{id}`"""
    world: World = request.app.state.world
    if refused := _refuse_key(request):
        return refused
    job = world.job(request.path_params["generation_id"], _key(request))
    if job is None:
        return _error(request, 404, "Generation not found")
    state = job.state(world.now())
    return _answer(request, 200, world.describe(job, state, _origin(request)))


async def list_files(request: Request) -> Response:
    """`GET /v1/files`: an account without files, which is how a key is checked for free."""
    if refused := _refuse_key(request):
        return refused
    return _answer(request, 200, {"data": [], "has_more": False, "next_cursor": None})


async def not_found(request: Request, _: Exception) -> Response:
    """Any other path."""
    return _error(request, 404, "Not Found")


async def wrong_method(request: Request, problem: Exception) -> Response:
    """A path that is known, with another method."""
    given = (problem.headers if isinstance(problem, HTTPException) else None) or {}
    allowed = ", ".join(sorted(given.get("Allow", "").split(", ")))  # comes from a set
    return _answer(request, 405, {"detail": "Method Not Allowed"}, {"Allow": allowed})


async def _read_body(request: Request) -> dict[str, Any]:
    """Return the JSON object of the body; raises `_UnreadableError`."""
    pieces, size = [], 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > LARGEST_BODY_BYTES:
                raise _UnreadableError("Request body is too large", status=413)
            pieces.append(piece)
    except ClientDisconnect:
        raise _UnreadableError("Request body is incomplete") from None
    try:
        body = json.loads(b"".join(pieces))
    except (ValueError, RecursionError):
        raise _UnreadableError("Request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise _UnreadableError("Request body must be a JSON object")
    return body


def _refuse_key(request: Request, *, submission: bool = False) -> Response | None:
    refusal = refusal_of(request.headers.get("Authorization"), submission=submission)
    return _error(request, refusal.status, refusal.detail) if refusal else None


def _key(request: Request) -> str:
    return request.headers["Authorization"].removeprefix("Bearer ")


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _error(request: Request, status: int, detail: str) -> Response:
    # A text that came as `\ud800` in the request has no UTF-8.
    return _answer(request, status, {"detail": detail.encode(errors="replace").decode()})


def _answer(
    request: Request, status: int, value: dict[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    common = {
        "X-Request-Id": request.headers.get("X-Request-Id") or str(uuid.uuid4()),
        "X-API-Version": API_VERSION,
    }
    return JSONResponse(value, status, headers={**common, **(headers or {})})
