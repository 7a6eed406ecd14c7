"""The jobs of a run that are accepted and have no result yet."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from luma_cli.batch.durations import Durations, kind_of
from luma_cli.batch.job import PlannedJob
from luma_cli.errors import OutcomeUnknownError
from luma_cli.rules.constants import STATES, TERMINAL_STATES


class RunningJob(NamedTuple):
    """An accepted job; `is_reused` if an earlier invocation submitted it, for `cost`.

    `began` is when this invocation began to wait for it, in seconds of the clock.
    """

    job: PlannedJob
    began: float
    cost: Decimal | None
    is_reused: bool = False


class RunningJobs:
    """Accepted jobs by their generation ids, until they are saved or have failed.

    `count` is the number of those that hold a place of the account: they have not ended, as far as
    is known.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, RunningJob] = {}
        self._unended = set[str]()
        self._durations = Durations()

    def __len__(self) -> int:
        return len(self._jobs)

    def __getitem__(self, generation_id: str) -> RunningJob:
        return self._jobs[generation_id]

    @property
    def count(self) -> int:
        """The number of jobs that have not ended."""
        return len(self._unended)

    def add(self, generation_id: str, running: RunningJob) -> None:
        """Add a job; raises `OutcomeUnknownError` if another one has its id."""
        if (other := self._jobs.get(generation_id)) is not None:
            raise OutcomeUnknownError(
                f"the API answered with {generation_id}, the id of row {other.job.row}",
                hint="a proxy may have answered in the API's place; look at the dashboard",
                generation_id=generation_id,
            )
        self._jobs[generation_id] = running
        self._unended.add(generation_id)

    def first_look(self, generation_id: str) -> float:
        """Return the age in seconds at which a new job is first asked about."""
        return self._durations.first_look(kind_of(self._jobs[generation_id].job))

    def state(self, generation_id: str, state: str, now: float) -> None:
        """Note the state in an answer about a job."""
        if state in TERMINAL_STATES:
            self._unended.discard(generation_id)
            self._durations.ended(generation_id)
        elif state in STATES:
            job, began, *_ = self._jobs[generation_id]
            self._durations.running(generation_id, kind_of(job), now - began)

    def pop(self, generation_id: str) -> RunningJob:
        """Take out a job that has a result."""
        self._unended.discard(generation_id)
        return self._jobs.pop(generation_id)
