"""Many jobs at once: how late an end is known, what waits for what, and what is read ahead."""

from __future__ import annotations

import itertools
import json
import math
import random
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from luma_cli.api.answer import Answer
from luma_cli.errors import (
    AuthError,
    Exchange,
    JournalError,
    LumaError,
    StoppedError,
    UnavailableError,
)
from luma_cli.host import Clock
from luma_cli.jobs.outage import Outage
from luma_cli.jobs.poll import Finished, JobPoll, Lookup, Watch
from luma_cli.jobs.retry import RetryPolicy
from luma_cli.jobs.scheduler import (
    COLLECTIONS_AT_ONCE,
    MOST_UNCOLLECTED,
    POLLS_AT_ONCE,
    POLLS_PER_SECOND,
    Scheduler,
)
from luma_cli.jobs.workers import Stop, StoppedEarlyError
from tests.support.fake_api import generation
from tests.support.program import TestClock
from tests.support.simulated_workers import SimulatedWorkers

SECONDS = 10
LATENCY = 0.1
EXCHANGE = Exchange("GET", "https://api.test/v1/generations/x", 401, body={"detail": "No"})


def answer_of(an_id: str, state: str) -> Answer:
    return Answer(json.dumps(generation(state, id=an_id)), EXCHANGE)


class Jobs:
    """Jobs that end at given moments; the server takes `LATENCY` for each answer."""

    def __init__(self, clock: TestClock, ends: dict[str, float] | None = None) -> None:
        self.clock, self.ends = clock, ends or {}
        self.workers = SimulatedWorkers(clock, LATENCY)
        self.asked: list[tuple[float, str]] = []
        self.stuck = set[str]()
        self.refused: LumaError | None = None

    def get(self, an_id: str, /, **_: float) -> Answer:
        self.asked.append((self.clock.time, an_id))
        if an_id in self.stuck:
            self.workers.spend(60)
        if self.refused is not None:
            raise self.refused
        is_over = self.clock.time >= self.ends.get(an_id, 0.0)
        return answer_of(an_id, "completed" if is_over else "processing")

    def poll(self, an_id: str, **plan: Any) -> JobPoll:
        watch = Watch(self.get, lambda *_: None, Outage(lambda *_: None))
        return JobPoll(an_id, watch, **plan)

    def scheduler(
        self, collect: Callable[[Finished, Stop], Any] = lambda finished, _: finished
    ) -> Scheduler[Any]:
        return Scheduler(self.clock, collect, workers=self.workers)

    def lateness(self, scheduler: Scheduler[Any]) -> dict[str, float]:
        """Run the scheduler and return how late each end was known."""
        known = {finished.id: self.clock.time for finished in scheduler.run()}
        return {an_id: time - self.ends[an_id] for an_id, time in known.items()}


def spread(count: int, seconds: float) -> dict[str, float]:
    """Return moments at which so many jobs end."""
    moments = random.Random(7)  # noqa: S311 - an example, no secret
    return {f"job-{number}": moments.uniform(0, seconds) for number in range(count)}


@pytest.mark.parametrize("count", [2, 50, 500, 2000])
def test_an_end_is_known_within_one_interval(clock: TestClock, count: int) -> None:
    jobs = Jobs(clock, spread(count, 200))
    scheduler = jobs.scheduler()
    scheduler.read_from(jobs.poll(each) for each in jobs.ends)

    late = jobs.lateness(scheduler)

    assert len(late) == count
    assert max(late.values()) <= max(5, count / POLLS_PER_SECOND)
    assert jobs.workers.most_at_once <= POLLS_AT_ONCE


def test_many_jobs_are_asked_about_fifty_times_a_second(clock: TestClock) -> None:
    jobs = Jobs(clock, dict.fromkeys((f"job-{number}" for number in range(1000)), 300.0))
    scheduler = jobs.scheduler()
    scheduler.read_from(jobs.poll(each) for each in jobs.ends)

    jobs.lateness(scheduler)

    steady = [moment for moment, _ in jobs.asked if 100 <= moment < 200]
    assert len(steady) == pytest.approx(100 * POLLS_PER_SECOND, rel=0.02)


