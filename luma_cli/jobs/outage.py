"""Reporting outages of the API."""

from __future__ import annotations

import math
from collections.abc import Callable

# The first outages are reported at once, then one in this many seconds.
_REPEAT_SECONDS = 30.0
_REPEAT_OF_LONG_PAUSES_SECONDS = 5.0
_MOST_PROMPT_NOTES = 10

# Gets what is wrong and the seconds until the next request; `None` when answers come again.
OnTrouble = Callable[[str | None, float], None]


class Outage:
    """Reports failing requests: at the start of an outage, occasionally during it, and its end.

    It ends when the last request of every job succeeded.
    """

    def __init__(self, tell: OnTrouble) -> None:
        self._tell = tell
        self._failing = set[str]()
        self._told_at, self._told = -math.inf, 0
        self._is_told = False

    def note(
        self, job: str, problem: str | None, now: float, pause: float, *, is_over: bool
    ) -> None:
        """Take the outcome of a request about a job, which is repeated after `pause` seconds.

        `is_over`: it is not repeated.
        """
        if problem is None or is_over:
            self._failing.discard(job)
            if self._is_told and not self._failing and problem is None:
                self._is_told = False
                self._tell(None, 0.0)
            return
        begins = not self._failing and self._told < _MOST_PROMPT_NOTES
        self._failing.add(job)
        silence = _REPEAT_SECONDS if pause < _REPEAT_SECONDS else _REPEAT_OF_LONG_PAUSES_SECONDS
        if begins or now - self._told_at >= silence:
            self._told_at, self._told, self._is_told = now, self._told + 1, True
            self._tell(problem, pause)
