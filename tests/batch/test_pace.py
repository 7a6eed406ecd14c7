"""A batch within an account's limits, in simulated time: how long it takes, what is refused.

`LUMA_SEEDS=4` draws the times of requests and of other programs four times; `make torture` does so.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable

import pytest

from benchmarks.limits_bound import limits_bound
from luma_cli.batch.pace import Pace
from luma_cli.batch.slots import ACCEPTED_BEFORE_TRIAL
from luma_cli.batch.window import MARGIN_SECONDS
from luma_cli.rules.interpretation import JOBS_AT_ONCE
from tests.batch.paced_batch import batch, two_batches
from tests.support.limited_server import Account, arrivals

SLOWEST = 1.05
MOST_REFUSED = 0.01
SEEDS = range(1, 1 + int(os.environ.get("LUMA_SEEDS", "1")))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("jobs", "per_minute", "slots", "seconds", "jobs_cap"),
    [
        (1000, 600, 200, 5, 200),
        (1000, 600, 200, 20, 200),
        (1000, 600, 200, 40, 200),
        (60, 30, 10, 5, None),
        (60, 30, 10, 20, None),
        (60, 30, 10, 40, None),
        (60, 30, 1000, 5, 1000),
        (200, 1, 10, 5, None),
        (300, 600, 1, 20, 1),
        (1500, 600, 1000, 1, 1000),
    ],
)
def test_a_batch_takes_little_longer_than_the_limits_need(
    jobs: int, per_minute: int, slots: int, seconds: float, jobs_cap: int | None, seed: int
) -> None:
    run = batch(jobs, Account(per_minute, slots), Pace(jobs_cap), seconds, seed)

    assert run.run() <= SLOWEST * limits_bound(jobs, per_minute, slots, seconds)
    assert run.server.share_refused <= MOST_REFUSED


@pytest.mark.parametrize("trip", [(0.02, 0.2), (0.0, 1.5), (3.0, 30.0)])
def test_slow_answers_make_no_refusals(trip: tuple[float, float]) -> None:
    run = batch(300, Account(30, 200), Pace(200), 5, trip=trip)

    assert run.run() <= limits_bound(300, 30, 200, 5) + 10 * (2 * trip[1] + MARGIN_SECONDS + 1)
    assert run.server.share_refused == 0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("jobs", "per_minute", "slots", "jobs_cap", "of_others", "slowest"),
    [
        (600, 30, 100, 30, 6, SLOWEST),
        (600, 30, 100, 30, 15, 1.1),  # one place of 20 is left for those that are not seen yet
        (1800, 600, 1000, 200, 60, SLOWEST),
        (1800, 600, 1000, 200, 300, SLOWEST),
    ],
)
def test_another_program_with_the_same_key(
    jobs: int, per_minute: int, slots: int, jobs_cap: int, of_others: int, slowest: float, seed: int
) -> None:
    others = arrivals(seed, of_others)
    run = batch(jobs, Account(per_minute, slots), Pace(jobs_cap), 5, seed, others=others)

    seconds = run.run()

    taken = run.server.accepted_of_others * 60 / seconds
    assert taken >= of_others / 3, "the other program is not starved"
    assert seconds <= slowest * limits_bound(jobs, math.ceil(per_minute - taken), slots, 5)
    assert run.server.share_refused <= MOST_REFUSED


@pytest.mark.parametrize("seed", SEEDS)
def test_slots_that_another_program_holds(seed: int) -> None:
    run = batch(1000, Account(600, 200), Pace(200), 20, seed, others=arrivals(seed, 60))

    assert run.run() <= SLOWEST * limits_bound(1000, 600 - 60, 200 - 20, 20)
    assert run.server.share_refused <= MOST_REFUSED


@pytest.mark.parametrize("seed", SEEDS)
def test_another_program_at_the_start_of_a_small_batch(seed: int) -> None:
    run = batch(60, Account(30, 10), Pace(), 5, seed, others=arrivals(seed, 6))

    assert run.run() <= SLOWEST * limits_bound(60, 30 - 6, 10, 5)
    assert run.server.statuses.count(429) <= 2, "each is the first news of the other program"


def test_two_batches_share_the_limits() -> None:
    both = two_batches(600, Account(60, 1000), Pace(), Pace(), 5)

    # Each leaves one place for others that it has not seen yet.
    assert both.run() <= SLOWEST * limits_bound(600, 60 - 2, 1000, 5)
    assert both.server.share_refused <= MOST_REFUSED


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("apart", [0.2, 5])
@pytest.mark.parametrize(
    ("jobs", "per_minute", "slots", "seconds", "slowest", "refused"),
    [
        (1000, 600, 200, 10, 1.7, 10),
        (1000, 600, 200, 30, 1.7, 12),
        (60, 30, 10, 10, 1.8, 8),
        (60, 30, 10, 30, 1.8, 8),
    ],
)
def test_two_batches_share_the_slots(
    jobs: int,
    per_minute: int,
    slots: int,
    seconds: float,
    slowest: float,
    refused: int,
    apart: float,
    seed: int,
) -> None:
    """Each expects all slots, and finds that the other one holds many."""
    account = Account(per_minute, slots)
    both = two_batches(jobs, account, Pace(slots), Pace(slots), seconds, seed, apart)

    assert both.run() <= slowest * limits_bound(jobs, per_minute, slots, seconds)
    assert both.server.statuses.count(429) <= refused


# Limits that are not as expected


def per_minute(limit: int) -> Callable[[Account], None]:
    return lambda account: setattr(account, "per_minute", limit)


def slots(count: int) -> Callable[[Account], None]:
    return lambda account: setattr(account, "slots", count)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_limit_that_is_lowered(seed: int) -> None:
    run = batch(3000, Account(600, 100), Pace(100), 4, seed, changes=((90.0, per_minute(300)),))

    # 600 in each of the first two minutes; 300 may follow once fewer are left in the window.
    assert run.run() <= SLOWEST * (120 + limits_bound(3000 - 1200, 300, 100, 4))
    assert run.server.share_refused <= MOST_REFUSED


@pytest.mark.parametrize("seed", SEEDS)
def test_a_limit_that_is_raised(seed: int) -> None:
    run = batch(3000, Account(60, 100), Pace(100), 4, seed, changes=((150.0, per_minute(600)),))

    # The answer to the next submission tells, which is the first of the next minute.
    assert run.run() <= SLOWEST * (180 + limits_bound(3000 - 180, 600, 100, 4))
    assert run.server.share_refused <= MOST_REFUSED


@pytest.mark.parametrize("seed", SEEDS)
def test_slots_that_get_fewer(seed: int) -> None:
    run = batch(1500, Account(600, 10), Pace(), 20, seed, changes=((200.0, slots(4)),))

    assert run.run() <= SLOWEST * (200 + limits_bound(1500 - 100, 600, 4, 20))
    assert run.server.share_refused <= MOST_REFUSED


@pytest.mark.parametrize("seed", SEEDS)
def test_an_account_with_fewer_slots_than_usual(seed: int) -> None:
    run = batch(600, Account(30, 4), Pace(), 20, seed)

    assert run.run() <= SLOWEST * limits_bound(600, 30, 4, 20)
    assert run.server.share_refused <= MOST_REFUSED


def test_an_account_with_more_slots_than_usual() -> None:
    run = batch(3000, Account(600, 50), Pace(), 40)

    first = ACCEPTED_BEFORE_TRIAL
    bound = limits_bound(first, 600, JOBS_AT_ONCE, 40) + limits_bound(3000 - first, 600, 50, 40)
    assert run.run() <= SLOWEST * bound
    assert run.server.share_refused <= MOST_REFUSED


def test_slots_that_get_more_are_found() -> None:
    run = batch(3000, Account(600, 10), Pace(20), 10, changes=((300.0, slots(20)),))
    run.run()

    assert run.most_running == 20
    assert run.server.share_refused <= MOST_REFUSED


def test_more_jobs_asked_for_than_slots() -> None:
    run = batch(1000, Account(600, 10), Pace(200), 5)
    run.run()

    assert run.server.share_refused <= 0.015, "a dozen at the start"


def test_a_server_without_headers() -> None:
    run = batch(400, Account(None, JOBS_AT_ONCE), Pace(), 20)

    assert run.run() <= SLOWEST * limits_bound(400, None, JOBS_AT_ONCE, 20)
    assert run.server.share_refused <= MOST_REFUSED


def test_caps() -> None:
    run = batch(300, Account(600, 100), Pace(jobs_cap=7, per_minute_cap=40), 2)
    seconds = run.run()

    assert run.most_running <= 7
    assert all(
        later - start >= 60 for start, later in zip(run.starts, run.starts[40:], strict=False)
    )
    assert seconds <= SLOWEST * limits_bound(300, 40, 7, 2)


def test_a_cap_a_minute_without_headers() -> None:
    run = batch(100, Account(None, None), Pace(per_minute_cap=20), 1)

    assert run.run() <= SLOWEST * limits_bound(100, 20, 10, 1)
    assert all(
        later - start >= 60 for start, later in zip(run.starts, run.starts[20:], strict=False)
    )


def test_how_often_the_pace_is_asked() -> None:
    run = batch(2000, Account(6000, 100), Pace(100), 2)
    run.run()

    assert run.asked <= 5 * 2000