def test_a_stuck_request_holds_no_other_job(clock: TestClock) -> None:
    jobs = Jobs(clock, spread(100, 100))
    jobs.stuck = {"job-0", "job-1", "job-2"}
    scheduler = jobs.scheduler()
    scheduler.read_from(jobs.poll(each) for each in jobs.ends)

    late = jobs.lateness(scheduler)

    assert max(late[each] for each in late.keys() - jobs.stuck) <= 5


def test_a_collection_holds_no_poll(clock: TestClock) -> None:
    jobs = Jobs(clock, spread(100, 100))
    scheduler = jobs.scheduler(lambda *_: jobs.workers.spend(1000))
    for each in jobs.ends:
        scheduler.add(jobs.poll(each, needs_collection=True))

    next(scheduler.run())

    known: dict[str, float] = {}
    for moment, an_id in jobs.asked:
        if moment >= jobs.ends[an_id]:
            known.setdefault(an_id, moment)
    assert len(known) == len(jobs.ends)
    assert max(known[each] - jobs.ends[each] for each in known) <= 5


def test_new_jobs_and_second_polls_take_turns(clock: TestClock) -> None:
    new = {f"job-{number}": 0.0 for number in range(5000)}
    jobs = Jobs(clock, {"first": 20.0, **new})
    scheduler = jobs.scheduler()
    scheduler.read_from(jobs.poll(each) for each in jobs.ends)

    late = jobs.lateness(scheduler)

    assert late["first"] <= 5
    looks = [moment for moment, an_id in jobs.asked if an_id == "first"]
    assert all(later - earlier <= 5 for earlier, later in itertools.pairwise(looks))


def test_a_job_can_be_added_between_two_results(clock: TestClock) -> None:
    jobs = Jobs(clock, {"a": 0.0, "b": 10.0, "c": 5.0})
    scheduler = jobs.scheduler()
    scheduler.add(jobs.poll("a"))
    scheduler.add(jobs.poll("b"))
    ended: list[str] = []

    for finished in scheduler.run():
        ended.append(finished.id)
        if finished.id == "a":
            scheduler.add(jobs.poll("c"))

    assert ended == ["a", "c", "b"]


def test_each_job_has_its_own_deadline_and_interval(clock: TestClock) -> None:
    jobs = Jobs(clock, {"never": math.inf, "late": math.inf, "done": 40.0})
    scheduler = jobs.scheduler()
    scheduler.add(jobs.poll("never", deadline=7.0))
    scheduler.add(jobs.poll("late", deadline=20.0, poll_interval=1.0))
    scheduler.add(jobs.poll("done"))
    ended: dict[str, tuple[float, str]] = {}

    for finished in scheduler.run():
        code = "" if finished.error is None else finished.error.code
        ended[finished.id] = (round(clock.time, 3), code)

    assert ended["never"] == (7 + LATENCY, "wait_timeout")
    assert ended["late"] == (20 + LATENCY, "wait_timeout")
    assert ended["done"][1] == ""
    asked = [moment for moment, an_id in jobs.asked if an_id == "late"]
    assert len(asked) == pytest.approx(20 / (1 + LATENCY), abs=2)


class Submissions:
    """Jobs that are submitted two at a time, one every 20 seconds at most."""

    def __init__(self, jobs: Jobs, count: int) -> None:
        self.jobs, self.left, self.running = jobs, [f"job-{n}" for n in range(count)], 0
        self.scheduler = jobs.scheduler()
        self.scheduler.feed_from(self.feed)
        self.next_at, self.times = 0.0, list[float]()

    def feed(self, now: float) -> float | None:
        while self.left and self.running < 2 and now >= self.next_at:
            self.running, self.next_at = self.running + 1, now + 20
            self.times.append(now)
            an_id = self.left.pop(0)
            self.jobs.ends[an_id] = now + 30
            self.scheduler.start(partial(str, an_id), self.submitted)
        if not self.left:
            return None
        return self.next_at if self.running < 2 else math.inf

    def submitted(self, an_id: str) -> tuple[()]:
        self.scheduler.add(self.jobs.poll(an_id, just_submitted=True))
        return ()

    def run(self) -> Iterator[str]:
        for finished in self.scheduler.run():
            self.running -= 1
            yield finished.id


