"""The simulated limits are those of the sandbox, whose headers the client reads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from luma_cli.api.rate_limit import rate_limit, seconds_asked
from luma_cli.sandbox.state.rate_limits import RateLimits
from tests.support.limited_server import Account, Reply


@given(
    pauses=st.lists(st.integers(0, 120), max_size=60),
    per_minute=st.none() | st.integers(1, 8),
    slots=st.none() | st.integers(1, 8),
    seconds=st.integers(1, 90),
)
def test_the_same_answers_as_the_sandbox(
    pauses: list[int], per_minute: int | None, slots: int | None, seconds: int
) -> None:
    account, limits, now = Account(per_minute, slots), RateLimits(per_minute or 0, slots or 0), 0.0
    for quarters in pauses:
        now += quarters / 4
        decision = limits.ask("key", now)
        if decision.violation is None:
            limits.count("key", now, now + seconds)
        asked = seconds_asked(decision.headers.get("Retry-After"), now)
        status = 201 if decision.violation is None else decision.violation.status

        expected = Reply(status, rate_limit(decision.headers), asked)
        assert account.submit(now, seconds) == expected
