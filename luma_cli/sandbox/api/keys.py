"""Authentication of requests."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from luma_cli.sandbox.api.answers import answer
from luma_cli.sandbox.keys import owner_of_key, refusal_of


def refuse_key(request: Request, *, submission: bool = False) -> Response | None:
    """Return the error for the request's key, `None` if the key is valid."""
    refusal = refusal_of(request.headers.get("Authorization"), submission=submission)
    if refusal is None:
        return None
    body: dict[str, Any] = {"detail": refusal.detail}
    if refusal.code:
        body["error"] = {"code": refusal.code}
    return answer(request, refusal.status, body)


def owner_of(request: Request) -> str:
    """Return the owner of a request with a valid key; each key is a separate owner."""
    return owner_of_key(request.headers["Authorization"].removeprefix("Bearer "))
