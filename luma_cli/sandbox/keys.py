"""Which keys are good: any with the right prefix, but for those that ask for a refusal."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from luma_cli.rules.interpretation import INSUFFICIENT_BALANCE

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


def refusal_of(authorization: str | None, *, submission: bool) -> Refusal | None:
    """Return why this `Authorization` header is refused, `None` when it is good."""
    scheme, _, key = (authorization or "").partition(" ")
    if scheme != "Bearer" or not key.startswith(KEY_PREFIX):  # the scheme's case matters to the API
        return MALFORMED
    refusal = TEST_KEYS.get(key)
    if refusal is not None and refusal.submissions_only and not submission:
        return None
    return refusal


def owner_of_key(key: str) -> str:
    """Return what stands for a key in records: somebody may use a real one here."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
