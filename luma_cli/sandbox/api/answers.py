"""What every answer of the API has in common."""

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
    """Return a refusal in the API's form."""
    # A text that came as `\ud800` in the request has no UTF-8.
    detail = violation.detail.encode(errors="replace").decode()
    return answer(request, violation.status, {"detail": detail}, headers)


def common_headers(request: Request) -> dict[str, str]:
    """Return the headers that every answer of the API has."""
    return {
        "X-Request-Id": request.headers.get("X-Request-Id") or str(uuid.uuid4()),
        "X-API-Version": API_VERSION,
        # Who began this sandbox knows the value, and so knows that nothing is paid here.
        "X-Luma-Sandbox": request.scope["luma_cli.nonce"],
    }


def origin_of(request: Request) -> str:
    """Return `http://host:port` as the caller spells it, for links."""
    return f"{request.url.scheme}://{request.url.netloc}"


async def not_found(request: Request, _: Exception) -> Response:
    """Answer for any other path."""
    return error(request, Violation(404, "Not Found"))


async def wrong_method(request: Request, problem: Exception) -> Response:
    """Answer for a path that is known, with another method."""
    given = (problem.headers if isinstance(problem, HTTPException) else None) or {}
    allowed = ", ".join(sorted(given.get("Allow", "").split(", ")))  # comes from a set
    return error(request, Violation(405, "Method Not Allowed"), {"Allow": allowed})
