"""How long a run still takes, from its pace so far."""

from __future__ import annotations

from collections.abc import Iterable

# A running job is never counted as done, even if it takes longer than others.
_MOST_DONE = 0.95


class Estimate:
    """Counts the jobs that have ended since `began`; running ones count by their age."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._ended, self._seconds = 0, 0.0

    def ended(self, seconds: float) -> None:
        """Count a job that ended so many seconds after its submission."""
        self._ended += 1
        self._seconds += seconds

    def seconds_left(self, now: float, ages: Iterable[float], left: int) -> float | None:
        """Return the time until the end of the jobs that are `left`, `None` if it is unknown.

        `ages` are those of the running jobs in seconds, which are among them.
        """
        if not self._ended or not left or now <= self._began:
            return None
        usual = max(self._seconds / self._ended, 1e-3)
        begun = min(sum(min(age / usual, _MOST_DONE) for age in ages), float(left))
        return (left - begun) * (now - self._began) / (self._ended + begun)
