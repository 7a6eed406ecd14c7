"""JSON answers, errors and the headers of every answer of the API."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from luma_cli.rules.violation import Violation

API_VERSION = "2026-04-01"


def answer(
    request: Request, status: int, value: Any, headers: Mapping[str, str] | None = None
) -> Response:
    """Return `value` as JSON with the headers that every answer has."""
    return JSONResponse(value, status, headers={**common_headers(request), **(headers or {})})


def error(
    request: Request, violation: Violation, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an error answer with the `detail` of a violation."""
    # The request may contain `\ud800`, which UTF-8 cannot encode.
    detail = violation.detail.encode(errors="replace").decode()
    return answer(request, violation.status, {"detail": detail}, headers)


def common_headers(request: Request) -> dict[str, str]:
    """Return the headers that every answer of the API has."""
    return {
        "X-Request-Id": request.headers.get("X-Request-Id") or str(uuid.uuid4()),
        "X-API-Version": API_VERSION,
        # Proves to the client that started this sandbox that the job is free of charge.
        "X-Luma-Sandbox": request.scope["luma_cli.nonce"],
    }


def origin_of(request: Request) -> str:
    """Return `http://host:port` as spelled in the request, for links."""
    return f"{request.url.scheme}://{request.url.netloc}"


async def not_found(request: Request, _: Exception) -> Response:
    """Answer 404 for an unknown path."""
    return error(request, Violation(404, "Not Found"))


async def wrong_method(request: Request, problem: Exception) -> Response:
    """Answer 405 for a known path with an unsupported method."""
    given = (problem.headers if isinstance(problem, HTTPException) else None) or {}
    allowed = ", ".join(sorted(given.get("Allow", "").split(", ")))  # the router uses a set
    return error(request, Violation(405, "Method Not Allowed"), {"Allow": allowed})
