"""How many jobs may run at once, learned from what the API refuses.

Slots that a refusal took are retried after 10 quiet seconds, and eight times as long after each
trial that fails: two programs with one key share their slots for 1 % refused among 1,000 jobs, but
up to ten refused among 60, and an account with few slots refuses less than 1 % of 600.
"""

from __future__ import annotations

import math

from luma_cli.rules.interpretation import JOBS_AT_ONCE

# One more slot is tried at most once in so many accepted submissions, so that less than 1 % are
# refused, and half as often after each refusal.
ACCEPTED_BEFORE_TRIAL, MOST_BEFORE_TRIAL = 100, 1600
QUIET_SECONDS = 60.0
# Slots that were expected before a refusal may be free again: a trial costs no more than a request.
FIRST_PAUSE_SECONDS, PAUSE_GROWTH, LONGEST_PAUSE_SECONDS = 10.0, 8.0, 3600.0
# Others may hold slots that were never held at once: each submission under way may be refused.
UNPROVEN_AT_ONCE = 4


class Slots:
    """The number of jobs that may run at once: `count`, or one more as a trial.

    As long as the API has refused none, each trial follows the last one; later, a minute must pass.
    Up to the number that was expected before a refusal, the first trial waits for a pause, and each
    that succeeds is followed by the next.
    """

    def __init__(self, cap: int | None = None) -> None:
        self.count = cap or JOBS_AT_ONCE
        self._most = cap or math.inf
        self._accepted, self._needed = 0, ACCEPTED_BEFORE_TRIAL
        self._is_trying = self._was_refused = False
        self._changed = self._try_again = -math.inf
        self._expected, self._pause = self.count, FIRST_PAUSE_SECONDS
        # As many ran at once.
        self._proven = 0

    def next_free(self, now: float, running: int) -> float:
        """Return the moment when one more job may run: infinity if only the end of one helps."""
        if running < self.count:
            return now
        may_try = running == self.count < self._most and not self._is_trying
        if not may_try:
            return math.inf
        if self.count < self._expected:
            return max(now, self._try_again)
        if self._accepted < self._needed:
            return math.inf
        return max(now, self._changed + QUIET_SECONDS) if self._was_refused else now

    def safe_at_once(self, running: int, needed: float) -> float:
        """Return how many may be under way, `needed` for the rate if so many are free."""
        if running < self._proven:
            return math.inf
        return max(min((self.count - running) // 2, max(needed, UNPROVEN_AT_ONCE)), 1)

    def take(self, now: float, running: int, under_way: int) -> bool:
        """Count a submission that starts beside `running` jobs; return whether it is a trial."""
        self._proven = max(self._proven, running - under_way)
        if running < self.count:
            return False
        self.count += 1
        self._is_trying, self._changed = True, now
        return True

    def accepted(self, *, is_trial: bool) -> None:
        self._accepted += 1
        if is_trial:
            self._is_trying, self._needed = False, ACCEPTED_BEFORE_TRIAL
            self._expected = max(self._expected, self.count)

    def refused(self, now: float, running: int) -> None:
        """Shrink to the jobs that run without the refused one, but never to none."""
        self.count = max(min(self.count, running), 1)
        self._proven = min(self._proven, running)
        if self._is_trying:
            self._pause = min(PAUSE_GROWTH * self._pause, LONGEST_PAUSE_SECONDS)
            self._needed = min(2 * self._needed, MOST_BEFORE_TRIAL)
        self._accepted, self._try_again = 0, now + self._pause
        self._was_refused, self._is_trying, self._changed = True, False, now

    def failed(self, *, is_trial: bool) -> None:
        self._is_trying &= not is_trial
