"""Threads for work that must not block the calling thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Generic, NamedTuple, TypeVar

from luma_cli.host import Clock

Result = TypeVar("Result")
Stop = Callable[[], None]
# How long the end waits for running work, which a silent connection may block.
GRACE_SECONDS = 1.0
# Waits for a queue cannot be interrupted on Windows: look for signals this often.
_LONGEST_WAIT_SECONDS = 1.0


class StoppedEarlyError(Exception):
    """Other work failed, or the run ends."""


class _Raised(NamedTuple):
    problem: BaseException


class Workers(Generic[Result]):
    """A thread for each piece of work at the same time; the caller limits their number.

    One thread starts work and takes its results. This is not a pool of the standard library, whose
    shutdown would wait for all work.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._busy = 0
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()
        self._work: SimpleQueue[Callable[[], Result] | None] = SimpleQueue()
        self._results: SimpleQueue[Result | _Raised] = SimpleQueue()

    def start(self, work: Callable[[], Result]) -> None:
        """Start `work` in a thread."""
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
        """Return a result, or `None` after at most `seconds`.

        Raises the exception of the work.
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

    def rest(self) -> Iterator[Result]:
        """Yield the results that were not taken; work that was stopped early has none."""
        with suppress(Empty):
            while True:
                result = self._results.get_nowait()
                if not isinstance(result, _Raised):
                    yield result
                elif not isinstance(result.problem, StoppedEarlyError):
                    raise result.problem

    def check(self) -> None:
        """Raise `StoppedEarlyError` if running work must end."""
        if self._stopped.is_set():
            raise StoppedEarlyError

    def close(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """End the threads: idle ones at once, working ones when they call `check`."""
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

    At most `at_once` calls run at the same time. `work` calls `stop` regularly, which raises once
    another call failed or the results are no longer needed. The first error in order is raised.
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
