"""A server with the API's limits, and requests that take time to arrive, in simulated time."""

from __future__ import annotations

import heapq
import json
import math
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.errors import Exchange, RateLimit
from tests.support.fake_api import generation
from tests.support.program import TestClock
from tests.support.simulated_workers import SimulatedWorkers

WINDOW_SECONDS = 60.0
_EXCHANGE = Exchange("GET", "https://api.test/v1/generations/x", 200)


class Reply(NamedTuple):
    """An answer to a submission; `status` is 201 or 429."""

    status: int
    rate_limit: RateLimit | None = None
    retry_after: float | None = None
    id: str = ""


class Account:
    """The limits of a key: a sliding minute by arrival, and slots; `None` is no limit."""

    def __init__(self, per_minute: int | None, slots: int | None) -> None:
        self.per_minute, self.slots = per_minute, slots
        self._arrivals: deque[float] = deque()
        self._ends: list[float] = []

    def submit(self, now: float, seconds: float) -> Reply:
        while self._arrivals and self._arrivals[0] + WINDOW_SECONDS <= now:
            self._arrivals.popleft()
        while self._ends and self._ends[0] <= now:
            heapq.heappop(self._ends)
        if self.per_minute and len(self._arrivals) >= self.per_minute:
            # The moment when the window has room: the limit may have been lowered.
            oldest = self._arrivals[len(self._arrivals) - self.per_minute]
            wait = max(math.ceil(oldest + WINDOW_SECONDS - now), 1)
            return Reply(429, RateLimit(self.per_minute, 0), wait)
        if self.slots and len(self._ends) >= self.slots:
            return Reply(429, None, 60)
        self._arrivals.append(now)
        heapq.heappush(self._ends, now + seconds)
        if not self.per_minute:
            return Reply(201)
        return Reply(201, RateLimit(self.per_minute, self.per_minute - len(self._arrivals)))


@dataclass
class LimitedServer:
    """Accepts jobs of `seconds` each.

    `others` are moments at which another program with the same key submits, `changes` are moments
    with what happens then.
    """

    clock: TestClock
    account: Account
    seconds: Callable[[], float]
    others: Iterator[float] = field(default_factory=lambda: iter(()))
    changes: list[tuple[float, Callable[[Account], None]]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    accepted_of_others: int = 0
    _jobs: dict[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._next_other = next(self.others, math.inf)

    def submit(self) -> Reply:
        """Take a submission that arrives now."""
        now = self.clock.time
        self._catch_up(now)
        seconds = self.seconds()
        reply = self.account.submit(now, seconds)
        self.statuses.append(reply.status)
        if reply.status != 201:
            return reply
        an_id = f"job-{len(self._jobs)}"
        self._jobs[an_id] = now + seconds, seconds
        return reply._replace(id=an_id)

    def get(self, an_id: str, /, **_: float) -> Answer:
        """Return the state of a job now."""
        state = "completed" if self.clock.time >= self._jobs[an_id][0] else "processing"
        return Answer(json.dumps(generation(state, id=an_id)), _EXCHANGE)

    def seconds_of(self, an_id: str) -> float:
        """Return how long a job takes."""
        return self._jobs[an_id][1]

    @property
    def share_refused(self) -> float:
        return self.statuses.count(429) / len(self.statuses)

    def _catch_up(self, now: float) -> None:
        while min(self._next_other, self.changes[0][0] if self.changes else math.inf) <= now:
            if self.changes and self.changes[0][0] <= self._next_other:
                _, change = self.changes.pop(0)
                change(self.account)
                continue
            reply = self.account.submit(self._next_other, self.seconds())
            self.accepted_of_others += reply.status == 201
            self._next_other = next(self.others, math.inf)


class DistantWorkers(SimulatedWorkers):
    """Does work after `trip()` seconds, when its request arrives; the result takes as long back."""

    def __init__(self, clock: TestClock, trip: Callable[[], float]) -> None:
        super().__init__(clock)
        self._trip = trip
        self._arriving: list[tuple[float, int, Callable[[], Any]]] = []

    def start(self, work: Callable[[], Any]) -> None:
        self._started += 1
        heapq.heappush(self._arriving, (self.clock.time + self._trip(), self._started, work))

    run_here = start

    def take(self, seconds: float) -> Any:
        until = self.clock.time + seconds
        while self._arriving and self._arriving[0][0] <= min(until, self._next_end):
            arrival, number, work = heapq.heappop(self._arriving)
            self.clock.time = max(self.clock.time, arrival)
            end = self.clock.time + self._trip()
            heapq.heappush(self._under_way, (end, number, work()))
        if not self._under_way or self._next_end > until:
            self.clock.time = until
            return None
        return super().take(max(until - self.clock.time, 0.0))

    @property
    def _next_end(self) -> float:
        return self._under_way[0][0] if self._under_way else math.inf


def seeded_trips(seed: int, shortest: float, longest: float) -> Callable[[], float]:
    """Return a source of random times, the same for the same seed."""
    times = random.Random(seed)  # noqa: S311 - no secret
    return lambda: times.uniform(shortest, longest)


def arrivals(seed: int, per_minute: float) -> Iterator[float]:
    """Yield random moments, so many a minute on average, from a minute before the start."""
    times, moment = random.Random(seed), -WINDOW_SECONDS  # noqa: S311 - no secret
    while True:
        moment += times.expovariate(per_minute / WINDOW_SECONDS)
        yield moment
