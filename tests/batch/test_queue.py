"""Which job of a batch is submitted when."""

from __future__ import annotations

import pytest

from luma_cli.batch.budget import Budget
from luma_cli.batch.pace import Pace
from luma_cli.batch.queue import SubmissionQueue
from luma_cli.batch.slots import FIRST_PAUSE_SECONDS
from luma_cli.errors import LumaError, RateLimitedError, UnavailableError
from luma_cli.jobs.submit import Retry
from tests.batch.planning import plan


@pytest.mark.parametrize(
    ("problem", "pause", "moment"),
    [
        (RateLimitedError("too many jobs", retry_after_seconds=60.0), 60.0, 5.0),
        (UnavailableError("cannot connect"), 8.0, 9.0),
    ],
)
def test_a_job_that_found_no_slot_is_sent_when_one_is_free(
    problem: LumaError, pause: float, moment: float
) -> None:
    queue = SubmissionQueue(plan("prompt\na\nb\n").jobs, Pace(), Budget(None))
    queue.accepted(queue.start(0.0, 0), 1.0, None)
    queue.retry(queue.start(1.0, 1), Retry(problem, pause), 1.0, 1)

    if isinstance(problem, RateLimitedError):
        assert queue.next_start(4.0, 1) == 1.0 + FIRST_PAUSE_SECONDS
    assert queue.next_start(5.0, 0) == moment