def test_work_is_fed_when_it_asks_for_that_and_when_other_work_has_ended(clock: TestClock) -> None:
    submissions = Submissions(Jobs(clock), 4)

    assert list(submissions.run()) == ["job-0", "job-1", "job-2", "job-3"]
    first, second, third, fourth = submissions.times
    assert (first, second) == (0, 20), "after the time that it asked for"
    assert 40 <= third <= 45, "the third one waited for the end of the first"
    assert fourth >= third + 20


def test_a_feed_may_give_results_that_need_no_work(clock: TestClock) -> None:
    scheduler = Jobs(clock).scheduler()

    def feed(_: float) -> None:
        scheduler.give("known before")

    scheduler.feed_from(feed)

    assert list(scheduler.run()) == ["known before"]


def test_a_rejected_key_ends_the_feed(clock: TestClock) -> None:
    submissions = Submissions(Jobs(clock), 4)
    submissions.jobs.refused = AuthError("No", exchange=EXCHANGE)

    with pytest.raises(AuthError):
        list(submissions.run())
    assert len(submissions.times) == 1


def test_a_poll_that_a_signal_stopped_is_no_end_of_its_job(clock: TestClock) -> None:
    jobs = Jobs(clock)
    jobs.refused = StoppedError("interrupted")
    scheduler = jobs.scheduler()
    scheduler.read_from([jobs.poll("job-0"), jobs.poll("job-1")])

    with pytest.raises(StoppedError):
        list(scheduler.run())


@pytest.mark.parametrize(
    ("needs_collection", "most"),
    [
        (False, POLLS_AT_ONCE),
        (True, 2 * POLLS_AT_ONCE + COLLECTIONS_AT_ONCE + MOST_UNCOLLECTED),
    ],
)
def test_an_endless_source_is_not_read_ahead(
    clock: TestClock, needs_collection: bool, most: int
) -> None:
    jobs = Jobs(clock)
    taken = 0

    def polls() -> Iterator[JobPoll]:
        nonlocal taken
        for taken in itertools.count(1):
            yield jobs.poll(str(taken), needs_collection=needs_collection)

    scheduler = jobs.scheduler(lambda *_: jobs.workers.spend(100))
    scheduler.read_from(polls())
    results = scheduler.run()

    for number in range(100):
        next(results)
        assert taken <= number + 1 + most
    results.close()


def test_a_refused_key_stops_all(clock: TestClock) -> None:
    jobs = Jobs(clock, dict.fromkeys((f"job-{number}" for number in range(1000)), math.inf))
    jobs.refused = AuthError("Invalid API key", exchange=EXCHANGE)
    scheduler = jobs.scheduler()
    scheduler.read_from(jobs.poll(each) for each in jobs.ends)

    with pytest.raises(AuthError, match="Invalid API key"):
        list(scheduler.run())

    assert len(jobs.asked) == POLLS_AT_ONCE
    assert clock.time == LATENCY


def test_what_has_ended_is_collected_before_a_refused_key_ends_the_run(clock: TestClock) -> None:
    jobs = Jobs(clock, {"a": 0.0, "b": math.inf})

    def collect(finished: Finished, _: Stop) -> str:
        jobs.workers.spend(10)
        jobs.refused = AuthError("Invalid API key", exchange=EXCHANGE)
        return finished.id

    scheduler = jobs.scheduler(collect)
    scheduler.read_from(jobs.poll(each, needs_collection=True) for each in jobs.ends)
    results = scheduler.run()

    assert next(results) == "a"
    with pytest.raises(AuthError):
        next(results)


