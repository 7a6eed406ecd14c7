"""What is left to do for a planned job, by what the journal has of it and the disk of its files."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from luma_cli.batch.job import PlannedJob
from luma_cli.batch.place import Problem
from luma_cli.batch.saved import find_files
from luma_cli.errors import LumaError, OutcomeUnknownError
from luma_cli.jobs.outcomes import fails_again, failure
from luma_cli.journal.entry import ACCEPTED, REFUSED, SENDING, UNKNOWN
from luma_cli.journal.run_job import CheckedFile, RunJob
from luma_cli.transfers.download_log import SavedFile

_FAILED, _COMPLETED = "failed", "completed"


class OnChange(Enum):
    """What `--on-change` does with a job whose request differs from that of its submission."""

    RERUN = "rerun"
    KEEP = "keep"


class ReconcileOptions(NamedTuple):
    """The flags about jobs that the run has submitted before; `verify` hashes every file."""

    resubmit_failed: bool = False
    resubmit_unknown: bool = False
    on_change: OnChange | None = None
    verify: bool = False


class Action(Enum):
    """What a batch does with a job."""

    SUBMIT = "it was never accepted, or is to be submitted again"
    WAIT = "it was accepted, and its outputs are not all on disk"
    DONE = "its outputs are on disk"
    FAILED = "the generation failed"
    UNKNOWN = "it may or may not have been accepted"
    CHANGED = "its request is not the submitted one: an error of the input"


class Decision(NamedTuple):
    """What to do with a job, and the facts that it follows from.

    `WAIT` has a `generation_id`, `DONE` that and the files, `FAILED` that and an error, `UNKNOWN`
    an error, `CHANGED` a problem; `cost` is that of the submission. `checked` is for
    `record_checked`: files had to be hashed.
    """

    action: Action
    generation_id: str | None = None
    files: tuple[SavedFile, ...] = ()
    error: LumaError | None = None
    problem: Problem | None = None
    checked: Mapping[str, CheckedFile] | None = None
    cost: Decimal | None = None


def reconcile(job: PlannedJob, known: RunJob | None, options: ReconcileOptions) -> Decision:
    """Decide what is left to do for a job; `known` is what the run has of its key, if anything.

    A submission that a killed process left behind is settled before (`settle_jobs`).
    """
    if known is None or known.entry is None or known.outcome == REFUSED:
        return Decision(Action.SUBMIT)
    if known.outcome == SENDING:
        return Decision(Action.UNKNOWN, error=_being_sent(known))
    has_changed = job.digest != known.digest
    if _is_asked_for(known, options, has_changed=has_changed):
        return Decision(Action.SUBMIT)
    if has_changed and options.on_change is None:
        return Decision(Action.CHANGED, problem=_changed(job, known))
    if known.outcome != ACCEPTED or known.generation_id is None:
        return Decision(Action.UNKNOWN, error=_unclear(known), cost=known.cost)
    decision = _of_accepted(job, known, known.generation_id, options)
    return decision._replace(cost=known.cost)


def _is_asked_for(known: RunJob, options: ReconcileOptions, *, has_changed: bool) -> bool:
    """Return whether a job that may be paid for is to be submitted again, as the flags say."""
    if has_changed and options.on_change is OnChange.RERUN:
        return True
    if known.outcome != ACCEPTED or known.generation_id is None:
        return options.resubmit_unknown
    if known.state != _FAILED or not options.resubmit_failed:
        return False
    return has_changed or not fails_again(known.failure_code)


def _of_accepted(
    job: PlannedJob, known: RunJob, generation_id: str, options: ReconcileOptions
) -> Decision:
    if known.state == _FAILED:
        error = failure(generation_id, known.failure_code, known.failure_reason)
        return Decision(Action.FAILED, generation_id, error=error)
    # Before it is done, only some of several outputs may be on disk.
    if known.state == _COMPLETED and known.is_done:
        found = find_files(known, job.target, verify=options.verify)
        if found is not None:
            return Decision(Action.DONE, generation_id, found.files, checked=found.checked)
    return Decision(Action.WAIT, generation_id)


def _changed(job: PlannedJob, known: RunJob) -> Problem:
    return Problem(
        job.place,
        f"`{job.key}` was already submitted with another request, as entry {known.entry}",
        hint="`--on-change rerun` submits it again and pays again, `--on-change keep` keeps the"
        " earlier job",
    )


def _being_sent(known: RunJob) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"entry {known.entry} is being sent by another process",
        hint="run the same command again when that process has ended",
    )


def _unclear(known: RunJob) -> OutcomeUnknownError:
    if known.outcome == UNKNOWN:
        ids = ", ".join(attempt["request_id"] for attempt in known.attempts)
        fact = f"{known.detail or 'the reason was not kept'}; request id {ids or 'none'}"
    else:
        fact = "its entry in the history is damaged"
    return OutcomeUnknownError(
        f"entry {known.entry} may or may not have been accepted: {fact}",
        hint="look at the dashboard; `--resubmit-unknown` submits it again and may pay twice",
    )
