"""Workers without threads, whose work takes the time of a clock that stands still by itself."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from luma_cli.jobs.workers import Workers
from tests.support.program import TestClock


class SimulatedWorkers(Workers[Any]):
    """Does work when it is started and hands over its result `seconds` later.

    Work that takes longer says so by `spend`. What ends at the same moment comes in the order in
    which it was started.
    """

    def __init__(self, clock: TestClock, seconds: float = 0.0) -> None:
        super().__init__(clock)
        self.clock, self._seconds = clock, seconds
        self._spent = 0.0
        self._started = 0
        self._under_way: list[tuple[float, int, Any]] = []
        self.most_at_once = 0

    def spend(self, seconds: float) -> None:
        """Let the work that calls this take so much longer."""
        self._spent += seconds

    def start(self, work: Callable[[], Any]) -> None:
        self._spent = self._seconds
        result = work()
        self._started += 1
        heapq.heappush(self._under_way, (self.clock.time + self._spent, self._started, result))
        self.most_at_once = max(self.most_at_once, len(self._under_way))

    run_here = start

    def take(self, seconds: float) -> Any:
        if not self._under_way:
            self.clock.sleep(seconds)
        elif self._under_way[0][0] > self.clock.time + seconds:
            self.clock.time += seconds
        else:
            end, _, result = heapq.heappop(self._under_way)
            self.clock.time = max(self.clock.time, end)
            return result
        return None
