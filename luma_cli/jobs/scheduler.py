"""One scheduler for one job or 100,000: submits, polls, and collects each that has ended.

The calling thread decides, sleeps and yields results; other threads send the requests. A single job
needs no other thread. Each kind of work has its own limit: a submission waits for no poll and no
download, nor these for it.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Generic, TypeVar

from luma_cli.errors import AuthError, LumaError, StoppedError
from luma_cli.host import Clock
from luma_cli.jobs.poll import Finished, Outcome, Poll
from luma_cli.jobs.retry import SHORTEST_TIMEOUT_SECONDS
from luma_cli.jobs.workers import GRACE_SECONDS, Stop, Workers

POLLS_AT_ONCE = 16
COLLECTIONS_AT_ONCE = 8
# The limit of ended jobs that wait for collection before new ones are polled: their answers would
# fill the memory, and their links expire.
MOST_UNCOLLECTED = 16
POLLS_PER_SECOND = 50

Result = TypeVar("Result")
# What is done in the calling thread with the outcome of work; returns results.
_Then = Callable[[], Iterable[Result]]
# Starts the work of its own that can start now. Returns the moment to call it again, at the latest:
# infinity if only the end of work matters, `None` if nothing is left to start.
Feed = Callable[[float], float | None]
Work = TypeVar("Work")


class Scheduler(Generic[Result]):
    """Polls jobs until each has ended, and turns each end into a result.

    `collect(finished, stop)` returns the result. For a poll that `needs_collection` it runs in its
    own thread and may take long: it calls `stop` regularly, which raises when the run ends early.
    For other polls it runs in the thread that takes the results.
    """

    def __init__(
        self,
        clock: Clock,
        collect: Callable[[Finished, Stop], Result],
        workers: Workers[_Then[Result]] | None = None,
        *,
        waiting: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Enter `waiting()` while nothing is to be done."""
        self._clock, self._collect, self._waiting = clock, collect, waiting
        self._workers = workers or Workers(clock)
        self._new: Iterator[Poll] = iter(())
        self._has_new = self._is_turn_of_new = False
        # Polls by the moment when they are due; the number keeps the order among equals.
        self._planned: list[tuple[float, int, Poll]] = []
        self._taken_up = 0
        self._uncollected: deque[Finished] = deque()
        self._polling = self._collecting = self._working = 0
        self._feed: Feed | None = None
        self._given: deque[Result] = deque()
        self._feed_again = math.inf
        # What ends the run once all that can be done is done.
        self._problem: Exception | None = None
        self._is_refused = False

    def add(self, poll: Poll) -> None:
        """Add a poll, also between two results; call it in the thread that takes the results."""
        poll.begin(self._clock.now())
        self._plan(poll)

    def read_from(self, polls: Iterable[Poll]) -> None:
        """Add polls from an iterable as places become free; call it once."""
        self._new, self._has_new = iter(polls), True

    def feed_from(self, feed: Feed) -> None:
        """Call `feed(now)` whenever work has ended, and when it asks for that; call this once.

        It runs in the thread that takes the results, and calls `add`, `start` and `give`.
        """
        self._feed = feed

    def start(self, work: Callable[[], Work], then: Callable[[Work], Iterable[Result]]) -> None:
        """Do `work` in another thread, and call `then`, which returns results, in this one.

        The caller limits how much work is under way. An exception of `work` ends the run.
        """
        self._working += 1

        def worked(outcome: Work) -> Iterable[Result]:
            self._working -= 1
            return then(outcome)

        self._workers.start(lambda: partial(worked, work()))

    def give(self, result: Result) -> None:
        """Yield a result that needs no work."""
        self._given.append(result)

    def run(self) -> Generator[Result, None, None]:
        """Yield results until no job is left, and nothing is left to feed.

        A rejected key ends the polling at once: ended jobs are collected, then `AuthError` is
        raised. An error of the iterable of polls is raised after all results, one of `collect` at
        once.
        """
        try:
            while True:
                is_left = self._start()
                while self._given:
                    yield self._given.popleft()
                if not is_left:
                    break
                with self._waiting():
                    then = self._workers.take(self._seconds_until_due())
                if then is not None:
                    yield from then()
            if self._problem is not None:
                raise self._problem
        finally:
            self._workers.close(GRACE_SECONDS if self._collecting or self._working else 0.0)

    def rest(self) -> Generator[Result, None, None]:
        """Yield the results of work that had ended when an exception ended the run."""
        for then in self._workers.rest():
            yield from then()

    def _start(self) -> bool:
        """Start all work that can start; return whether any is left to wait for."""
        self._feed_now()
        while self._uncollected and self._collecting < COLLECTIONS_AT_ONCE:
            self._start_collecting(self._uncollected.popleft())
        while self._polling < POLLS_AT_ONCE and (poll := self._next_poll()) is not None:
            self._start_polling(poll)
        is_polling = self._polling and not self._is_refused
        return bool(self._feed or self._working or self._collecting or self._planned or is_polling)

    def _feed_now(self) -> None:
        if self._feed is None:
            return
        again = None if self._is_refused else self._feed(self._clock.now())
        if again is None:
            self._feed = None
        self._feed_again = math.inf if again is None else again

    def _next_poll(self) -> Poll | None:
        """Return the most overdue poll, or a new one, in turns."""
        now = self._clock.now()
        is_due = bool(self._planned) and self._planned[0][0] <= now
        if self._may_read and (self._is_turn_of_new or not is_due):
            self._is_turn_of_new = False
            if (new := self._read_one()) is not None:
                if new.due <= now:
                    return new
                self._plan(new)
        if not is_due:
            return None
        self._is_turn_of_new = True
        return heapq.heappop(self._planned)[2]

    @property
    def _may_read(self) -> bool:
        return self._has_new and len(self._uncollected) < MOST_UNCOLLECTED

    def _read_one(self) -> Poll | None:
        try:
            poll = next(self._new, None)
        except LumaError as problem:  # those that were read before are finished
            self._problem, poll = problem, None
        if poll is None:
            self._has_new = False
            return None
        poll.begin(self._clock.now())
        return poll

    def _plan(self, poll: Poll) -> None:
        if not self._is_refused:
            self._taken_up += 1
            heapq.heappush(self._planned, (poll.due, self._taken_up, poll))

    def _start_polling(self, poll: Poll) -> None:
        poll.asked = self._clock.now()
        left = poll.deadline - poll.asked
        start = self._workers.run_here if self._is_alone() else self._workers.start
        self._polling += 1
        if left < 0:
            self._workers.run_here(lambda: partial(self._polled, poll, None))
        else:
            timeout = max(left, SHORTEST_TIMEOUT_SECONDS)
            start(lambda: partial(self._polled, poll, poll.ask(timeout)))

    def _is_alone(self) -> bool:
        """Return whether there is no other job, also not a new one."""
        if self._feed or self._working or self._polling or self._collecting:
            return False
        if self._uncollected or self._planned:
            return False
        if self._may_read and (new := self._read_one()) is not None:
            self._plan(new)
        return not self._planned

    def _polled(self, poll: Poll, outcome: Outcome | None) -> Iterable[Result]:
        """Handle the outcome of a request, `None` if the deadline passed before it."""
        interval = (len(self._planned) + self._polling) / POLLS_PER_SECOND
        self._polling -= 1
        if isinstance(outcome, StoppedError):  # a signal is pending, and ends the run
            self._problem = self._problem or outcome
            return ()
        now = self._clock.now()
        finished = poll.expired() if outcome is None else poll.take(outcome, now, interval)
        if finished is None:
            self._plan(poll)
        elif isinstance(finished.error, AuthError):
            self._refuse(finished.error)
        elif poll.needs_collection and finished.answer is not None:
            self._uncollected.append(finished)
        else:
            return (self._collect(finished, _never),)
        return ()

    def _refuse(self, problem: AuthError) -> None:
        """End the polling: the API would reject the key for every other job, too."""
        if not self._is_refused:
            self._is_refused, self._problem = True, problem
            self._has_new = False
            self._planned.clear()

    def _start_collecting(self, finished: Finished) -> None:
        is_alone = self._is_alone()
        self._collecting += 1
        if is_alone:
            self._workers.run_here(
                lambda: partial(self._collected, self._collect(finished, _never))
            )
        else:
            stop = self._workers.check
            self._workers.start(lambda: partial(self._collected, self._collect(finished, stop)))

    def _collected(self, result: Result) -> Iterable[Result]:
        self._collecting -= 1
        return (result,)

    def _seconds_until_due(self) -> float:
        due = self._feed_again
        if self._planned and self._polling < POLLS_AT_ONCE:
            due = min(due, self._planned[0][0])
        return max(due - self._clock.now(), 0.0)


def _never() -> None:
    """Stop nothing: in the calling thread, a signal does."""
