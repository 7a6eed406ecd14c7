"""Presigned links to outputs: made fresh each time, good for a while, worthless when altered."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

_DATE = "%Y%m%dT%H%M%SZ"


class Links:
    """Signs paths with a secret of this process; links live for `life_seconds`."""

    def __init__(self, life_seconds: int) -> None:
        self._life_seconds = life_seconds
        self._secret = secrets.token_bytes(32)

    def sign(self, path: str, now: float) -> str:
        """Return the path with a query that opens it until it expires."""
        query = {
            "X-Amz-Credential": secrets.token_hex(8),  # makes two links of one second differ
            "X-Amz-Date": datetime.fromtimestamp(now, UTC).strftime(_DATE),
            "X-Amz-Expires": str(self._life_seconds),
        }
        signature = self._signature(path, query)
        return f"{path}?{urlencode(query)}&X-Amz-Signature={signature}"

    def problem(self, path: str, query: Mapping[str, str], now: float) -> str | None:
        """Return why a link is refused, `expired` or `forged`, or `None` when it is good."""
        given = query.get("X-Amz-Signature", "")
        if not hmac.compare_digest(self._signature(path, query).encode(), given.encode()):
            return "forged"
        made = datetime.strptime(query["X-Amz-Date"], _DATE).replace(tzinfo=UTC)
        return "expired" if now > made.timestamp() + int(query["X-Amz-Expires"]) else None

    def _signature(self, path: str, query: Mapping[str, str]) -> str:
        signed = ("X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires")
        text = "\n".join([path, *(query.get(name, "") for name in signed)])
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()
