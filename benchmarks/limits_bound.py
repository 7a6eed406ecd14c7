"""The shortest time in which a batch can end within the limits of an account."""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 60.0


def limits_bound(
    jobs: int, per_minute: int | None, slots: int | None, seconds_of_a_job: float
) -> float:
    """Return the seconds from the first submission to the end of the last job.

    Every request takes no time. Each job starts as early as the limits permit: one minute after
    the job `per_minute` places before it started, and when the job `slots` places before it ends.
    No other order is faster, as all jobs take the same time. `None` is no limit.
    """
    recent: deque[float] = deque(maxlen=max(per_minute or 0, slots or 0) or 1)
    start = 0.0
    for _ in range(jobs):
        if per_minute and len(recent) >= per_minute:
            start = max(start, recent[-per_minute] + WINDOW_SECONDS)
        if slots and len(recent) >= slots:
            start = max(start, recent[-slots] + seconds_of_a_job)
        recent.append(start)
    return start + seconds_of_a_job if jobs else 0.0
