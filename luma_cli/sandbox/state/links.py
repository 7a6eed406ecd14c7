"""Presigned links: unique, limited in time, and invalid if altered."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

_DATE = "%Y%m%dT%H%M%SZ"
_SIGNED = ("X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires")


class Links:
    """Signs a method and a path with a secret; links are valid for `life_seconds`."""

    def __init__(self, life_seconds: int, secret: bytes) -> None:
        self.life_seconds = life_seconds
        self._secret = secret
        self._revoked: set[str] = set()

    def sign(self, method: str, path: str, now: float) -> str:
        """Return the path with a signed query."""
        query = {
            "X-Amz-Credential": secrets.token_hex(8),  # makes links of the same second differ
            "X-Amz-Date": datetime.fromtimestamp(now, UTC).strftime(_DATE),
            "X-Amz-Expires": str(self.life_seconds),
        }
        signature = self._signature(method, path, query)
        return f"{path}?{urlencode(query)}&X-Amz-Signature={signature}"

    def problem(self, method: str, path: str, query: Mapping[str, str], now: float) -> str | None:
        """Return the problem of a link, `expired` or `forged`, or `None` if it is valid."""
        given = query.get("X-Amz-Signature", "")
        if not hmac.compare_digest(self._signature(method, path, query).encode(), given.encode()):
            return "forged"
        made = datetime.strptime(query["X-Amz-Date"], _DATE).replace(tzinfo=UTC)
        expired = now > made.timestamp() + int(query["X-Amz-Expires"])
        return "expired" if expired or given in self._revoked else None

    def revoke(self, query: Mapping[str, str]) -> None:
        """Expire a link before its time."""
        self._revoked.add(query.get("X-Amz-Signature", ""))

    def _signature(self, method: str, path: str, query: Mapping[str, str]) -> str:
        text = "\n".join([method, path, *(query.get(name, "") for name in _SIGNED)])
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()
