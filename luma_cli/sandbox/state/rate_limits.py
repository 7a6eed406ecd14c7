"""Rate limits per key: submissions in any 60 seconds, and jobs at once."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import NamedTuple

from luma_cli.rules.violation import Violation

WINDOW_SECONDS = 60
_JOBS_RETRY_SECONDS = 60


class LimitDecision(NamedTuple):
    """The violation of a limit, if any, and the headers of the answer."""

    violation: Violation | None
    headers: Mapping[str, str]


class RateLimits:
    """Both limits, per key. 0 means no limit and no headers.

    Only counted submissions take memory: a request until it leaves the window of 60 seconds, a job
    until it ends, or for an hour.
    """

    def __init__(self, requests_per_minute: int, jobs_at_once: int) -> None:
        self._requests_per_minute, self._jobs_at_once = requests_per_minute, jobs_at_once
        self._requests: defaultdict[str, deque[float]] = defaultdict(deque)
        self._slots: defaultdict[str, list[float]] = defaultdict(list)

    def ask(self, owner: str, now: float) -> LimitDecision:
        """Check whether this key may submit at `now`, without counting a submission."""
        window, slots = self._requests[owner], self._slots[owner]
        while window and now - window[0] >= WINDOW_SECONDS:
            window.popleft()
        while slots and slots[0] <= now:
            heapq.heappop(slots)
        if self._requests_per_minute and len(window) >= self._requests_per_minute:
            free_at = window[0] + WINDOW_SECONDS
            headers = self._headers(remaining=0, reset=math.ceil(free_at))
            headers["Retry-After"] = str(max(math.ceil(free_at - now), 1))
            return LimitDecision(Violation(429, "Rate limit exceeded"), headers)
        if self._jobs_at_once and len(slots) >= self._jobs_at_once:
            headers = {"Retry-After": str(_JOBS_RETRY_SECONDS)}
            return LimitDecision(Violation(429, "Too many concurrent jobs"), headers)
        remaining = self._requests_per_minute - len(window) - 1
        return LimitDecision(None, self._headers(remaining, reset=int(now) + WINDOW_SECONDS))

    def count(self, owner: str, started: float, slot_until: float) -> None:
        """Count an accepted submission."""
        self._requests[owner].append(started)
        heapq.heappush(self._slots[owner], slot_until)

    def _headers(self, remaining: int, reset: int) -> dict[str, str]:
        if not self._requests_per_minute:
            return {}
        return {
            "X-RateLimit-Limit": str(self._requests_per_minute),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(reset),
        }
