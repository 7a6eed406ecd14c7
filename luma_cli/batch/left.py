"""What is left of a run, and what can be wrong with it before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.batch.budget import Budget
from luma_cli.batch.job import PlannedJob
from luma_cli.batch.place import Problem
from luma_cli.batch.problems import first_of
from luma_cli.batch.reconcile import Action, Decision, ReconcileOptions, reconcile
from luma_cli.digests import sha256_of
from luma_cli.errors import OutputExistsError, UsageError
from luma_cli.journal.runs import Run, elsewhere, jobs_of, record_checked, settle_jobs
from luma_cli.journal.spending import spent_by_run
from luma_cli.rules.prices import show_dollars
from luma_cli.transfers.download_log import SavedFile

if TYPE_CHECKING:
    from luma_cli.journal.journal import Journal
    from luma_cli.journal.run_job import CheckedFile
    from luma_cli.workflows.session import Session


class Left(NamedTuple):
    """What is left of a run: jobs to submit, and the others with what is known of them."""

    new: list[PlannedJob]
    reused: list[tuple[PlannedJob, Decision]]

    @property
    def cost(self) -> Decimal:
        """The known prices of all that is to be submitted."""
        return sum((job.price.dollars or Decimal(0) for job in self.new), Decimal(0))


def what_is_left(
    journal: Journal, run: Run | None, jobs: Iterable[PlannedJob], options: ReconcileOptions
) -> Left:
    """Compare planned jobs with what the history has of their run.

    Raises `UsageError`, after all rows are compared, for rows that have changed.
    """
    known = {}
    if run is not None:
        settle_jobs(journal, run.run)
        known = jobs_of(journal, run.run)
    left, changed = Left([], []), list[Problem]()
    checked: dict[str, Mapping[str, CheckedFile]] = {}
    for job in jobs:
        decision = reconcile(job, known.get(job.key), options)
        if decision.action is Action.SUBMIT and job.target.is_satisfied:
            decision = _skipped(job)
        if decision.problem is not None:
            changed.append(decision.problem)
        elif decision.action is Action.SUBMIT:
            left.new.append(job)
        else:
            left.reused.append((job, decision))
        if decision.checked is not None:
            checked[job.key] = decision.checked
    if run is not None and checked:
        record_checked(journal, run.run, checked)
    if changed:
        raise _changed(changed)
    return left


def _changed(problems: list[Problem]) -> UsageError:
    lines = first_of([str(problem) for problem in problems])
    return UsageError("; ".join(lines), hint=problems[0].hint)


def _skipped(job: PlannedJob) -> Decision:
    """Return the decision about a job whose output exists, and is not to be made again."""
    path = job.target.existing
    if path is None:
        return Decision(Action.SUBMIT)
    file = SavedFile(str(path), path.stat().st_size, sha256_of(path), "application/octet-stream")
    return Decision(Action.DONE, files=(file,))


def check_names(jobs: Iterable[PlannedJob]) -> None:
    """Raise `OutputExistsError` for existing files, and what `Target.check` raises for a folder."""
    folders, problems = set[str](), list[str]()
    hint: str | None = None
    for job in jobs:
        folder = str(job.target.parent)
        if folder in folders and job.target.existing is None:
            continue
        folders.add(folder)
        try:
            job.target.check()
        except OutputExistsError as problem:
            problems.append(f"{job.place}: {problem.message}")
            hint = problem.hint
    if problems:
        raise OutputExistsError("; ".join(first_of(problems)), hint=hint)


def check_elsewhere(
    journal: Journal, jobs: Sequence[PlannedJob], name: str, chosen_name: str | None
) -> None:
    """Raise `UsageError` if another run has the same jobs: a folder that was renamed, perhaps.

    A run with a `chosen_name` is meant to be another one, unless it has other shards of that name.
    """
    other = elsewhere(journal, name, {job.key: job.digest for job in jobs}, of=chosen_name)
    if other is not None:
        raise UsageError(
            f"the run `{other}` has rows of this file already",
            hint=f"`--run '{other}'` continues it, `--fresh` pays for all rows again",
        )


def check_cost(session: Session, run: Run | None, left: Left) -> None:
    """Say before the start that a limit will end the run, and raise for a price that is unknown."""
    limit = session.limits.max_cost
    if limit is None:
        return
    budget = Budget(
        limit, Decimal(0) if run is None else spent_by_run(session.history.journal, run.run)
    )
    for job in left.new:
        if job.price.dollars is None:
            budget.reserve(job.price)
    if budget.spent + left.cost > limit:
        session.reporter.warning(
            f"all jobs cost {show_dollars(budget.spent + left.cost)}; `--max-cost` ends the run at"
            f" {show_dollars(limit)}"
        )
