"""What is seen of a run: a line for each job that has ended, and the counts of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_cli.batch.board import Board, Counts, RowProgress
from luma_cli.batch.budget import Budget
from luma_cli.batch.job import PlannedJob
from luma_cli.batch.manifest import SUBMITTED, Manifest
from luma_cli.batch.outcome import unfinished
from luma_cli.batch.queue import SubmissionQueue
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.row_lines import RowLines
from luma_cli.batch.summary import Summary
from luma_cli.errors import LumaError, NoMatchError, SaveError, StdoutError
from luma_cli.host import Clock
from luma_cli.output.progress import Progress

if TYPE_CHECKING:
    from luma_cli.output.output import Output

# How often the counts are printed without a terminal, and renewed on one.
_REPORT_SECONDS, _RENEWAL_SECONDS = 30.0, 1.0


class Display:
    """Prints the results of a run, and keeps its manifest and its counts up to date.

    A stdout that is closed or full ends the printing, not the run; so does a manifest that cannot
    be written.
    """

    def __init__(
        self,
        out: Output,
        board: Board,
        manifest: Manifest,
        clock: Clock,
        total: int,
        budget: Budget,
        *,
        is_live: bool,
    ) -> None:
        self._out, self._board, self._manifest, self._clock = out, board, manifest, clock
        self._budget, self._is_live = budget, is_live
        self._lines = RowLines(out, total)
        self._reports_at = clock.now() + _REPORT_SECONDS
        self._summary = Summary()
        self._is_printing = self._is_recording = True
        self._has_matched = False
        self._no_match: NoMatchError | None = None
        self._full: StdoutError | None = None

    @property
    def problem(self) -> LumaError | None:
        """The error of the printing, such as a `--transform` that matches nothing in any result."""
        return self._full or (None if self._has_matched else self._no_match)

    def began(self, job: PlannedJob, seconds_ago: float = 0.0) -> None:
        """Show a job that is submitted now, or is accepted since some time."""
        self._board.began(job, seconds_ago)

    def state(self, job: PlannedJob, state: str) -> None:
        """Show the state of an accepted job."""
        self._board.state(job.key, state)

    def postponed(self, job: PlannedJob) -> None:
        """Show a job no more that is submitted again later."""
        self._board.removed(job.key)

    def progress_of(self, job: PlannedJob) -> Progress:
        """Return the display of a job's uploads and downloads."""
        return RowProgress(self._board, job.key)

    def accepted(self, job: PlannedJob, generation_id: str) -> None:
        """Record an accepted job."""
        self._board.state(job.key, "queued")
        result = unfinished(job, Status.RUNNING, generation_id=generation_id)
        self._record(result, SUBMITTED)

    def ended(self, result: RowResult, summary: Summary) -> None:
        """Record the result of a job, unless it was known before the run."""
        self._summary = summary
        self._board.ended(result)
        is_old = result.reused and result.generation_text is None
        if not is_old or result.status is Status.RUNNING:
            self._record(result)

    def print_result(self, result: RowResult) -> None:
        """Print the result of a job as data, or for people as a line."""
        if not self._is_printing:
            return
        try:
            if self._out.for_people:
                self._lines.print(result)
            else:
                self._out.json_line(result.json_line())
                self._has_matched = True
        except BrokenPipeError:
            self._is_printing = False
        except KeyboardInterrupt:  # a signal ended the wait for a reader, who may never read on
            self._is_printing = False
            raise
        except NoMatchError as problem:  # another result may have a match
            self._no_match = problem
        except StdoutError as problem:
            self._is_printing, self._full = False, problem
            self._out.warning(f"{problem.message}; the outputs are still saved")

    def stop_printing(self) -> None:
        """Print no more results: a signal struck while the reader of stdout kept one waiting."""
        self._is_printing = False

    def changed(
        self, queue: SubmissionQueue, running: int, now: float, *, is_stopping: bool
    ) -> float:
        """Show the counts, and why no job is submitted now; return when to call this again."""
        self._board.update(
            Counts(
                (f"{self._summary.saved:,} saved", *self._summary.problems),
                len(queue),
                is_stopping,
                self._budget.spent,
                self._budget.limit,
                None if is_stopping else queue.reason(now, running),
                0.0 if is_stopping else queue.shortest_seconds(now, running),
            )
        )
        if self._is_live:
            return now + _RENEWAL_SECONDS
        if now >= self._reports_at:
            self._reports_at = now + _REPORT_SECONDS
            self._out.note(self._board.sentence)
        return self._reports_at

    def _record(self, result: RowResult, event: str | None = None) -> None:
        if not self._is_recording:
            return
        try:
            self._manifest.record(result, event)
        except SaveError as problem:
            self._is_recording = False
            self._out.warning(f"{problem.message}; the manifest is not continued")
