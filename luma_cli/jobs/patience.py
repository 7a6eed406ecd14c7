"""How long to wait before asking again."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from luma_cli.errors import LumaError, RateLimitedError, UnavailableError
from luma_cli.host import Clock

FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 8.0
# A server may ask for any wait; beyond this a person would rather be told.
LONGEST_RETRY_AFTER_SECONDS = 120.0

PASSING_TROUBLE = (UnavailableError, RateLimitedError)

OnRetry = Callable[[LumaError, float], None]
Result = TypeVar("Result")


class Persistence(NamedTuple):
    """How often something is tried again, and who hears of the problem and the pause before."""

    retries: int
    clock: Clock
    on_retry: OnRetry


def backoff_seconds(failures_so_far: int, problem: LumaError | None = None) -> float:
    """Return the pause after the n-th failure in a row (n from 1): doubling, bounded.

    A `Retry-After` of the server wins.
    """
    asked = problem.retry_after_seconds if isinstance(problem, RateLimitedError) else None
    if asked is not None:
        return min(asked, LONGEST_RETRY_AFTER_SECONDS)
    # The exponent is bounded so that a wait of days does not end in an overflow.
    return min(FIRST_BACKOFF_SECONDS * 2.0 ** min(failures_so_far - 1, 10), LONGEST_BACKOFF_SECONDS)


def try_again(read: Callable[[], Result], persistence: Persistence) -> Result:
    """Call `read`, which must change nothing on the server, until it succeeds.

    Passing trouble is tried again, which the persistence is about. Raises the last error.
    """
    for attempt in range(1, persistence.retries + 1):
        try:
            return read()
        except PASSING_TROUBLE as problem:
            if problem.is_final:
                raise
            pause = backoff_seconds(attempt, problem)
            persistence.on_retry(problem, pause)
        persistence.clock.sleep(pause)
    return read()
