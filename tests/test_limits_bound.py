"""The bound that the pace of a batch is measured against."""

from __future__ import annotations

import pytest

from benchmarks.limits_bound import limits_bound
from tests.support.limited_server import Account


@pytest.mark.parametrize(
    ("jobs", "per_minute", "slots", "seconds", "bound"),
    [
        (0, 30, 10, 40, 0),
        (3, None, None, 4, 4),
        (3, 1, None, 4, 124),
        (3, None, 1, 4, 12),
        (60, 30, 10, 40, 240),  # six rounds of slots
        (60, 30, 10, 5, 75),  # the second half after a minute, in three rounds
        (1000, 600, 200, 5, 70),
        (1000, 600, 200, 20, 100),
    ],
)
def test_examples(
    jobs: int, per_minute: int | None, slots: int | None, seconds: float, bound: float
) -> None:
    assert limits_bound(jobs, per_minute, slots, seconds) == bound


@pytest.mark.parametrize("seconds", [1, 7, 20, 33, 90])
@pytest.mark.parametrize(("per_minute", "slots"), [(5, 2), (7, 30), (30, 10), (3, 3)])
def test_a_server_accepts_just_so_many(per_minute: int, slots: int, seconds: int) -> None:
    account, accepted, now = Account(per_minute, slots), 0, 0
    while accepted < 100:
        while accepted < 100 and account.submit(now, seconds).status == 201:
            accepted += 1
        now += 1

    assert limits_bound(100, per_minute, slots, seconds) == now - 1 + seconds
