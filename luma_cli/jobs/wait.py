"""Watching jobs until they end: one scheduler for one id or hundreds."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from luma_cli.api.answer import Answer
from luma_cli.api.client import LumaClient
from luma_cli.durations import show_duration
from luma_cli.errors import LumaError, UnexpectedAnswerError, WaitTimeoutError
from luma_cli.host import Clock
from luma_cli.jobs.patience import PASSING_TROUBLE, backoff_seconds

FIRST_POLL_SECONDS = 1.0
LONGEST_POLL_SECONDS = 5.0
SHORTEST_POLL_SECONDS = 0.1
SHORTEST_TIMEOUT_SECONDS = 1.0
_GROWTH = 1.25

Report = Callable[[str, str], None]


@dataclass(frozen=True)
class Ended:
    """A job that needs no more watching: its last answer, or the error that ended the watch."""

    generation_id: str
    answer: Answer | None = None
    error: LumaError | None = None


@dataclass(order=True)
class _Watch:
    due: float
    order: int
    generation_id: str = field(compare=False)
    interval: float = field(compare=False, default=FIRST_POLL_SECONDS)
    failures: int = field(compare=False, default=0)
    back_off: float = field(compare=False, default=0)


def wait_for(
    client: LumaClient,
    generation_ids: Iterable[str],
    *,
    clock: Clock,
    timeout: float | None,
    poll_interval: float | None,
    just_submitted: bool,
    report: Report,
    on_trouble: Callable[[LumaError | None], None],
) -> Iterator[Ended]:
    """Poll every id and yield each as it ends.

    The pause between two looks grows from one second to five; `poll_interval` (seconds) fixes it.
    A job that was `just_submitted` gets its first look after the first pause. `report(id, state)`
    hears of every look, the last one included; `on_trouble` of the first problem when answers stop,
    and of `None` when they come again. Passing trouble is survived until `timeout` seconds have
    gone by; then every id left ends with `WaitTimeoutError`. An id that the server refuses ends
    with that error.
    """
    start = clock.now()
    deadline = math.inf if timeout is None else start + timeout
    interval = FIRST_POLL_SECONDS
    if poll_interval is not None:
        interval = max(poll_interval, SHORTEST_POLL_SECONDS)
    first_look = start + interval if just_submitted else start
    watches = [
        _Watch(first_look, order, generation_id, interval)
        for order, generation_id in enumerate(dict.fromkeys(generation_ids))
    ]
    for watch in watches if just_submitted else ():
        report(watch.generation_id, "submitted")
    in_trouble = False
    while watches:
        watch = heapq.heappop(watches)
        # The last moment allowed gets one last look.
        if (pause := min(watch.due, deadline) - clock.now()) > 0:
            clock.sleep(pause)
        left = deadline - clock.now()
        if left >= 0:
            problem, ended = _look(client, watch, left, report)
            if (problem is not None) != in_trouble:
                in_trouble = not in_trouble
                on_trouble(problem)
            if ended is not None:
                yield ended
                continue
        if clock.now() >= deadline:
            yield _out_of_time(watch.generation_id, timeout or 0)
        else:
            _plan_next(watch, clock.now(), fixed=poll_interval is not None)
            heapq.heappush(watches, watch)


def _look(
    client: LumaClient, watch: _Watch, left: float, report: Report
) -> tuple[LumaError | None, Ended | None]:
    """Ask once, taking little longer than `left` seconds; return passing trouble, or the end."""
    try:
        answer = client.get_generation(
            watch.generation_id, timeout=max(left, SHORTEST_TIMEOUT_SECONDS)
        )
        generation = answer.generation
    except UnexpectedAnswerError as problem:
        return None, _refused(watch, problem)
    except PASSING_TROUBLE as problem:
        watch.failures += 1
        watch.back_off = backoff_seconds(watch.failures, problem)
        report(watch.generation_id, "no answer")
        return problem, None
    except LumaError as problem:
        return None, _refused(watch, problem)
    watch.failures, watch.back_off = 0, 0
    report(watch.generation_id, generation.state)
    return None, Ended(watch.generation_id, answer) if generation.is_terminal else None


def _refused(watch: _Watch, problem: LumaError) -> Ended:
    problem.generation_id = watch.generation_id
    return Ended(watch.generation_id, error=problem)


def _plan_next(watch: _Watch, now: float, *, fixed: bool) -> None:
    watch.due = now + max(watch.interval, watch.back_off)
    if not fixed:
        watch.interval = min(watch.interval * _GROWTH, LONGEST_POLL_SECONDS)


def _out_of_time(generation_id: str, timeout: float) -> Ended:
    error = WaitTimeoutError(
        f"generation {generation_id} has not ended after {show_duration(timeout)}; it goes on",
        generation_id=generation_id,
    )
    return Ended(generation_id, error=error)
