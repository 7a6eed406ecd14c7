"""Polling one job: when to request, how to interpret an answer, and when to give up."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from luma_cli.api.answer import Answer
from luma_cli.errors import LumaError
from luma_cli.jobs.outage import Outage
from luma_cli.jobs.outcomes import out_of_time
from luma_cli.jobs.retry import (
    TRANSIENT_ERRORS,
    RetryPolicy,
    announce_retry,
    backoff_seconds,
)

FIRST_POLL_SECONDS = 1.0
LONGEST_POLL_SECONDS = 5.0
SHORTEST_POLL_SECONDS = 0.1
# The API may not find a job that it has just accepted.
LONGEST_UNKNOWN_SECONDS = 30.0
_GROWTH = 1.25
# 4xx that are temporary or concern the route to the API, from any sender.
_NEVER_FINAL = (407, 408, 425, 429)

Report = Callable[[str, str], None]
Outcome = Answer | LumaError


class Get(Protocol):
    """Asks the API about one id, within `timeout` seconds."""

    def __call__(self, an_id: str, /, *, timeout: float) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a poll: the last answer, or an error in its place."""

    id: str
    answer: Answer | None = None
    error: LumaError | None = None


class Poll(ABC):
    """Requests one id until the answer is final.

    `due`, `deadline` and `asked`, the start of the last request, are times of the scheduler's
    clock; there is one last request at the deadline.
    `needs_collection`: work follows the end, which may take long.
    """

    __slots__ = ("_get", "asked", "deadline", "due", "id", "needs_collection")

    def __init__(self, an_id: str, get: Get, deadline: float, *, needs_collection: bool) -> None:
        self.id, self._get = an_id, get
        self.due = self.asked = 0.0
        self.deadline = deadline
        self.needs_collection = needs_collection

    def begin(self, now: float) -> None:
        """Plan the first request."""
        self.due = now

    def ask(self, timeout: float) -> Outcome:
        """Request once; the only method that is called in other threads."""
        try:
            return self._get(self.id, timeout=timeout)
        except LumaError as problem:
            return problem

    @abstractmethod
    def take(self, outcome: Outcome, now: float, shortest_interval: float) -> Finished | None:
        """Handle the result of `ask`; return the end, or plan the next request."""

    def expired(self) -> Finished:
        """Return the end of a poll after its deadline."""
        return self._failed(self._late())

    def _failed(self, problem: LumaError) -> Finished:
        return Finished(self.id, error=problem.but(generation_id=self.id))

    def _late(self, problem: str | None = None) -> LumaError:
        """Return the error of the deadline; `problem` is the last error."""
        return out_of_time(self.id, problem)


class Watch(NamedTuple):
    """The common parameters of all polls of a run.

    `report(id, state)` is called for every answer; `age_of(id)` is the age of a job in seconds.
    """

    get: Get
    report: Report
    outage: Outage
    age_of: Callable[[str], float] = lambda _: math.inf


