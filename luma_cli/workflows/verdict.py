"""The end of a run: errors are printed as they occur, and the last one sums them up."""

from __future__ import annotations

from collections.abc import Iterable

from luma_cli.errors import LumaError, PartialError, WaitTimeoutError
from luma_cli.exit_codes import ExitCode
from luma_cli.workflows.pending import MOST_NAMED, named
from luma_cli.workflows.session import Reporter


class Verdict:
    """Collects the errors of jobs; keeps only the last one, and the late jobs."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._count = self._failed = 0
        self._exit_codes = set[ExitCode]()
        self._last: LumaError | None = None
        self._stopped: LumaError | None = None
        # Jobs that are late; the errors only of as many as are reported one by one.
        self._late_ids = set[str | None]()
        self._late: list[WaitTimeoutError] = []

    def add(self, problem: LumaError | None) -> None:
        """Take the outcome of one more job."""
        self._count += 1
        if problem is None:
            return
        self._failed += 1
        self._exit_codes.add(problem.exit_code)
        if isinstance(problem, WaitTimeoutError) and problem.hint is None:
            self._late_ids.add(problem.generation_id)
            if len(self._late) < MOST_NAMED:
                self._late.append(problem)
            return
        self._hold(problem)

    def stop(self, problem: LumaError) -> None:
        """Take the error that ended the run, regardless of earlier jobs."""
        self._stopped = problem

    def conclude(self, hint: str | None, order: Iterable[str]) -> None:
        """Raise the error of the run, if any; `hint` says how to continue unfinished jobs.

        Late jobs are named in this `order`.

        The error of a single job is raised. Errors of several jobs are printed, and the last one,
        or `PartialError` if the jobs ended differently, is raised. An error that ended the run
        overrides both.
        """
        for late in self._all_late(order):
            self._hold(late)
        if self._stopped is not None:
            self._hold(final := self._stopped)
        elif self._last is None:
            return
        elif self._failed < self._count or len(self._exit_codes) > 1:
            self._hold(final := PartialError(f"{self._failed} of {self._count} generations failed"))
        else:
            final = self._last
        if hint is not None:
            raise final.but(hint=f"{final.hint}; then {hint}" if final.hint else hint)
        raise final

    def _all_late(self, order: Iterable[str]) -> list[WaitTimeoutError]:
        late = [an_id for an_id in order if an_id in self._late_ids]
        if len(late) <= MOST_NAMED:
            return sorted(self._late, key=lambda error: late.index(str(error.generation_id)))
        return [
            WaitTimeoutError(
                f"timed out: {len(late):,} generations are still running: {named(late, len(late))}"
            )
        ]

    def _hold(self, problem: LumaError) -> None:
        if self._last is not None:
            self._reporter.error(self._last)
        self._last = problem
