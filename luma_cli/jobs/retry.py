"""The retry policy of reads, and the pauses before each retry."""

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from luma_cli.errors import LumaError, RateLimitedError, UnavailableError, WaitTimeoutError
from luma_cli.host import Clock

FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 8.0
# A server may ask for any wait; a read costs nothing, so it is made at least once a minute.
LONGEST_RETRY_AFTER_SECONDS = 60.0
# The last request before a deadline gets this long.
SHORTEST_TIMEOUT_SECONDS = 1.0

TRANSIENT_ERRORS = (UnavailableError, RateLimitedError)

OnRetry = Callable[[LumaError, float], None]
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class Timed(Protocol[Result_co]):
    """A request that takes `timeout` seconds at most."""

    def __call__(self, *, timeout: float) -> Result_co: ...


class RetryPolicy(NamedTuple):
    """The policy of retries; `on_retry` is called with the problem and the pause."""

    retries: int
    clock: Clock
    on_retry: OnRetry


def backoff_seconds(failures_so_far: int, problem: LumaError | None = None) -> float:
    """Return the pause in seconds after the n-th failure in a row (n from 1): doubling, bounded.

    A `Retry-After` of the server overrides it, up to a minute.
    """
    asked = problem.retry_after_seconds if isinstance(problem, RateLimitedError) else None
    if asked is not None:
        return min(asked, LONGEST_RETRY_AFTER_SECONDS)
    # The exponent is bounded so that a wait of days does not end in an overflow.
    return min(FIRST_BACKOFF_SECONDS * 2.0 ** min(failures_so_far - 1, 10), LONGEST_BACKOFF_SECONDS)


def announce_retry(problem: LumaError, pause: float, policy: RetryPolicy, deadline: float) -> None:
    """Announce a retry after a pause.

    Raises `WaitTimeoutError` instead when the retry would not be made before the deadline.
    """
    if policy.clock.now() + pause >= deadline:
        late = WaitTimeoutError(
            f"`--timeout` ran out: {problem.message}", hint=problem.hint, exchange=problem.exchange
        )
        raise late from problem
    policy.on_retry(problem, pause)


def pause_before_retry(
    problem: LumaError, pause: float, policy: RetryPolicy, deadline: float
) -> None:
    """Announce a retry and sleep before it; raises as `announce_retry` does."""
    announce_retry(problem, pause, policy, deadline)
    policy.clock.sleep(pause)


def retry(read: Callable[[], Result], policy: RetryPolicy, deadline: float = math.inf) -> Result:
    """Call `read`, which must be a request without effects, until it succeeds.

    Temporary errors are retried by the policy and until `deadline`, in seconds of its clock. Raises
    the last error, or `WaitTimeoutError`.
    """
    for attempt in range(1, policy.retries + 1):
        try:
            return read()
        except TRANSIENT_ERRORS as caught:
            problem: LumaError = caught
        if problem.is_final:
            raise problem
        pause_before_retry(problem, backoff_seconds(attempt, problem), policy, deadline)
    return read()


def retry_in_time(read: Timed[Result], policy: RetryPolicy, deadline: float) -> Result:
    """Retry as `retry` does; each request gets the time that is left until the deadline."""

    def read_in_time() -> Result:
        left = deadline - policy.clock.now()
        return read(timeout=max(left, SHORTEST_TIMEOUT_SECONDS))

    return retry(read_in_time, policy, deadline)
