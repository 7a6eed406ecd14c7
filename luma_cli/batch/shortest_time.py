"""The shortest time that a batch takes, by the limits that are known before it starts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.batch.job import PlannedJob
from luma_cli.rules.constants import DEFAULT_MODEL, DEFAULT_TYPE
from luma_cli.rules.interpretation import JOBS_AT_ONCE, REQUESTS_PER_MINUTE

if TYPE_CHECKING:
    from luma_cli.journal.journal import Journal

_MINUTE = 60


class ShortestTime(NamedTuple):
    """The shortest time of some jobs, and what is assumed.

    `job_seconds` is the usual time of a job on this machine, `None` if it is unknown; then the
    number of jobs at once does not count.
    """

    seconds: float
    per_minute: int
    at_once: int
    job_seconds: float | None

    def __str__(self) -> str:
        """Return `14 min at 30 a minute and 10 at once, if a job takes 20 s`."""
        pace = f"at {self.per_minute:,} a minute and {self.at_once:,} at once"
        if self.job_seconds is None:
            return f"{self.shown} {pace}; the time of a job is unknown"
        return f"{self.shown} {pace}, if a job takes {show_roughly(self.job_seconds)}"

    @property
    def shown(self) -> str:
        """The time alone, as in `about 14 min`; it is more if the time of a job is unknown."""
        kind = "at least" if self.job_seconds is None else "about"
        return f"{kind} {show_roughly(self.seconds)}"


def shortest_time(
    jobs: Iterable[PlannedJob],
    journal: Journal | None,
    *,
    per_minute: int | None = None,
    at_once: int | None = None,
) -> ShortestTime:
    """Return how long jobs take at least; the limits are those of the API if omitted."""
    per_minute, at_once = per_minute or REQUESTS_PER_MINUTE, at_once or JOBS_AT_ONCE
    usual: dict[tuple[str, str], float | None] = {}
    count, known, total = 0, 0, 0.0
    for job in jobs:
        body = job.request.body
        kind = (str(body.get("type") or DEFAULT_TYPE), str(body.get("model") or DEFAULT_MODEL))
        if kind not in usual:
            usual[kind] = None if journal is None else _usual_seconds(journal, kind)
        count += 1
        if (seconds := usual[kind]) is not None:
            known, total = known + 1, total + seconds
    mean = total / known if known else None
    last_start = max(count - 1, 0) // per_minute * _MINUTE
    waves = -(-count // at_once)
    seconds = max(last_start + (mean or 0), waves * (mean or 0))
    return ShortestTime(seconds, per_minute, at_once, mean)


def show_roughly(seconds: float) -> str:
    """Return a time as `40 s`, `14 min` or `2 h 5 min`."""
    if seconds <= 1.5 * _MINUTE:
        return f"{max(round(seconds), 1)} s"
    hours, minutes = divmod(-(-int(seconds) // _MINUTE), _MINUTE)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def _usual_seconds(journal: Journal, kind: tuple[str, str]) -> float | None:
    from luma_cli.journal.find import usual_seconds

    if (account := journal.account) is None:
        return None
    return usual_seconds(journal, *kind, account.base_url, account.sandbox)
