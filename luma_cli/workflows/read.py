"""Reading from the API, patiently: a read can be repeated without harm."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from luma_cli.api.answer import Answer
from luma_cli.context import AppContext
from luma_cli.errors import LumaError
from luma_cli.jobs.outcomes import out_of_time
from luma_cli.jobs.retry import (
    PASSING_TROUBLE,
    SHORTEST_TIMEOUT_SECONDS,
    RetryPolicy,
    retry,
)

Result = TypeVar("Result")


def patiently(cli: AppContext, read: Callable[[], Result], *, deadline: float = math.inf) -> Result:
    """Call `read` until it succeeds, at most `--max-retries` times more; tries are announced."""
    return retry(read, retry_policy(cli), deadline=deadline)


def retry_policy(cli: AppContext) -> RetryPolicy:
    """Return how persistent the user wants us to be; tries are announced."""

    def announce(problem: LumaError, pause: float) -> None:
        cli.out.note(f"{problem}; next try in {pause:g} s")

    return RetryPolicy(cli.settings.max_retries, cli.host.clock, announce)


def read_generation(cli: AppContext, generation_id: str, *, deadline: float = math.inf) -> Answer:
    """Ask for a generation; raises the errors of `LumaClient`.

    A network error that lasts until the `deadline` (by the clock) is a `WaitTimeoutError`; behind
    it nothing is asked.
    """
    clock = cli.host.clock

    def read() -> Answer:
        left = deadline - clock.now()
        if left < 0:
            raise out_of_time(generation_id)
        timeout = max(left, SHORTEST_TIMEOUT_SECONDS)
        return cli.client.get_generation(generation_id, timeout=timeout)

    try:
        return patiently(cli, read, deadline=deadline)
    except PASSING_TROUBLE as problem:
        if clock.now() < deadline:
            raise
        raise out_of_time(generation_id, problem.message) from None


def note_answer(cli: AppContext, generation_id: str, answer: Answer) -> None:
    """Note in the history, if there is one, what an answer says of a job."""
    if cli.history is None:
        return
    from luma_cli.jobs.history import JobHistory

    JobHistory(cli.history, cli.out.warning).answered(generation_id, answer)


def read_file(cli: AppContext, file_id: str) -> Answer:
    """Ask for a file's record; raises the errors of `LumaClient`."""
    return patiently(cli, lambda: cli.client.get_file(file_id))
