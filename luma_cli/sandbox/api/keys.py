"""Who may ask: any key with the right prefix, and test keys for every documented refusal."""

from __future__ import annotations

from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from luma_cli.rules.choices import INSUFFICIENT_BALANCE
from luma_cli.sandbox.api.answers import answer

KEY_PREFIX = "luma-api-"


class Refusal(NamedTuple):
    """What a request with a test key is answered; `submissions_only` lets reads pass."""

    status: int
    detail: str
    submissions_only: bool = False
    code: str | None = None


MALFORMED = Refusal(401, "Missing or invalid API key")
TEST_KEYS = {
    "luma-api-invalid": Refusal(401, "Invalid API key"),
    "luma-api-revoked": Refusal(401, "API key has been revoked"),
    "luma-api-expired": Refusal(401, "API key has expired"),
    "luma-api-nofunds": Refusal(402, INSUFFICIENT_BALANCE, submissions_only=True),
    "luma-api-nofunds-old": Refusal(
        402, "Insufficient credits. Please add credits to continue.", submissions_only=True
    ),
    "luma-api-nofunds-live": Refusal(
        402,
        "Not enough credits to continue.",
        submissions_only=True,
        code="RATE_LIMIT.BUDGET.EXCEEDED",
    ),
    "luma-api-suspended": Refusal(403, "API client is suspended"),
    "luma-api-deactivated": Refusal(403, "API client is deactivated"),
}


def refuse_key(request: Request, *, submission: bool = False) -> Response | None:
    """Return the refusal of a request's key, `None` when the key is good."""
    refusal = _refusal_of(request.headers.get("Authorization"), submission=submission)
    if refusal is None:
        return None
    body: dict[str, Any] = {"detail": refusal.detail}
    if refusal.code:
        body["error"] = {"code": refusal.code}
    return answer(request, refusal.status, body)


def key_of(request: Request) -> str:
    """Return the key of a request that was not refused."""
    return request.headers["Authorization"].removeprefix("Bearer ")


def _refusal_of(authorization: str | None, *, submission: bool) -> Refusal | None:
    scheme, _, key = (authorization or "").partition(" ")
    if scheme != "Bearer" or not key.startswith(KEY_PREFIX):  # the scheme's case matters to the API
        return MALFORMED
    refusal = TEST_KEYS.get(key)
    if refusal is not None and refusal.submissions_only and not submission:
        return None
    return refusal
