"""API keys: any key with the right prefix is valid, except the test keys."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from luma_cli.rules.interpretation import INSUFFICIENT_BALANCE

KEY_PREFIX = "luma-api-"


class Refusal(NamedTuple):
    """The error for a test key; `submissions_only` accepts the key for reads."""

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


def refusal_of(authorization: str | None, *, submission: bool) -> Refusal | None:
    """Return the error for an `Authorization` header, `None` if it is valid."""
    scheme, _, key = (authorization or "").partition(" ")
    if scheme != "Bearer" or not key.startswith(KEY_PREFIX):  # the scheme is case-sensitive
        return MALFORMED
    refusal = TEST_KEYS.get(key)
    if refusal is not None and refusal.submissions_only and not submission:
        return None
    return refusal


def owner_of_key(key: str) -> str:
    """Return a digest of the key to store in its place: the key may be a real one."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
