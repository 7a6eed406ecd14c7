"""The API's sliding minute: how many submissions it still takes, as its last answers say."""

from __future__ import annotations

import math
from collections import deque

from luma_cli.errors import RateLimit

WINDOW_SECONDS = 60.0
# The API's clock may be a little slower.
MARGIN_SECONDS = 0.1
# What other programs did since an answer that is older is unknown.
FRESH_SECONDS = 5.0
# A program like this one takes places that get free back within so long.
HOLD_SECONDS = 2.0
# A key that others use is expected to be used by them for so long.
SHARED_SECONDS = 600.0


class Submission:
    """A submission under way, with what was known when it started."""

    __slots__ = ("accepted_before", "freed_before", "is_accepted", "is_old", "is_trial", "started")

    def __init__(self, started: float, accepted_before: int, freed_before: int) -> None:
        self.started = started
        self.accepted_before, self.freed_before = accepted_before, freed_before
        self.is_accepted = self.is_old = self.is_trial = False


class Window:
    """The submissions of the last minute, of this program and of others with the same key.

    The API counts a submission when it arrives, which is between its start and its answer. Its
    place is free one minute after the answer at the latest. What the API counts beside this
    program's submissions is of others, whose number is known within bounds: submissions under way
    may be counted or not.
    """

    def __init__(self, cap: int | None = None) -> None:
        self._cap = cap or math.inf
        self._limit = math.inf
        self._limit_seen = -math.inf
        self._under_way = 0
        # The moments when the places of answered submissions are free again.
        self._places: deque[float] = deque()
        self._freed = 0
        # Submissions that started in the last minute, which are counted if they were accepted.
        self._recent: deque[Submission] = deque()
        self._recent_accepted = self._accepted = 0
        # What others had in the window at an answer: the last, and earlier ones while they are
        # more, for a few seconds.
        self._others: deque[tuple[float, int]] = deque()
        self._fresh_until = self._others_seen = -math.inf
        # As the last refusal says: one place is free then, of this program or of another.
        self._oldest_leaves = math.inf

    @property
    def per_minute(self) -> float:
        """The known limit, infinity if there is none."""
        return min(self._cap, self._limit)

    def next_place(self, now: float) -> float:
        """Return the moment of the next free place: infinity if only an answer helps."""
        self._forget(now)
        room = self._room()
        if room <= 0:
            return self._next_known_place(now)
        return math.inf if self._under_way >= self._safe_at_once(now, room) else now

    def start(self, now: float) -> Submission:
        """Take a place."""
        self._forget(now)
        submission = Submission(now, self._accepted, self._freed)
        self._recent.append(submission)
        self._under_way += 1
        return submission

    def accepted(self, submission: Submission, now: float, limit: RateLimit | None) -> None:
        self._forget(now)
        self._keep_place(now)
        if limit is not None and limit.remaining is not None:
            # It counts itself, which is in `_places` but not yet in `_recent_accepted`.
            used = max(limit.per_minute - limit.remaining, 1)
            self._learn_others(submission, now, used - 1, used)
        self._oldest_leaves = math.inf
        submission.is_accepted = True
        self._accepted += 1
        self._recent_accepted += not submission.is_old
        self._learn_limit(now, limit)

    def refused(
        self, submission: Submission, now: float, limit: RateLimit, oldest_leaves: float
    ) -> None:
        """Handle the API's answer that the window is full until its oldest submission leaves."""
        self._forget(now)
        self._oldest_leaves = oldest_leaves
        self._under_way -= 1
        self._learn_others(submission, now, limit.per_minute, limit.per_minute)
        self._learn_limit(now, limit)

    def released(self) -> None:
        """Give a place back: the submission was not counted."""
        self._under_way -= 1

    def unknown(self, now: float) -> None:
        """Keep the place of a submission that may have been counted."""
        self._forget(now)
        self._keep_place(now)

    def _keep_place(self, now: float) -> None:
        self._under_way -= 1
        self._places.append(now + WINDOW_SECONDS + MARGIN_SECONDS)

    def _next_known_place(self, now: float) -> float:
        """Return when the next place is free in a full window."""
        moment = self._places[0] if self._places else math.inf
        if self._of_others:
            moment = min(moment, self._others[-1][0] + WINDOW_SECONDS)
        own = len(self._places) + self._under_way
        if self._under_way or own >= min(self._cap, self._limit):
            return moment
        return max(min(moment, self._oldest_leaves), now)

    def _safe_at_once(self, now: float, room: float) -> float:
        """Return how many may be under way at once, as others may send at the same time."""
        if self._limit == math.inf:
            return math.inf
        is_shared = now < self._others_seen + SHARED_SECONDS
        return max(room // 4, 1) if is_shared or now >= self._fresh_until else math.inf

    def _room(self) -> float:
        """Return how many more may be sent now."""
        own = len(self._places) + self._under_way
        others = self._of_others
        # Others may have sent more since the last answer.
        reserve = min(1 + others // 60, (self._limit - others) // 4) if others else 0
        return min(self._cap - own, self._limit - own - others - reserve)

    @property
    def _of_others(self) -> int:
        return self._others[0][1] if self._others else 0

    def _forget(self, now: float) -> None:
        """Free the places of more than a minute ago."""
        while self._places and self._places[0] <= now:
            self._places.popleft()
            self._freed += 1
        while self._recent and self._recent[0].started + WINDOW_SECONDS <= now:
            old = self._recent.popleft()
            old.is_old = True
            self._recent_accepted -= old.is_accepted
        if self._others and self._others[-1][0] + WINDOW_SECONDS <= now:
            self._others.clear()

    def _learn_limit(self, now: float, limit: RateLimit | None) -> None:
        if limit is not None:
            self._limit, self._limit_seen = limit.per_minute, now
            self._fresh_until = now + FRESH_SECONDS
        elif now >= self._limit_seen + WINDOW_SECONDS:
            self._limit = math.inf

    def _learn_others(self, submission: Submission, now: float, least: int, most: int) -> None:
        """Correct the number of others' submissions.

        `most` was counted when the submission arrived, `least` without itself.
        """
        freed_meanwhile = self._freed - submission.freed_before
        counted_at_most = len(self._places) + self._under_way + freed_meanwhile
        counted_surely = self._recent_accepted - (self._accepted - submission.accepted_before)
        lowest = max(most - counted_at_most, 0)
        highest = max(least - max(counted_surely, 0), 0)
        last = self._others[-1][1] if self._others else 0
        others = max(min(last, highest), lowest)
        if others:
            self._others_seen = now
        while self._others and self._others[-1][1] <= others:
            self._others.pop()
        self._others.append((now, others))
        while self._others[0][0] + HOLD_SECONDS <= now:
            self._others.popleft()
