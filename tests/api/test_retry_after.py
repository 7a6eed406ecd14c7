"""How long `Retry-After` asks to wait, by the clock of the host."""

from __future__ import annotations

import pytest

from luma_cli.api.retry_after import seconds_asked

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
def test_a_header_asks_for_seconds_or_for_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header, NOW) == seconds
