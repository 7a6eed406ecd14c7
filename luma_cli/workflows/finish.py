"""From ids to results: wait, download, print, and the one error that says how it went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial

from luma_cli.errors import LumaError, NoMatchError
from luma_cli.jobs.fetch import AT_ONCE
from luma_cli.jobs.history import JobHistory
from luma_cli.jobs.parallel import map_unordered
from luma_cli.jobs.wait import Finished, distinct, wait_for
from luma_cli.output.progress import FewLines, Progress
from luma_cli.workflows.collect import Collected, Collector
from luma_cli.workflows.pending import Pending
from luma_cli.workflows.plan import Plan, continue_hint
from luma_cli.workflows.results import print_result
from luma_cli.workflows.session import Session
from luma_cli.workflows.verdict import Verdict, uncollected

_MOST_ESTIMATES = 20


def finish(
    session: Session,
    generation_ids: Iterable[str],
    plan: Plan,
    pending: Pending | None = None,
) -> None:
    """Bring every id to its end and print each result as soon as it is there.

    Ids are taken one by one; those that are no collection are all the jobs in the history that are
    left to do. `pending` has the job already when it was `just_submitted`. Raises what
    `Verdict.conclude` does.
    """
    if not isinstance(generation_ids, Collection):
        plan = replace(plan, all_in_history=True)
    pending = pending or Pending()
    verdict = Verdict(session)
    notes = JobHistory(session.history.existing, session.reporter.warning)
    with pending:
        jobs = _Jobs(session, generation_ids, plan, pending)
        with session.reporter.progress() as screen:
            for brought in _brought(session, jobs, plan, FewLines(screen), notes):
                problem = _print(session, brought, plan)
                generation_id = brought.ended.generation_id
                if problem is not None and plan.just_submitted:
                    problem = uncollected(problem, generation_id)
                verdict.add(problem)
                if brought.ended.answer is not None:
                    pending.settle(generation_id)
        left = list(pending.left)
        pending.left.clear()  # the verdict says how to continue them
        verdict.conclude(continue_hint(session.command_line, left, plan) if left else None)


class _Jobs(Iterable[str]):
    """The ids of a run, which become pending as they are taken up; a collection does at once."""

    def __init__(
        self, session: Session, generation_ids: Iterable[str], plan: Plan, pending: Pending
    ) -> None:
        self._pending = pending
        self._hint_for = partial(continue_hint, session.command_line, plan=plan)
        self._arriving: Iterable[str] = generation_ids
        self.are_several = not isinstance(generation_ids, Collection)
        if isinstance(generation_ids, Collection):
            pending.add(generation_ids, self._hint_for)
            self._arriving, self.are_several = [*pending.left], len(pending.left) > 1
        if plan.just_submitted and not pending.is_told:
            session.reporter.note(f"submitted as {', '.join(pending.left)}")
        pending.is_told = True

    def __iter__(self) -> Iterator[str]:
        for generation_id in self._arriving:
            self._pending.add([generation_id], self._hint_for)
            yield generation_id


def _brought(
    session: Session, jobs: _Jobs, plan: Plan, progress: Progress, notes: JobHistory
) -> Iterator[Collected]:
    """Yield each job when all of it is here; several are fetched while others are waited for."""
    ended = _ended(session, jobs, plan, progress, notes)
    collector = Collector(session, plan, progress, notes)
    if jobs.are_several and plan.saves:
        yield from map_unordered(collector.collect, ended, AT_ONCE)
    else:
        yield from (collector.collect(each, lambda: None) for each in ended)


def _ended(
    session: Session,
    generation_ids: Iterable[str],
    plan: Plan,
    progress: Progress,
    notes: JobHistory,
) -> Iterator[Finished]:
    """Yield each id with its last answer, or with the error that stands in its place."""
    expected: dict[str, float | None] = {}

    def report(generation_id: str, state: str) -> None:
        if generation_id not in expected and len(expected) < _MOST_ESTIMATES:
            expected[generation_id] = notes.expected_seconds(generation_id)
        progress.waiting(generation_id, state, expected.get(generation_id))
        notes.state(generation_id, state)
        session.reporter.detail(f"{generation_id} {state}")

    def note_trouble(problem: str | None, pause: float) -> None:
        again = f"{problem}; next request in {round(pause, 1):g} s"
        session.reporter.note("the server answers again" if problem is None else again)

    if plan.wait:
        yield from wait_for(
            session.api,
            generation_ids,
            clock=session.clock,
            deadline=plan.deadline,
            poll_interval=plan.poll_interval,
            just_submitted=plan.just_submitted,
            report=report,
            on_trouble=note_trouble,
            age_of=notes.age,
        )
        return
    for generation_id in distinct(generation_ids):
        try:
            yield Finished(
                generation_id, session.read_generation(generation_id, deadline=plan.deadline)
            )
        except LumaError as problem:
            yield Finished(generation_id, error=problem.but(generation_id=generation_id))


def _print(session: Session, brought: Collected, plan: Plan) -> LumaError | None:
    """Print what a job brought; return its error, or that of the printing."""
    ended, files, problem = brought
    if ended.answer is None:
        return problem
    try:
        print_result(session, ended.answer, files, plan)
    except NoMatchError as failure:  # the other generations are printed
        return problem or failure.but(generation_id=ended.generation_id)
    return problem