def test_an_error_of_the_source_is_raised_behind_what_was_read(clock: TestClock) -> None:
    jobs = Jobs(clock, {"a": 0.0, "b": 30.0})

    def polls() -> Iterator[JobPoll]:
        yield from map(jobs.poll, jobs.ends)
        raise JournalError("no more")

    scheduler = jobs.scheduler()
    scheduler.read_from(polls())
    results = scheduler.run()

    assert [next(results).id, next(results).id] == ["a", "b"]
    with pytest.raises(JournalError):
        next(results)


def test_a_lookup_takes_any_state_and_retries_what_may_pass(clock: TestClock) -> None:
    jobs = Jobs(clock, {"a": math.inf})
    jobs.refused = UnavailableError("gone")
    pauses: list[float] = []

    def note(_: LumaError, pause: float) -> None:
        pauses.append(pause)
        if len(pauses) == 2:
            jobs.refused = None

    scheduler = jobs.scheduler()
    scheduler.add(Lookup("a", jobs.get, RetryPolicy(2, clock, note)))

    (finished,) = scheduler.run()

    assert finished.answer is not None
    assert finished.answer.generation.state == "processing"
    assert pauses == [0.5, 1]


# With threads


def threads_of(*ids: str) -> list[threading.Thread]:
    """Return the threads in which jobs are asked about."""
    threads: list[threading.Thread] = []

    def get(an_id: str, /, **_: float) -> Answer:
        threads.append(threading.current_thread())
        return answer_of(an_id, "completed")

    scheduler = Scheduler(Clock(), lambda finished, _: finished)
    policy = RetryPolicy(0, Clock(), lambda *_: None)
    scheduler.read_from(Lookup(each, get, policy) for each in ids)
    assert {finished.id for finished in scheduler.run()} == set(ids)
    return threads


def test_one_job_alone_is_asked_about_in_the_calling_thread() -> None:
    assert threads_of("a") == [threading.current_thread()]


def test_several_jobs_are_asked_about_in_other_threads() -> None:
    first, *_ = threads_of("a", "b")

    assert first is not threading.current_thread()


def completed_at_once(an_id: str, /, **_: float) -> Answer:
    return answer_of(an_id, "completed")


def collecting(collect: Callable[[Finished, Stop], str], ids: Iterator[str]) -> Iterator[str]:
    scheduler = Scheduler(Clock(), collect)
    policy = RetryPolicy(0, Clock(), lambda *_: None)
    scheduler.read_from(
        Lookup(each, completed_at_once, policy, needs_collection=True) for each in ids
    )
    return scheduler.run()


def test_an_end_stops_the_collections_under_way() -> None:
    begun, seen_stop = threading.Event(), threading.Event()

    def collect(finished: Finished, stop: Stop) -> str:
        if finished.id == "0":
            begun.wait(SECONDS)
            return finished.id
        begun.set()
        try:
            while True:
                stop()
        except StoppedEarlyError:
            seen_stop.set()
            raise

    results = collecting(collect, iter("01"))
    assert next(results) == "0"
    results.close()  # type: ignore[attr-defined]

    assert seen_stop.wait(SECONDS)


def test_an_error_of_a_collection_stops_the_others() -> None:
    begun, seen_stop = threading.Event(), threading.Event()

    def collect(finished: Finished, stop: Stop) -> str:
        if finished.id == "0":
            begun.wait(SECONDS)
            raise ValueError("no")
        begun.set()
        try:
            while True:
                stop()
        except StoppedEarlyError:
            seen_stop.set()
            raise

    with pytest.raises(ValueError, match="no"):
        list(collecting(collect, iter("01")))

    assert seen_stop.wait(SECONDS)


def test_as_many_collections_at_once_as_allowed() -> None:
    lock, running, most = threading.Lock(), 0, 0

    def collect(finished: Finished, _: Stop) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        full.wait(SECONDS)
        with lock:
            running -= 1
        return finished.id

    full = threading.Barrier(COLLECTIONS_AT_ONCE)
    ids = [str(number) for number in range(3 * COLLECTIONS_AT_ONCE)]

    assert set(collecting(collect, iter(ids))) == set(ids)
    assert most == COLLECTIONS_AT_ONCE