class JobPoll(Poll):
    """Waits until a job ends.

    The polling interval grows from one second to five, or to the scheduler's shortest interval;
    `poll_interval` fixes it. The first request for a `just_submitted` job follows after the first
    interval, or after `first_look` seconds, before which such jobs do not end.

    Only the API's own refusal of an id ends its poll with that error, and, before the first answer,
    a permanent network error such as an invalid certificate. All other errors are temporary,
    including a 404 for a job younger than half a minute.
    """

    __slots__ = (
        *("_back_off", "_failures", "_first_look", "_interval", "_is_fixed", "_just_submitted"),
        "_problem",
        *("_unknown_until", "_was_answered", "_watch"),
    )

    def __init__(
        self,
        generation_id: str,
        watch: Watch,
        *,
        deadline: float = math.inf,
        poll_interval: float | None = None,
        just_submitted: bool = False,
        first_look: float = 0.0,
        needs_collection: bool = False,
    ) -> None:
        super().__init__(generation_id, watch.get, deadline, needs_collection=needs_collection)
        self._watch, self._just_submitted = watch, just_submitted
        self._first_look = first_look
        self._is_fixed = poll_interval is not None
        self._interval = FIRST_POLL_SECONDS
        if poll_interval is not None:
            self._interval = max(poll_interval, SHORTEST_POLL_SECONDS)
        self._failures, self._back_off = 0, 0.0
        # The last failure in words: an error would keep the whole exchange in memory.
        self._problem: str | None = None
        # What cannot pass was in the way from the start, or came up while others were answered.
        self._was_answered = just_submitted
        self._unknown_until = -math.inf

    def begin(self, now: float) -> None:
        self.due = now
        if self._just_submitted:
            self._watch.report(self.id, "submitted")
            self._unknown_until = now + LONGEST_UNKNOWN_SECONDS
            self.due = min(now + max(self._interval, self._first_look), self.deadline)

    def ask(self, timeout: float) -> Outcome:
        outcome = super().ask(timeout)
        try:
            if isinstance(outcome, Answer):
                outcome.generation  # noqa: B018 - raises for an answer that is none
        except LumaError as problem:
            return problem
        return outcome

    def take(self, outcome: Outcome, now: float, shortest_interval: float) -> Finished | None:
        finished = self._judge(outcome, now)
        if finished is None and now >= self.deadline:
            finished = self.expired()
        if finished is None:
            self._plan_next(now, shortest_interval)
        is_over = finished is not None
        self._watch.outage.note(self.id, self._problem, now, self.due - now, is_over=is_over)
        return finished

    def expired(self) -> Finished:
        return self._failed(self._late(self._problem))

    def _judge(self, outcome: Outcome, now: float) -> Finished | None:
        if isinstance(outcome, Answer):
            state = outcome.generation.state
            self._failures, self._back_off, self._problem = 0, 0.0, None
            self._was_answered = True
            self._watch.report(self.id, state)
            return Finished(self.id, outcome) if outcome.generation.is_terminal else None
        is_hopeless = outcome.is_final and not self._was_answered
        if is_hopeless or (_is_final(outcome) and not self._is_unknown_yet(outcome, now)):
            self._problem = outcome.message
            return self._failed(outcome)
        self._failures, self._problem = self._failures + 1, outcome.message
        self._back_off = backoff_seconds(self._failures, outcome)
        self._watch.report(self.id, "no answer")
        return None

    def _is_unknown_yet(self, problem: LumaError, now: float) -> bool:
        if problem.exchange is None or problem.exchange.status != 404:
            return False
        return now < self._unknown_until or self._watch.age_of(self.id) < LONGEST_UNKNOWN_SECONDS

    def _plan_next(self, now: float, shortest_interval: float) -> None:
        pause = self._interval
        if not self._is_fixed:
            pause = _pause_between(max(self._interval, shortest_interval), now - self.asked)
            self._interval = min(self._interval * _GROWTH, LONGEST_POLL_SECONDS)
        self.due = min(now + max(pause, self._back_off), self.deadline)


class Lookup(Poll):
    """Requests one answer, with retries of temporary errors by the policy."""

    __slots__ = ("_failures", "_policy")

    def __init__(
        self,
        an_id: str,
        get: Get,
        policy: RetryPolicy,
        deadline: float = math.inf,
        *,
        needs_collection: bool = False,
    ) -> None:
        super().__init__(an_id, get, deadline, needs_collection=needs_collection)
        self._policy, self._failures = policy, 0

    def take(self, outcome: Outcome, now: float, shortest_interval: float) -> Finished | None:  # noqa: ARG002 - retries are not paced
        if isinstance(outcome, Answer):
            self._failures = 0
            try:
                return self.judge(outcome, now)
            except LumaError as problem:
                return self._failed(problem)
        return self._retry(outcome, now)

    def judge(self, answer: Answer, now: float) -> Finished | None:  # noqa: ARG002 - for subclasses
        """Return the end, or plan the next request; raises `LumaError` for a bad answer."""
        answer.generation  # noqa: B018 - raises for an answer that is none
        return Finished(self.id, answer)

    def _retry(self, problem: LumaError, now: float) -> Finished | None:
        if not isinstance(problem, TRANSIENT_ERRORS):
            return self._failed(problem)
        self._failures += 1
        if problem.is_final or self._failures > self._policy.retries:
            if now >= self.deadline:
                return self._failed(self._late(problem.message))
            return self._failed(problem)
        pause = backoff_seconds(self._failures, problem)
        try:
            announce_retry(problem, pause, self._policy, self.deadline)
        except LumaError as late:
            return self._failed(late)
        self.due = now + pause
        return None


def _pause_between(interval: float, trip: float) -> float:
    """Return a pause after which the end of a job is known within one interval.

    The job may end right after the last request, and the next answer takes `trip` seconds.
    """
    return max(interval - 2 * trip, interval / 2)


def _is_final(problem: LumaError) -> bool:
    """Return whether a retry does not help: the API refused, or the request cannot be sent.

    A gateway, proxy or portal may send any status and any page; only the API gives a reason.
    """
    if isinstance(problem, TRANSIENT_ERRORS):
        return False
    exchange = problem.exchange
    if exchange is None or exchange.status is None:
        return True
    is_refusal = 400 <= exchange.status < 500 and exchange.status not in _NEVER_FINAL
    return is_refusal and bool((exchange.body or {}).get("detail"))
