"""How many jobs of a batch ended in which way, and what they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from luma_cli.batch.result import RowResult, Status
from luma_cli.errors import LumaError

# In the order of a sentence; jobs with any other status are saved, or count as failed.
_WORDS = {
    Status.FAILED: "failed",
    Status.REFUSED: "refused",
    Status.UNKNOWN: "unknown",
    Status.RUNNING: "running",
    Status.NOT_SENT: "not sent",
    Status.SKIPPED: "skipped",
}


class Summary:
    """Counts the results of a batch; keeps no result, and one error of each class."""

    def __init__(self, results: Iterable[RowResult] = ()) -> None:
        self.jobs = self.saved = self.saved_before = self.files = 0
        self.cost = Decimal(0)
        self.seconds = 0.0
        self.errors: dict[type[LumaError], LumaError] = {}
        self._not_saved = Counter[Status]()
        for result in results:
            self.add(result)

    def add(self, result: RowResult) -> None:
        """Count one more job."""
        self.jobs += 1
        self.files += len(result.files)
        self.cost += result.cost or 0
        self.seconds += result.seconds or 0
        if result.error is not None:
            self.errors.setdefault(type(result.error), result.error)
        if result.is_saved:
            self.saved += 1
            self.saved_before += result.status is Status.SKIPPED
        else:
            self._not_saved[_shown_status(result)] += 1

    def count(self, *statuses: Status) -> int:
        """Return the number of jobs without their outputs on disk that have one of these."""
        return sum(self._not_saved[status] for status in statuses)

    @property
    def problems(self) -> list[str]:
        """What became of the jobs without their outputs on disk, as in `5 not sent`."""
        counts = ((self._not_saved[status], word) for status, word in _WORDS.items())
        return [f"{count:,} {word}" for count, word in counts if count]

    def __str__(self) -> str:
        """Return a sentence: `41 of 52 saved, 6 running, 5 not sent`."""
        return ", ".join([f"{self.saved:,} of {self.jobs:,} saved", *self.problems])


def _shown_status(result: RowResult) -> Status:
    """Return the status that explains a missing output: without a reason, a job has failed."""
    is_known = result.status in _WORDS
    is_failed = not is_known or (result.status is Status.SKIPPED and result.error is None)
    return Status.FAILED if is_failed else result.status
