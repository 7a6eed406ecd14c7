"""From what became of a job to its result."""

from __future__ import annotations

import os
from decimal import Decimal

from luma_cli.batch.job import PlannedJob, SkippedRow
from luma_cli.batch.place import Severity
from luma_cli.batch.reconcile import Action, Decision
from luma_cli.batch.result import RowResult, Status
from luma_cli.errors import (
    GenerationFailedError,
    LumaError,
    RejectedError,
    UsageError,
    WaitTimeoutError,
)
from luma_cli.jobs.outcomes import failure
from luma_cli.journal.entry import ACCEPTED, REFUSED
from luma_cli.journal.run_job import RunJob
from luma_cli.rules.prices import REFUNDED
from luma_cli.transfers.download_log import SavedFile, recorded_files
from luma_cli.workflows.collect import Collected

_STATUS_OF = {
    Action.DONE: Status.SKIPPED,
    Action.FAILED: Status.FAILED,
    Action.UNKNOWN: Status.UNKNOWN,
    Action.WAIT: Status.RUNNING,
}


def result_of_decision(job: PlannedJob, decision: Decision, *, is_new: bool = False) -> RowResult:
    """Return the result of a job that is left as the history has it; `is_new`: from this run."""
    if decision.action is Action.SUBMIT:
        return unfinished(job, Status.NOT_SENT)
    status = Status.SAVED if is_new and decision.action is Action.DONE else None
    error = decision.error
    is_free = isinstance(error, GenerationFailedError) and error.failure_code in REFUNDED
    return RowResult(
        job.row,
        job.key,
        status or _STATUS_OF[decision.action],
        reused=not is_new,
        generation_id=decision.generation_id,
        files=[_as_named(file, job) for file in decision.files],
        cost=Decimal(0) if is_free else decision.cost,
        error=error,
        cells=job.cells,
    )


def result_of_skipped(skipped: SkippedRow) -> RowResult:
    """Return the result of a row that makes no job."""
    row, key, problem, cells = skipped
    kind = RejectedError if problem.severity is Severity.REFUSED else UsageError
    error = kind(str(problem), hint=problem.hint)
    return RowResult(row, key, Status.SKIPPED, error=error, cells=cells)


def result_in_history(number: int, job: RunJob) -> RowResult:
    """Return the result of a job of which only the history is known."""
    status, error = Status.RUNNING, None
    if job.outcome == REFUSED or job.outcome is None:
        status = Status.NOT_SENT
    elif job.outcome != ACCEPTED:
        status = Status.UNKNOWN
    elif job.state == "failed":
        status = Status.FAILED
        error = failure(str(job.generation_id), job.failure_code, job.failure_reason)
    elif job.is_done:
        status = Status.SAVED
    files = list(recorded_files(job.files).values())
    return RowResult(
        number,
        job.key,
        status,
        reused=True,
        generation_id=job.generation_id,
        files=files,
        cost=Decimal(0) if job.is_free else job.cost,
        error=error,
    )


def _as_named(file: SavedFile, job: PlannedJob) -> SavedFile:
    """Return a file of the history, which has absolute paths, with the path of this command."""
    folder, name = str(job.target.parent), os.path.basename(file.path)  # noqa: PTH119 - faster
    return file._replace(path=name if folder == "." else os.path.join(folder, name))  # noqa: PTH118


def result_of_collected(
    job: PlannedJob,
    collected: Collected,
    *,
    cost: Decimal | None,
    is_reused: bool,
    seconds: float | None,
) -> RowResult:
    """Return the result of a job that was waited for; `cost` is that of its submission."""
    finished, files, problem = collected
    answer = finished.answer
    status = Status.SAVED if problem is None else Status.FAILED
    if isinstance(problem, WaitTimeoutError):
        status = Status.RUNNING
    is_free = answer is not None and answer.generation.failure_code in REFUNDED
    return RowResult(
        job.row,
        job.key,
        status,
        reused=is_reused,
        generation_id=finished.id,
        generation_text=None if answer is None else answer.text,
        files=files,
        cost=Decimal(0) if is_free else cost,
        error=problem,
        cells=job.cells,
        seconds=seconds,
    )


def unfinished(
    job: PlannedJob,
    status: Status,
    *,
    generation_id: str | None = None,
    is_reused: bool = False,
    error: LumaError | None = None,
) -> RowResult:
    """Return the result of a job that was refused, is unknown, still runs, or was not sent."""
    is_paid = status in (Status.RUNNING, Status.UNKNOWN)
    return RowResult(
        job.row,
        job.key,
        status,
        reused=is_reused,
        generation_id=generation_id,
        cost=job.price.dollars if is_paid else None,
        error=error,
        cells=job.cells,
    )
