"""Who may ask: any key with the right prefix, and test keys for every documented refusal."""

from __future__ import annotations

from typing import NamedTuple

KEY_PREFIX = "luma-api-"
SANDBOX_KEY = "luma-api-sandbox"


class Refusal(NamedTuple):
    """What a request with a test key is answered; `submissions_only` lets reads pass."""

    status: int
    detail: str
    submissions_only: bool = False


MALFORMED = Refusal(401, "Missing or invalid API key")
TEST_KEYS = {
    "luma-api-invalid": Refusal(401, "Invalid API key"),
    "luma-api-revoked": Refusal(401, "API key has been revoked"),
    "luma-api-expired": Refusal(401, "API key has expired"),
    # The newest of three documented texts for the same thing.
    "luma-api-nofunds": Refusal(
        402, "Insufficient balance. Please add funds to continue.", submissions_only=True
    ),
    "luma-api-suspended": Refusal(403, "API client is suspended"),
    "luma-api-deactivated": Refusal(403, "API client is deactivated"),
}


def refusal_of(authorization: str | None, *, submission: bool) -> Refusal | None:
    """Return why this `Authorization` header is refused, `None` when it is good.

    The scheme's case matters to the API.
    """
    scheme, _, key = (authorization or "").partition(" ")
    if scheme != "Bearer" or not key.startswith(KEY_PREFIX):
        return MALFORMED
    refusal = TEST_KEYS.get(key)
    if refusal is not None and refusal.submissions_only and not submission:
        return None
    return refusal
