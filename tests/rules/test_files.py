"""The rules for files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from luma_cli.rules.files import file_violations, parse_moment

NOW = datetime(2026, 8, 29, 12, tzinfo=UTC)
GOOD = {"mime_type": "image/png", "size_bytes": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"size_bytes": 5 * 1024**3},
        {"purpose": "reference", "filename": "", "user_id": "x" * 256},
        {"purpose": None, "filename": None, "user_id": None, "expires_at": None},
        {"expires_at": "2026-08-29T12:00:01Z"},
        {"expires_at": "2026-08-29T14:00:00.5+01:00"},
        {"some_future_field": [1]},
    ],
)
def test_file_body_is_accepted(fields: dict[str, Any]) -> None:
    assert list(file_violations({**GOOD, **fields}, NOW)) == []


@pytest.mark.parametrize(
    ("fields", "status", "detail"),
    [
        ({"mime_type": None}, 422, "mime_type is required"),
        ({"mime_type": ""}, 422, "mime_type is required"),
        ({"size_bytes": None}, 422, "size_bytes is required"),
        ({"size_bytes": 0}, 400, "size_bytes must be at least 1"),
        ({"size_bytes": 5 * 1024**3 + 1}, 413, "File exceeds 5 GiB size limit"),
        ({"size_bytes": 1.5}, 422, "size_bytes: must be an integer"),
        ({"size_bytes": True}, 422, "size_bytes: must be an integer"),
        ({"filename": 1}, 422, "filename: must be a string"),
        ({"purpose": "fun"}, 422, "purpose: 'fun' is not one of input, reference"),
        ({"user_id": "x" * 257}, 422, "user_id: must be at most 256 characters"),
        ({"expires_at": "2026-08-29T12:00:00Z"}, 422, "expires_at: must be in the future"),
        *(
            (
                *({"expires_at": text}, 422),
                "expires_at: must be an ISO 8601 date-time with a time zone",
            )
            for text in ("", "tomorrow", "2026-08-29T14:00:00", "2026-13-01T00:00:00Z")
        ),
    ],
)
def test_file_body_violations(fields: dict[str, Any], status: int, detail: str) -> None:
    assert list(file_violations({**GOOD, **fields}, NOW)) == [(status, detail)]


def test_every_file_violation_is_reported() -> None:
    details = [violation.detail for violation in file_violations({"purpose": "fun"}, NOW)]
    assert details == [
        "mime_type is required",
        "size_bytes is required",
        "purpose: 'fun' is not one of input, reference",
    ]


def test_latest_possible_expires_at() -> None:
    moment = parse_moment("9999-12-31T23:59:59-23:59")
    assert moment is not None
    assert moment > NOW
