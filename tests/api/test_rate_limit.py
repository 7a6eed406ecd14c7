"""The headers about the rate of requests."""

from __future__ import annotations

import pytest

from luma_cli.api.rate_limit import rate_limit, seconds_asked
from luma_cli.errors import RateLimit

NOW = 1_795_530_600.0  # Tue, 24 Nov 2026 14:30:00 GMT


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("1.5", 1.5),
        ("-3", 0.0),
        ("Tue, 24 Nov 2026 14:30:09 GMT", 9.0),
        ("Tue, 24 Nov 2026 14:29:00 GMT", 0.0),
        ("Tue, 99 Nov 2026 14:29:00 GMT", None),
        ("soon", None),
        ("nan", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header, NOW) == seconds


@pytest.mark.parametrize(
    ("limit", "remaining", "expected"),
    [
        ("30", "7", RateLimit(30, 7)),
        ("30", None, RateLimit(30)),
        ("30", "many", RateLimit(30)),
        ("0", "0", None),
        ("-1", "0", None),
        ("\u0663", "0", None),
        ("9" * 5000, "0", None),
        (None, "7", None),
    ],
)
def test_the_limit_of_submissions(
    limit: str | None, remaining: str | None, expected: RateLimit | None
) -> None:
    headers = {"X-RateLimit-Limit": limit, "X-RateLimit-Remaining": remaining}
    sent = {name: value for name, value in headers.items() if value is not None}

    assert rate_limit(sent) == expected
