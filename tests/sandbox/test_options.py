"""`--latency`."""

from __future__ import annotations

import pytest

from luma_cli.errors import UsageError
from luma_cli.sandbox.options import parse_latency


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"image": 3, "video": 6, "layering": 4, "file": 1}),
        ("2s", {"image": 2, "video": 2, "layering": 2, "file": 2}),
        ("0", {"image": 0, "video": 0, "layering": 0, "file": 0}),
        ("image=250ms", {"image": 0.25, "video": 6, "layering": 4, "file": 1}),
        ("image=2s,video=8s", {"image": 2, "video": 8, "layering": 4, "file": 1}),
        (" 1m , layering=1.5h ", {"image": 60, "video": 60, "layering": 5400, "file": 60}),
    ],
)
def test_latencies(text: str, expected: dict[str, float]) -> None:
    assert parse_latency(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("soon", "`soon` is not a duration", "write `90`, `90s`, `5m` or `1h`"),
        ("image=", "`` is not a duration", "write `90`, `90s`, `5m` or `1h`"),
        ("-1s", "`-1s` is not a duration", "write `90`, `90s`, `5m` or `1h`"),
        ("=2s", "`` is not a kind of job", "the kinds are image, video, layering, file"),
        ("music=2s", "`music` is not a kind of job", "the kinds are image, video, layering, file"),
    ],
)
def test_nonsense_is_refused(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_latency(text)
    assert (refusal.value.message, refusal.value.hint) == (message, hint)
