"""The jobs of a run that are not accepted yet, and which of them is sent when."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from luma_cli.batch.budget import Budget
from luma_cli.batch.job import PlannedJob
from luma_cli.batch.pace import Pace
from luma_cli.batch.window import Submission
from luma_cli.errors import LumaError, RateLimit, RateLimitedError
from luma_cli.jobs.submission_log import SubmissionLog
from luma_cli.jobs.submit import Attempts, Retry


@dataclass(slots=True, eq=False)
class Sending:
    """A job on its way to be accepted; `new_id` is that of its generation, as soon as it is known.

    `submission` identifies the attempt under way to `Pace`. `failed_uploads` counts those in a row
    that failed before it could be sent.
    """

    job: PlannedJob
    attempts: Attempts | None = None
    log: SubmissionLog | None = None
    new_id: str | None = None
    submission: Submission | None = None
    failed_uploads: int = 0


class SubmissionQueue:
    """New jobs in their order, and before them those that may be retried by now.

    Times are those of one clock, in seconds; `running` is the number of accepted jobs that have not
    ended.
    """

    def __init__(self, jobs: Iterable[PlannedJob], pace: Pace, budget: Budget) -> None:
        self._new, self._pace, self._budget = deque(jobs), pace, budget
        # Jobs that were refused for now, by the moment when they may be retried.
        self._refused: list[tuple[float, int, Sending]] = []
        self._refusals = 0
        self.under_way: dict[str, Sending] = {}

    def __len__(self) -> int:
        return len(self._new) + len(self._refused)

    def next_start(self, now: float, running: int) -> float:
        """Return the moment when a job may be sent; infinity if only the end of one allows it."""
        due = now if self._new else self._refused[0][0] if self._refused else math.inf
        if due == math.inf:
            return due
        return max(due, self._pace.next_start(now, running + len(self.under_way)))

    def reason(self, now: float, running: int) -> str | None:
        """Return why no job is sent now, if one is left."""
        return self._pace.reason(now, running + len(self.under_way)) if len(self) else None

    def shortest_seconds(self, now: float, running: int) -> float:
        """Return how long it takes at least until all jobs are sent."""
        return self._pace.shortest_seconds(now, running + len(self.under_way), len(self))

    def start(self, now: float, running: int) -> Sending:
        """Take out the job that is sent now; raises `CostLimitError` and leaves it."""
        if self._refused and self._refused[0][0] <= now:
            sending = heapq.heappop(self._refused)[2]
        else:
            self._budget.reserve(self._new[0].price)
            sending = Sending(self._new.popleft())
        sending.submission = self._pace.started(now, running + len(self.under_way))
        self.under_way[sending.job.key] = sending
        return sending

    def accepted(self, sending: Sending, now: float, limit: RateLimit | None) -> None:
        """Take out a job that the API has accepted."""
        del self.under_way[sending.job.key]
        self._pace.answered(_under_way(sending), now, limit)

    def refused(self, sending: Sending, now: float, *, is_sent_later: bool) -> None:
        """Take out a job that was certainly not accepted; another run may send it."""
        del self.under_way[sending.job.key]
        self._pace.failed(_under_way(sending), now)
        self._budget.release(sending.job.price.dollars)
        if is_sent_later:
            self._new.appendleft(sending.job)

    def unknown(self, sending: Sending, now: float) -> None:
        """Take out a job that may or may not have been accepted; its price stays reserved."""
        del self.under_way[sending.job.key]
        self._pace.failed(_under_way(sending), now)

    def retry(self, sending: Sending, retry: Retry, now: float, running: int) -> None:
        """Put a job back that is retried after a pause."""
        del self.under_way[sending.job.key]
        problem, due = retry.problem, now + retry.pause_seconds
        if isinstance(problem, RateLimitedError):
            limit = None if problem.exchange is None else problem.exchange.rate_limit
            in_progress = running + len(self.under_way)
            asked = problem.retry_after_seconds
            self._pace.limited(_under_way(sending), now, in_progress, limit, asked)
            due = now  # the pace says when a place is free, often before the API's `Retry-After`
        else:
            self._pace.failed(_under_way(sending), now)
        self._refusals += 1
        heapq.heappush(self._refused, (due, self._refusals, sending))

    def refunded(self, cost: Decimal | None) -> None:
        """Release what a job cost whose generation failed with a refund."""
        self._budget.release(cost)

    def resubmit(self, job: PlannedJob) -> None:
        """Put a job back whose generation failed, behind all others."""
        self._new.append(job)

    def give_up(self, reason: LumaError) -> None:
        """Record that the jobs that were refused for now are not sent any more."""
        for _, _, sending in self._refused:
            if sending.attempts is not None:
                sending.attempts.refuse(reason)
        self._refused.clear()


def _under_way(sending: Sending) -> Submission:
    """Return the attempt of a job that is under way."""
    submission, sending.submission = sending.submission, None
    if submission is None:
        raise AssertionError(f"job {sending.job.key} is not under way")
    return submission
