"""One invocation of a batch: what is left of its run, the question, the work, the reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.batch.board import Board
from luma_cli.batch.budget import Budget
from luma_cli.batch.display import Display
from luma_cli.batch.exit import error_of_run
from luma_cli.batch.forgotten import account_digest, check_not_forgotten
from luma_cli.batch.job import PlannedJob
from luma_cli.batch.layout import Layout
from luma_cli.batch.left import (
    Left,
    check_cost,
    check_elsewhere,
    check_names,
    what_is_left,
)
from luma_cli.batch.manifest import Manifest, RunStart
from luma_cli.batch.ordered import InOrder
from luma_cli.batch.outcome import result_in_history, result_of_decision, unfinished
from luma_cli.batch.pace import Pace
from luma_cli.batch.questions import confirm_cost, confirm_fresh
from luma_cli.batch.queue import SubmissionQueue
from luma_cli.batch.reconcile import Action, OnChange, ReconcileOptions, reconcile
from luma_cli.batch.report.files import write_report
from luma_cli.batch.report.report import Report
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.runner import Runner
from luma_cli.batch.saved import CheckedLog
from luma_cli.batch.status import show_results
from luma_cli.batch.submitter import RunRules, Submitter
from luma_cli.batch.summary import Summary
from luma_cli.errors import LumaError, SaveError, StoppedError, UsageError
from luma_cli.journal.run_lock import run_lock
from luma_cli.journal.runs import (
    Run,
    find_run,
    jobs_of,
    settle_jobs,
    start_run,
)
from luma_cli.journal.spending import spent_by_run
from luma_cli.rules.prices import show_total

if TYPE_CHECKING:
    from luma_cli.journal.journal import Journal
    from luma_cli.output.output import Output
    from luma_cli.workflows.session import Session

MANIFEST = "manifest.jsonl"
# How the history is read when nothing is submitted any more.
_AS_IT_IS = ReconcileOptions(on_change=OnChange.KEEP)


class RunOptions(NamedTuple):
    """How a run is found, paced, limited and reported.

    `name` is that of the run, and `chosen_name` the one that the user gave it. `jobs` and
    `per_minute` are the user's own limits, `confirm_above` is in dollars. `ask` puts a question to
    the user and returns whether the answer is yes; `None` without a terminal. With `yes`, there is
    no question. `skipped` are the results of rows that make no job.
    """

    name: str
    folder: Path
    layout: Layout
    rules: RunRules
    reconcile: ReconcileOptions
    fresh: bool = False
    jobs: int | None = None
    per_minute: int | None = None
    ordered: bool = False
    reports: Sequence[Path] = ()
    skipped: Sequence[RowResult] = ()
    confirm_above: Decimal | int | None = None
    ask: Callable[[str], bool] | None = None
    yes: bool = False
    title: str = "batch"
    chosen_name: str | None = None


def run_batch(
    session: Session, out: Output, jobs: Sequence[PlannedJob], options: RunOptions
) -> LumaError | None:
    """Do what is left of a run, print a result for each job, and return the error it ends with.

    Raises what can be known before anything is sent: `RunLockedError`, `UsageError` for rows that
    have changed or belong to another run, `CostLimitError`, `StoppedError` for the answer no.
    """
    journal = session.history.journal
    with ExitStack() as stack:
        stack.enter_context(run_lock(journal, options.name))
        if options.fresh:
            confirm_fresh(journal, options)
        run = None if options.fresh else find_run(journal, options.name)
        if run is None and not options.fresh:
            check_elsewhere(journal, jobs, options.name, options.chosen_name)
            check_not_forgotten(options.folder / MANIFEST, options.name, journal.account)
        left = what_is_left(journal, run, jobs, options.reconcile)
        check_cost(session, run, left)
        check_names(left.new)
        confirm_cost(journal, options, left)
        # First, as a new run of the name would hide the one before.
        manifest = stack.enter_context(Manifest(options.folder / MANIFEST, session.clock))
        run = run or start_run(journal, options.name)
        account, total = account_digest(journal.account), len(jobs) + len(options.skipped)
        manifest.start(RunStart(options.name, total, options.layout, account))
        known = [
            result_of_decision(*each) for each in left.reused if each[1].action is not Action.WAIT
        ]
        manifest.record_all(known)
        stack.enter_context(session.interrupts.deferred())
        return _perform(session, out, run, left, known, manifest, jobs, options)


def _perform(
    session: Session,
    out: Output,
    run: Run,
    left: Left,
    known: Sequence[RowResult],
    manifest: Manifest,
    jobs: Sequence[PlannedJob],
    options: RunOptions,
) -> LumaError | None:
    journal, interrupts = session.history.journal, session.interrupts
    results, summary = dict[str, RowResult](), Summary()
    keys = _keys(jobs, options.skipped)
    checked = CheckedLog(journal, run.run)
    budget = Budget(session.limits.max_cost, spent_by_run(journal, run.run))
    board = Board(session.clock)
    with out.live(board.lines) as is_live:
        display = Display(out, board, manifest, session.clock, len(keys), budget, is_live=is_live)
        queue = SubmissionQueue(left.new, Pace(options.jobs, options.per_minute), budget)
        submitter = Submitter(session, run, options.rules, display.progress_of)
        waiting = [each for each in left.reused if each[1].action is Action.WAIT]
        runner = Runner(session, queue, submitter, known, waiting, options.rules, display)
        in_order = InOrder(keys, display.print_result)
        show = in_order.add if options.ordered else display.print_result

        def take(result: RowResult) -> None:
            results[result.key] = result
            summary.add(result)
            display.ended(result, summary)
            if result.status is Status.SAVED:
                checked.add(result.key, result.files)

        try:
            for result in chain(options.skipped, runner.results()):
                take(result)
                with interrupts.raised():  # a reader of stdout may keep it waiting
                    show(result)
        except KeyboardInterrupt:
            runner.stop(StoppedError("interrupted"))
            display.stop_printing()
            for result in runner.rest():
                take(result)
        skipped = [each for each in options.skipped if each.key not in results]
        for result in skipped + _rest(journal, run, left, results):
            take(result)
            show(result)
        in_order.finish()
    checked.flush()
    in_rows = [results[key] for key in keys]
    error = error_of_run(summary, runner.stopped)
    if not isinstance(error, StoppedError):  # which has the counts
        out.note(_ending(summary))
    failed = _write_reports(out, in_rows, summary, options)
    error = error or display.problem
    if error is not None and failed is not None:
        out.error(failed)
    return error or failed


def _keys(jobs: Sequence[PlannedJob], skipped: Sequence[RowResult]) -> list[str]:
    """Return the keys of all results in the order of the rows."""
    rows = [(job.row, job.key) for job in jobs]
    rows += [(result.row, result.key) for result in skipped]
    return [key for _, key in sorted(rows, key=itemgetter(0))]


def _ending(summary: Summary) -> str:
    """Return the counts of a run that has ended, and what its jobs cost."""
    done = summary.saved_before
    before = [f"{done:,} were done before"] if done else []
    return " · ".join([str(summary), *before, f"about {show_total(summary.cost)}"])


def _rest(
    journal: Journal, run: Run, left: Left, results: Mapping[str, RowResult]
) -> list[RowResult]:
    """Return the results of jobs whose end was not seen, from what the history has of them."""
    jobs = [(job, False) for job, _ in left.reused if job.key not in results]
    jobs += [(job, True) for job in left.new if job.key not in results]
    known = jobs_of(journal, run.run) if jobs else {}
    return [
        result_of_decision(job, reconcile(job, known.get(job.key), _AS_IT_IS), is_new=is_new)
        for job, is_new in jobs
    ]


def _write_reports(
    out: Output, results: list[RowResult], summary: Summary, options: RunOptions
) -> LumaError | None:
    """Write all reports; return the error of the last one that cannot be written."""
    failed: LumaError | None = None
    for path in options.reports:
        try:
            write_report(path, Report(options.title, options.layout, summary, results))
        except SaveError as problem:
            if failed is not None:
                out.error(failed)
            failed = problem
    return failed


def show_status(
    session: Session, out: Output, jobs: Sequence[PlannedJob], options: RunOptions
) -> LumaError | None:
    """Print what the history has of each job; return the error that the run would end with."""
    journal, run = _run_in_history(session, options.name)
    left = what_is_left(journal, run, jobs, options.reconcile)
    results = [result_of_decision(job, decision) for job, decision in left.reused]
    results += [unfinished(job, Status.NOT_SENT) for job in left.new]
    results += options.skipped
    results.sort(key=lambda result: result.row)
    return _show(out, results)


def show_status_of_run(session: Session, out: Output, name: str) -> LumaError | None:
    """Print what the history has of a run without its file: the jobs that were submitted.

    They are numbered in the order of their submission.
    """
    journal, run = _run_in_history(session, name)
    settle_jobs(journal, run.run)
    known = sorted(jobs_of(journal, run.run).values(), key=lambda job: job.entry or 0)
    return _show(out, [result_in_history(number, job) for number, job in enumerate(known, 1)])


def _run_in_history(session: Session, name: str) -> tuple[Journal, Run]:
    journal = session.history.existing
    run = None if journal is None else find_run(journal, name)
    if journal is None or run is None:
        raise UsageError(f"the history has no run `{name}`")
    return journal, run


def _show(out: Output, results: Sequence[RowResult]) -> LumaError | None:
    summary = Summary(results)
    show_results(out, results, summary)
    return error_of_run(summary)
