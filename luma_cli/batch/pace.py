"""When the next submission of a batch may start: slots first, then the window.

Pure: times are arguments, and nothing here waits.
"""

from __future__ import annotations

import math

from luma_cli.batch.slots import Slots
from luma_cli.batch.window import WINDOW_SECONDS, Submission, Window
from luma_cli.errors import RateLimit

# The API's own value for full slots.
_RETRY_SECONDS = 60.0
# Refused submissions cost nothing: one follows sooner than after an odd `Retry-After`. Others may
# take each place that gets free: the shortest pause doubles from a second to half a minute.
_LONGEST_RETRY_SECONDS, _MOST_DOUBLINGS = 600.0, 5
# How many more may be under way for each that is accepted: the user's number of jobs is no guess.
_GROWTH, _GROWTH_WITH_CAP = 0.25, 1.0


class Pace:
    """Decides when one more submission may start.

    `running` is the number of jobs that may hold a slot: accepted ones that have not ended, and
    submissions under way. It never includes the submission that a call is about.

    The number of submissions under way at once starts with one, grows with accepted ones, and is
    one again after a refusal, so that a limit that is lower than expected refuses few.
    """

    def __init__(self, jobs_cap: int | None = None, per_minute_cap: int | None = None) -> None:
        self._slots, self._window = Slots(jobs_cap), Window(per_minute_cap)
        self._under_way, self._at_once = 0, 1.0
        self._growth = _GROWTH if jobs_cap is None else _GROWTH_WITH_CAP
        self._latency = 0.0
        self._blocked_until, self._refused_in_a_row = -math.inf, 0

    def next_start(self, now: float, running: int) -> float:
        """Return the moment when one more may start.

        Infinity if only an answer or the end of a job helps. Nothing may start that early if the
        answers until then say otherwise: ask again.
        """
        free = self._slots.next_free(now, running)
        at_once = min(self._at_once, self._slots.safe_at_once(running, self._needed_at_once))
        if free == math.inf or self._under_way + 1 > at_once:
            return math.inf
        return max(free, self._blocked_until, self._window.next_place(now))

    @property
    def _needed_at_once(self) -> float:
        """The number of submissions under way that keep up with the known rate."""
        rate = self._window.per_minute / WINDOW_SECONDS
        return 0.0 if rate == math.inf else rate * self._latency

    def shortest_seconds(self, now: float, running: int, jobs: int) -> float:
        """Return how long it takes at least until so many more have started."""
        first = self.next_start(now, running)
        pause = 0.0 if first == math.inf else first - now
        return pause + (jobs - 1) / self._window.per_minute * WINDOW_SECONDS if jobs else 0.0

    def started(self, now: float, running: int) -> Submission:
        """Count a submission that starts beside `running` others; the answer needs the result."""
        submission = self._window.start(now)
        submission.is_trial = self._slots.take(now, running, self._under_way)
        self._under_way += 1
        return submission

    def answered(self, submission: Submission, now: float, rate_limit: RateLimit | None) -> None:
        """Handle the answer that accepts a submission."""
        self._under_way -= 1
        self._at_once += self._growth
        self._latency = now - submission.started
        self._refused_in_a_row = 0
        self._window.accepted(submission, now, rate_limit)
        self._slots.accepted(is_trial=submission.is_trial)

    def limited(
        self,
        submission: Submission,
        now: float,
        running: int,
        rate_limit: RateLimit | None,
        retry_after: float | None,
    ) -> None:
        """Handle a 429: about the window if it says that none remains, else about the slots."""
        self._under_way -= 1
        self._at_once = 1.0
        asked = _RETRY_SECONDS if retry_after is None else retry_after
        pause = min(max(asked, 2.0**self._refused_in_a_row), _LONGEST_RETRY_SECONDS)
        if rate_limit is not None and not rate_limit.remaining:
            self._refused_in_a_row = min(self._refused_in_a_row + 1, _MOST_DOUBLINGS)
            self._blocked_until = max(self._blocked_until, now + pause)
            self._window.refused(submission, now, rate_limit, self._blocked_until)
            self._slots.failed(is_trial=submission.is_trial)
            return
        self._window.released()
        self._slots.refused(now, running)
        if running == 0:  # others have all slots
            self._blocked_until = max(self._blocked_until, now + pause)

    def failed(self, submission: Submission, now: float) -> None:
        """Handle any other end of a submission; it may have been counted."""
        self._under_way -= 1
        self._window.unknown(now)
        self._slots.failed(is_trial=submission.is_trial)

    def reason(self, now: float, running: int) -> str | None:
        """Return why none may start now, for the display."""
        moment = self.next_start(now, running)
        if moment <= now:
            return None
        if self._slots.next_free(now, running) > now:
            jobs = "1 job is" if running == 1 else f"{running} jobs are"
            return f"{jobs} running, the limit"
        if moment == math.inf:
            return None
        return f"rate limit: next in {math.ceil(moment - now)} s"
