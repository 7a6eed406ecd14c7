"""Threads for work that must not hold up the thread that asks for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Generic, NamedTuple, TypeVar

from luma_cli.host import Clock

Result = TypeVar("Result")
Stop = Callable[[], None]
# How long the end waits for work that is under way; a silent connection would hold it up.
GRACE_SECONDS = 1.0
# Waits for a queue cannot be interrupted on Windows: look for signals this often.
_LONGEST_WAIT_SECONDS = 1.0


class StoppedEarlyError(Exception):
    """Other work failed, or the user wants no more."""


class _Raised(NamedTuple):
    problem: BaseException


class Workers(Generic[Result]):
    """As many threads as there is work at the same time; whoever starts work bounds it.

    One thread starts work and takes its results. The threads are no pool of the library, whose end
    would wait for work however long that takes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._busy = 0
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()
        self._work: SimpleQueue[Callable[[], Result] | None] = SimpleQueue()
        self._results: SimpleQueue[Result | _Raised] = SimpleQueue()

    def start(self, work: Callable[[], Result]) -> None:
        """Have `work` done in a thread, at once."""
        self._busy += 1
        self._work.put(work)
        if self._busy > len(self._threads):
            thread = threading.Thread(target=self._run, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # this user may run no more threads
                if not self._threads:
                    self._do(self._work.get())
            else:
                self._threads.append(thread)

    def run_here(self, work: Callable[[], Result]) -> None:
        """Do `work` in the calling thread, where a signal interrupts it."""
        self._busy += 1
        self._results.put(work())

    def take(self, seconds: float) -> Result | None:
        """Return a result, or `None` when there is none after some time, at most `seconds`.

        Raises what the work raised.
        """
        if not self._busy:
            self._clock.sleep(seconds)
            return None
        try:
            result = self._results.get(timeout=min(seconds, _LONGEST_WAIT_SECONDS))
        except Empty:
            return None
        self._busy -= 1
        if isinstance(result, _Raised):
            raise result.problem
        return result

    def check(self) -> None:
        """Raise `StoppedEarlyError` once the work that is under way shall end."""
        if self._stopped.is_set():
            raise StoppedEarlyError

    def close(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """End the threads: those that wait at once, those that work when they call `check`."""
        self._stopped.set()
        for _ in self._threads:
            self._work.put(None)
        end = time.monotonic() + grace_seconds
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.0))

    def _run(self) -> None:
        while (work := self._work.get()) is not None and not self._stopped.is_set():
            self._do(work)

    def _do(self, work: Callable[[], Result] | None) -> None:
        if work is None:
            return
        try:
            self._results.put(work())
        except BaseException as problem:  # noqa: BLE001 - it is raised where results are taken
            self._results.put(_Raised(problem))


def map_ordered(
    work: Callable[[int, Stop], Result], count: int, at_once: int
) -> Generator[Result, None, None]:
    """Call `work(n, stop)` for n below `count`, and yield the results in order.

    At most `at_once` calls run at the same time. `work` calls `stop` as it goes on; that raises
    once another call failed or the results are no longer wanted. The first error in order is
    raised.
    """
    workers = Workers[tuple[int, Result | _Raised]](Clock())

    def settle(number: int) -> tuple[int, Result | _Raised]:
        try:
            return number, work(number, workers.check)
        except BaseException as problem:  # noqa: BLE001 - it is raised when its turn comes
            return number, _Raised(problem)

    left = iter(range(count))
    settled: dict[int, Result | _Raised] = {}
    following = 0
    try:
        for number in islice(left, at_once):
            workers.start(partial(settle, number))
        while following < count:
            if (outcome := workers.take(_LONGEST_WAIT_SECONDS)) is None:
                continue
            for number in islice(left, 1):
                workers.start(partial(settle, number))
            settled[outcome[0]] = outcome[1]
            while following in settled:
                result = settled.pop(following)
                if isinstance(result, _Raised):
                    raise result.problem
                yield result
                following += 1
    finally:
        workers.close()
