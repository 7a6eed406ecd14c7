"""How long the jobs of a run take, so that a job is asked about when it may have ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable

from luma_cli.batch.job import PlannedJob

_SAMPLES, _ENOUGH_SAMPLES = 20, 3


class Durations:
    """The ages at which jobs of one kind were last seen running, in seconds.

    Asking earlier about another job of that kind would free no place for the next one.
    """

    def __init__(self) -> None:
        self._seen_running: dict[str, tuple[Hashable, float]] = {}
        self._of_ended: dict[Hashable, deque[float]] = {}

    def running(self, generation_id: str, kind: Hashable, age: float) -> None:
        """Note that a job is still running."""
        self._seen_running[generation_id] = kind, age

    def ended(self, generation_id: str) -> None:
        """Note that a job has ended; one that was never seen running says nothing."""
        seen = self._seen_running.pop(generation_id, None)
        if seen is not None:
            kind, age = seen
            self._of_ended.setdefault(kind, deque(maxlen=_SAMPLES)).append(age)

    def first_look(self, kind: Hashable) -> float:
        """Return the age at which a new job is first asked about; 0 if too little is known."""
        ages = self._of_ended.get(kind, ())
        return min(ages) if len(ages) >= _ENOUGH_SAMPLES else 0.0


def kind_of(job: PlannedJob) -> Hashable:
    """Return what jobs that take equally long have in common."""
    body = job.request.body
    return str(body.get("type")), str(body.get("model")), job.price.dollars
