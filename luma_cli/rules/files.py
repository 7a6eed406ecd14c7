"""The rules for `POST /files`, in the order of their checks.

Their texts are undocumented and follow the style of the rules for generations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from luma_cli.rules.constants import LARGEST_FILE_BYTES, LONGEST_USER_ID, PURPOSES
from luma_cli.rules.schema import check_shape
from luma_cli.rules.violation import Violation, bad_request, unprocessable

_REQUEST = {
    "mime_type": "string",
    "size_bytes": "integer",
    "filename": "string",
    "purpose": "string",
    "expires_at": "string",
    "user_id": "string",
}


def file_violations(body: Mapping[str, Any], now: datetime) -> Iterator[Violation]:
    """Yield every violation in a request to create a file, in the order of the API.

    `body` is any JSON object, `now` has a time zone. Rules that depend on a violated one are
    skipped.
    """
    broken = list(check_shape(body, _REQUEST))
    yield from broken
    if broken:
        return
    if not body.get("mime_type"):
        yield unprocessable("mime_type is required")
    yield from _size(body.get("size_bytes"))
    yield from detail_violations(body, now)


def detail_violations(body: Mapping[str, Any], now: datetime) -> Iterator[Violation]:
    """Yield the violations in the fields that forms and JSON share."""
    purpose = body.get("purpose")
    if purpose is not None and purpose not in PURPOSES:
        yield unprocessable(f"purpose: '{purpose}' is not one of {', '.join(PURPOSES)}")
    if len(body.get("user_id") or "") > LONGEST_USER_ID:
        yield unprocessable(f"user_id: must be at most {LONGEST_USER_ID} characters")
    if body.get("expires_at") is not None:
        moment = parse_moment(body["expires_at"])
        if moment is None:
            yield unprocessable("expires_at: must be an ISO 8601 date-time with a time zone")
        elif moment <= now:
            yield unprocessable("expires_at: must be in the future")


def parse_moment(text: str) -> datetime | None:
    """Parse an ISO 8601 date-time with a time zone; `None` if it is invalid."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _size(size: int | None) -> Iterator[Violation]:
    if size is None:
        yield unprocessable("size_bytes is required")
    elif size < 1:
        yield bad_request("size_bytes must be at least 1")
    elif size > LARGEST_FILE_BYTES:
        yield Violation(413, "File exceeds 5 GiB size limit")
