"""Single decisions of the pace of a batch, and what it does whatever the server answers."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luma_cli.batch.pace import Pace
from luma_cli.batch.slots import (
    ACCEPTED_BEFORE_TRIAL,
    FIRST_PAUSE_SECONDS,
    UNPROVEN_AT_ONCE,
)
from luma_cli.batch.window import MARGIN_SECONDS
from luma_cli.errors import RateLimit
from luma_cli.rules.interpretation import JOBS_AT_ONCE
from tests.batch.paced_batch import Batch
from tests.support.limited_server import Account, LimitedServer, Reply, seeded_trips
from tests.support.program import TestClock


def test_one_submission_alone_tells_the_limit() -> None:
    pace = Pace()
    first = pace.started(0, 0)

    assert pace.next_start(0, 1) == math.inf
    pace.answered(first, 1, RateLimit(30, 29))
    assert pace.next_start(1, 1) == 1


def test_a_place_is_free_a_minute_after_the_answer() -> None:
    pace = Pace()
    pace.answered(pace.started(0, 0), 2.5, RateLimit(1, 0))

    assert pace.next_start(3, 0) == 62.5 + MARGIN_SECONDS
    assert pace.next_start(62.5 + MARGIN_SECONDS, 0) == 62.5 + MARGIN_SECONDS


def test_a_failed_submission_keeps_its_place() -> None:
    pace = Pace(per_minute_cap=1)
    pace.failed(pace.started(0, 0), 1)

    assert pace.next_start(2, 0) == 61 + MARGIN_SECONDS


def test_what_others_have_taken_counts_for_a_minute() -> None:
    pace = Pace()
    pace.answered(pace.started(0, 0), 1, RateLimit(30, 0))
    assert pace.next_start(2, 0) == 61


@pytest.mark.parametrize(("asked", "pause"), [(7, 7), (0, 1), (None, 60), (86400, 600)])
def test_a_full_window_waits_as_long_as_asked(asked: float | None, pause: float) -> None:
    pace = Pace()
    pace.limited(pace.started(0, 0), 1, 0, RateLimit(10**6, 0), asked)

    assert pace.next_start(1, 0) == 1 + pause
    second = pace.started(1 + pause, 0)
    assert pace.next_start(1 + pause, 1) == math.inf, "one alone"
    pace.limited(second, 2 + pause, 0, RateLimit(10**6, 0), 1)
    assert pace.next_start(2 + pause, 0) == 2 + pause + 2, "others take each place that gets free"


def test_full_slots_wait_for_an_end() -> None:
    pace = Pace()
    first, now = pace.started(0, 0), 1.0
    pace.answered(first, now, RateLimit(30, 29))
    pace.limited(pace.started(now, 1), now, 1, None, 60)

    assert pace.next_start(now, 1) == now + FIRST_PAUSE_SECONDS
    assert pace.next_start(now, 0) == now


def test_slots_grow_back_after_a_refusal_but_not_beyond() -> None:
    pace, now = Pace(jobs_cap=4), 1.0
    pace.limited(pace.started(0, 2), now, 2, None, 60)

    now += FIRST_PAUSE_SECONDS
    for running in (2, 3):
        assert pace.next_start(now, running) == now, "a trial that succeeds is followed by the next"
        pace.answered(pace.started(now, running), now, None)
    assert pace.next_start(now + 3600, 4) == math.inf


def test_each_refused_trial_makes_the_next_pause_longer() -> None:
    pace, now, pauses = Pace(), 0.0, []
    pace.limited(pace.started(now, 4), now, 4, None, 60)
    for _ in range(5):
        start = pace.next_start(now, 4)
        pauses.append(start - now)
        now = start
        pace.limited(pace.started(now, 4), now, 4, None, 60)

    assert pauses == [10, 80, 640, 3600, 3600]


@pytest.mark.parametrize(("latency", "at_once"), [(0.1, UNPROVEN_AT_ONCE), (2.0, 20)])
def test_few_are_under_way_where_others_may_hold_the_slots(latency: float, at_once: int) -> None:
    pace, running = Pace(jobs_cap=200), 0
    for _ in range(30):
        pace.answered(pace.started(0, 0), latency, RateLimit(600, 500))
    while pace.next_start(latency, running) <= latency:
        pace.started(latency, running)
        running += 1

    assert running == at_once


def test_slots_that_others_hold_are_tried_when_asked() -> None:
    pace = Pace()
    pace.limited(pace.started(0, 0), 1, 0, None, 60)

    assert pace.next_start(1, 0) == 61


def test_a_429_with_places_left_is_about_the_slots() -> None:
    pace = Pace()
    pace.limited(pace.started(0, 3), 1, 3, RateLimit(30, 5), 60)

    assert pace.next_start(1, 3) == 1 + FIRST_PAUSE_SECONDS
    assert pace.next_start(1, 2) == 1


def test_reasons() -> None:
    pace = Pace(jobs_cap=2)
    assert pace.reason(0, 0) is None
    pace.answered(pace.started(0, 0), 1, RateLimit(1, 0))
    assert pace.reason(49.5, 1) == "rate limit: next in 12 s"
    assert pace.reason(49.5, 2) == "2 jobs are running, the limit"
    assert Pace(jobs_cap=1).reason(0, 1) == "1 job is running, the limit"

    asking = Pace()
    asking.started(0, 0)
    assert asking.reason(0, 1) is None, "an answer is awaited"


# Whatever the server answers

limits = st.none() | st.builds(RateLimit, st.integers(1, 50), st.none() | st.integers(0, 60))
replies = st.one_of(
    st.builds(Reply, st.just(201), limits),
    st.builds(Reply, st.just(201), st.just(RateLimit(600, 500))),
    st.builds(Reply, st.just(429), limits, st.none() | st.floats(0, 10**6)),
    st.builds(Reply, st.just(500)),
)


class OddServer(LimitedServer):
    """Answers as it likes for a while, then accepts all."""

    odd: Iterator[Reply] = iter(())

    def submit(self) -> Reply:
        reply = next(self.odd, None)
        if reply is None or reply.status == 201:
            made = super().submit()
            return made if reply is None else reply._replace(id=made.id)
        return reply


@settings(max_examples=int(os.environ.get("EXAMPLES", "40")))
@given(
    odd=st.lists(replies, max_size=40),
    caps=st.tuples(st.none() | st.integers(1, 30), st.none() | st.integers(1, 90)),
    jobs=st.integers(1, 60),
    seconds=st.floats(0.1, 200),
    trip=st.floats(0, 90),
    seed=st.integers(0, 9),
)
def test_any_answers(
    odd: list[Reply],
    caps: tuple[int | None, int | None],
    jobs: int,
    seconds: float,
    trip: float,
    seed: int,
) -> None:
    """The batch ends, and neither cap is ever exceeded."""
    server = OddServer(TestClock(), Account(None, None), lambda: seconds)
    server.odd = iter(odd)
    run = Batch(server, Pace(*caps), jobs, seeded_trips(seed, 0, trip))

    run.run()

    jobs_cap, per_minute_cap = caps
    assert run.most_running <= (jobs_cap or JOBS_AT_ONCE + jobs // ACCEPTED_BEFORE_TRIAL + 1)
    if per_minute_cap:
        refused = odd_refusals(odd)
        for earlier, later in zip(run.starts, run.starts[per_minute_cap + refused :], strict=False):
            assert later - earlier >= 60


def odd_refusals(odd: list[Reply]) -> int:
    """Return how many submissions gave their places back."""
    return sum(reply.status == 429 for reply in odd)


def test_many_places_after_another() -> None:
    pace, now = Pace(1000, 10**6), 0.0
    answered = 0
    while answered < 30_000:
        assert pace.next_start(now, 0) == now
        pace.answered(pace.started(now, 0), now, RateLimit(10**6, 10**6 - answered - 1))
        answered += 1
        now += 0.0001
