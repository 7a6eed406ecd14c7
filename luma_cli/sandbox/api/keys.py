"""Whose request it is."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from luma_cli.sandbox.api.answers import answer
from luma_cli.sandbox.keys import owner_of_key, refusal_of


def refuse_key(request: Request, *, submission: bool = False) -> Response | None:
    """Return the refusal of a request's key, `None` when the key is good."""
    refusal = refusal_of(request.headers.get("Authorization"), submission=submission)
    if refusal is None:
        return None
    body: dict[str, Any] = {"detail": refusal.detail}
    if refusal.code:
        body["error"] = {"code": refusal.code}
    return answer(request, refusal.status, body)


def owner_of(request: Request) -> str:
    """Return who asks, for a request that was not refused: each key is somebody else."""
    return owner_of_key(request.headers["Authorization"].removeprefix("Bearer "))
