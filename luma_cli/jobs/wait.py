"""Watching jobs until they end: one scheduler for one id or hundreds of thousands."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.api.client import LumaClient
from luma_cli.errors import LumaError
from luma_cli.host import Clock
from luma_cli.jobs.outcomes import out_of_time
from luma_cli.jobs.retry import PASSING_TROUBLE, SHORTEST_TIMEOUT_SECONDS, backoff_seconds

FIRST_POLL_SECONDS = 1.0
LONGEST_POLL_SECONDS = 5.0
SHORTEST_POLL_SECONDS = 0.1
# The API may not know a job yet that it has just accepted.
LONGEST_UNKNOWN_SECONDS = 30.0
_GROWTH = 1.25
# 4xx that are about the way to the API, or about the moment; whoever sends them.
_NEVER_FINAL = (407, 408, 425, 429)
# While answers fail this is said so often; the first few failures are said at once.
_REPEAT_SECONDS = 30.0
_REPEAT_OF_LONG_PAUSES_SECONDS = 5.0
_MOST_PROMPT_NOTES = 10

Report = Callable[[str, str], None]
# Gets what is wrong and the seconds until the next request; `None` when answers come again.
OnTrouble = Callable[[str | None, float], None]


@dataclass(frozen=True, slots=True)
class Finished:
    """A job that needs no more watching: its last answer, or the error that ended the watch."""

    generation_id: str
    answer: Answer | None = None
    error: LumaError | None = None


@dataclass(order=True, slots=True)
class _Watch:
    due: float
    order: int
    generation_id: str = field(compare=False)
    is_announced: bool = field(compare=False)
    # What cannot pass was in the way from the start, or came up while others were answered.
    was_answered: bool = field(compare=False)
    interval: float = field(compare=False, default=FIRST_POLL_SECONDS)
    failures: int = field(compare=False, default=0)
    back_off: float = field(compare=False, default=0)
    # The last failure in words: an error would keep the whole exchange in memory.
    problem: str | None = field(compare=False, default=None)


def wait_for(
    client: LumaClient,
    generation_ids: Iterable[str],
    *,
    clock: Clock,
    deadline: float,
    poll_interval: float | None,
    just_submitted: bool,
    report: Report,
    on_trouble: OnTrouble,
    age_of: Callable[[str], float] = lambda _: math.inf,
) -> Iterator[Finished]:
    """Poll every id and yield each as it ends.

    An id is taken from `generation_ids` when its first look is due. The pause between two looks
    grows from one second to five; `poll_interval` (seconds) fixes it. A job that was
    `just_submitted` gets its first look after the first pause. `report(id, state)` is called
    for every look, the last one included.

    Only the API's own refusal of an id ends its watch with that error, and, as long as no request
    for it was answered, what cannot pass: a certificate that does not verify. Whatever else comes
    instead of a generation is waited out, and `on_trouble` is called; so is a 404 for a job whose
    age (seconds, by `age_of`) is less than half a minute. At the `deadline` (by the clock) every id
    left ends with `WaitTimeoutError`.
    """
    start = clock.now()
    unknown_until = start + LONGEST_UNKNOWN_SECONDS if just_submitted else -math.inf
    look = _Look(client, clock, deadline, report, unknown_until, age_of)
    trouble = _Trouble(on_trouble)
    waiting: list[_Watch] = []
    for watch in _turns(_arrivals(generation_ids, start, poll_interval, just_submitted), waiting):
        if watch.is_announced:
            report(watch.generation_id, "submitted")
            watch.is_announced = False
        look.sleep_until(watch.due)
        is_asked, ended = look.at(watch)
        now = clock.now()
        if ended is None and now >= deadline:
            ended = Finished(
                watch.generation_id, error=out_of_time(watch.generation_id, watch.problem)
            )
        if ended is None:
            _plan_next(watch, now, fixed=poll_interval is not None)
            heapq.heappush(waiting, watch)
        if is_asked:
            pause = min(watch.due, deadline) - now
            trouble.take(watch, now, pause, is_over=ended is not None)
        if ended is not None:
            yield ended


def _arrivals(
    generation_ids: Iterable[str], start: float, poll_interval: float | None, just_submitted: bool
) -> Iterator[_Watch]:
    """Yield a watch for each id, when it is asked for."""
    interval = FIRST_POLL_SECONDS
    if poll_interval is not None:
        interval = max(poll_interval, SHORTEST_POLL_SECONDS)
    first_look = start + interval if just_submitted else start
    for order, generation_id in enumerate(distinct(generation_ids)):
        yield _Watch(
            first_look, order, generation_id, just_submitted, just_submitted, interval=interval
        )


def _turns(arriving: Iterable[_Watch], waiting: list[_Watch]) -> Iterator[_Watch]:
    """Yield the watch whose turn it is: each new one first, then the one that is due first."""
    yield from arriving
    while waiting:
        yield heapq.heappop(waiting)


def distinct(generation_ids: Iterable[str]) -> Iterator[str]:
    """Yield each id once."""
    seen = set[str]()
    for generation_id in generation_ids:
        if generation_id not in seen:
            seen.add(generation_id)
            yield generation_id


class _Trouble:
    """Says that answers fail: when that begins, now and then meanwhile, and when it is over.

    It is over when no job is left whose last request failed.
    """

    def __init__(self, tell: OnTrouble) -> None:
        self._tell = tell
        self._failing = set[str]()
        self._told_at, self._told = -math.inf, 0
        self._is_told = False

    def take(self, watch: _Watch, now: float, pause: float, *, is_over: bool) -> None:
        """Take the outcome of a look at a job; `pause` is how long the next one is away."""
        if watch.problem is None or is_over:
            self._failing.discard(watch.generation_id)
            if self._is_told and not self._failing and watch.problem is None:
                self._is_told = False
                self._tell(None, 0.0)
            return
        begins = not self._failing and self._told < _MOST_PROMPT_NOTES
        self._failing.add(watch.generation_id)
        silence = _REPEAT_SECONDS if pause < _REPEAT_SECONDS else _REPEAT_OF_LONG_PAUSES_SECONDS
        if begins or now - self._told_at >= silence:
            self._told_at, self._told, self._is_told = now, self._told + 1, True
            self._tell(watch.problem, pause)


class _Look(NamedTuple):
    """One request for a job's state; until `unknown_until` the API need not know the job."""

    client: LumaClient
    clock: Clock
    deadline: float
    report: Report
    unknown_until: float
    age_of: Callable[[str], float]

    def sleep_until(self, due: float) -> None:
        """Sleep until a look is due; the last moment allowed gets one last look."""
        if (pause := min(due, self.deadline) - self.clock.now()) > 0:
            self.clock.sleep(pause)

    def at(self, watch: _Watch) -> tuple[bool, Finished | None]:
        """Ask once, unless it is too late; return whether that was done, and the end of the job.

        It takes little longer than the time that is left.
        """
        generation_id = watch.generation_id
        left = self.deadline - self.clock.now()
        if left < 0:
            return False, None
        timeout = max(left, SHORTEST_TIMEOUT_SECONDS)
        try:
            answer = self.client.get_generation(generation_id, timeout=timeout)
            generation = answer.generation
        except LumaError as problem:
            is_hopeless = problem.is_final and not watch.was_answered
            is_unknown_yet = _is_not_found(problem) and self._is_new(generation_id)
            if is_hopeless or (_is_final(problem) and not is_unknown_yet):
                watch.problem = None
                return True, Finished(generation_id, error=problem.but(generation_id=generation_id))
            watch.failures, watch.problem = watch.failures + 1, problem.message
            watch.back_off = backoff_seconds(watch.failures, problem)
            self.report(generation_id, "no answer")
            return True, None
        watch.failures, watch.back_off, watch.problem, watch.was_answered = 0, 0, None, True
        self.report(generation_id, generation.state)
        return True, Finished(generation_id, answer) if generation.is_terminal else None

    def _is_new(self, generation_id: str) -> bool:
        if self.clock.now() < self.unknown_until:
            return True
        return self.age_of(generation_id) < LONGEST_UNKNOWN_SECONDS


def _is_final(problem: LumaError) -> bool:
    """Return whether asking again is no use: the API itself refused, or we do before we ask.

    A gateway, a proxy or a portal on the way may send any status and any page; the API says why.
    """
    if isinstance(problem, PASSING_TROUBLE):
        return False
    exchange = problem.exchange
    if exchange is None or exchange.status is None:
        return True
    is_refusal = 400 <= exchange.status < 500 and exchange.status not in _NEVER_FINAL
    return is_refusal and bool((exchange.body or {}).get("detail"))


def _is_not_found(problem: LumaError) -> bool:
    return problem.exchange is not None and problem.exchange.status == 404


def _plan_next(watch: _Watch, now: float, *, fixed: bool) -> None:
    watch.due = now + max(watch.interval, watch.back_off)
    if not fixed:
        watch.interval = min(watch.interval * _GROWTH, LONGEST_POLL_SECONDS)
