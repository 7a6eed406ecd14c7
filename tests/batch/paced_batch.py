"""A batch in simulated time: the real scheduler, workers without threads, a server with limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

from luma_cli.batch.pace import Pace
from luma_cli.batch.window import Submission
from luma_cli.jobs.outage import Outage
from luma_cli.jobs.poll import Finished, JobPoll, Watch
from luma_cli.jobs.scheduler import Scheduler
from tests.support.limited_server import (
    Account,
    DistantWorkers,
    LimitedServer,
    Reply,
    seeded_trips,
)
from tests.support.program import TestClock

# Of one way of a request.
TRIP_SECONDS = (0.005, 0.05)
Change = tuple[float, Callable[[Account], None]]


class PromptPoll(JobPoll):
    """Polls its job when it is about to end: how late an end is known is tested elsewhere."""

    __slots__ = ("_seconds",)

    def __init__(self, an_id: str, watch: Watch, seconds: float) -> None:
        super().__init__(an_id, watch, poll_interval=0.2, just_submitted=True)
        self._seconds = seconds

    def begin(self, now: float) -> None:
        super().begin(now)
        self.due = now + self._seconds


class Batch:
    """Submits so many jobs when their pace permits, and waits for each."""

    def __init__(
        self,
        server: LimitedServer,
        pace: Pace,
        jobs: int,
        trip: Callable[[], float],
        starts_at: float = 0.0,
        scheduler: Scheduler[Finished] | None = None,
    ) -> None:
        """Start at `starts_at`; whoever gives a scheduler calls `feed` and counts the ends."""
        self.starts_at = starts_at
        self.ids: set[str] = set()
        self.server, self.pace, self.left = server, pace, jobs
        self.running = self.under_way = self.most_running = self.most_under_way = 0
        self.starts: list[float] = []
        self.asked = 0
        self.scheduler = scheduler or scheduler_with(server.clock, trip)
        if scheduler is None:
            self.scheduler.feed_from(self.feed)
        self.watch = Watch(server.get, lambda *_: None, Outage(lambda *_: None))

    def feed(self, now: float) -> float | None:
        if now < self.starts_at:
            return self.starts_at
        while self.left:
            self.asked += 1
            if (start := self.pace.next_start(now, self.running)) > now:
                assert start < math.inf or self.running, "an end or an answer must ask again"
                return start
            submission = self.pace.started(now, self.running)
            self.starts.append(now)
            self.left, self.running, self.under_way = (
                *(self.left - 1, self.running + 1, self.under_way + 1),
            )
            self.most_running = max(self.most_running, self.running)
            self.most_under_way = max(self.most_under_way, self.under_way)
            self.scheduler.start(self.server.submit, partial(self.replied, submission))
        return math.inf if self.under_way else None

    def replied(self, submission: Submission, reply: Reply) -> tuple[()]:
        now = self.server.clock.time
        self.under_way -= 1
        if reply.status == 201:
            self.pace.answered(submission, now, reply.rate_limit)
            self.ids.add(reply.id)
            self.scheduler.add(PromptPoll(reply.id, self.watch, self.server.seconds_of(reply.id)))
            return ()
        self.running -= 1
        if reply.status == 429:
            self.left += 1
            limit, wait = reply.rate_limit, reply.retry_after
            self.pace.limited(submission, now, self.running, limit, wait)
        else:
            self.pace.failed(submission, now)
        return ()

    def run(self) -> float:
        """Run to the end, and return the seconds that it took."""
        for _ in self.scheduler.run():
            self.running -= 1
        assert (self.left, self.running) == (0, 0)
        return self.server.clock.time


class TwoBatches:
    """Two programs with one key at the same time."""

    def __init__(self, first: Batch, second: Batch) -> None:
        self.server, self._both = first.server, (first, second)
        self._scheduler = first.scheduler
        self._scheduler.feed_from(self._feed)

    def _feed(self, now: float) -> float | None:
        moments = [each.feed(now) for each in self._both]
        return min((moment for moment in moments if moment is not None), default=None)

    def run(self) -> float:
        """Run to the end, and return the seconds that it took."""
        for finished in self._scheduler.run():
            for each in self._both:
                each.running -= finished.id in each.ids
        assert [(each.left, each.running) for each in self._both] == [(0, 0), (0, 0)]
        return self.server.clock.time


def scheduler_with(clock: TestClock, trip: Callable[[], float]) -> Scheduler[Finished]:
    return Scheduler(clock, collect, workers=DistantWorkers(clock, trip))


def collect(finished: Finished, _: object) -> Finished:
    assert finished.error is None
    return finished


def batch(
    jobs: int,
    account: Account,
    pace: Pace,
    seconds: float,
    seed: int = 1,
    *,
    trip: tuple[float, float] = TRIP_SECONDS,
    others: Iterator[float] | None = None,
    changes: tuple[Change, ...] = (),
) -> Batch:
    server = LimitedServer(TestClock(), account, lambda: seconds, others or iter(()), list(changes))
    return Batch(server, pace, jobs, seeded_trips(seed, *trip))


def two_batches(
    jobs: int,
    account: Account,
    first: Pace,
    second: Pace,
    seconds: float,
    seed: int = 1,
    apart: float = 0.0,
) -> TwoBatches:
    """Give each half of the jobs; the second starts `apart` seconds later."""
    server = LimitedServer(TestClock(), account, lambda: seconds)
    trip = seeded_trips(seed, *TRIP_SECONDS)
    scheduler = scheduler_with(server.clock, trip)
    return TwoBatches(
        Batch(server, first, jobs // 2, trip, 0.0, scheduler),
        Batch(server, second, jobs // 2, trip, apart, scheduler),
    )
