"""From ids to results: wait, download, print, and the one error that says how it went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from luma_cli.context import AppContext
from luma_cli.errors import LumaError, NoMatchError
from luma_cli.jobs.fetch import AT_ONCE
from luma_cli.jobs.history import JobHistory
from luma_cli.jobs.parallel import map_unordered
from luma_cli.jobs.wait import Finished, distinct, wait_for
from luma_cli.output.progress import LimitedProgress, Progress
from luma_cli.workflows.collect import Collected, Collector
from luma_cli.workflows.plan import Plan, remember, way_on
from luma_cli.workflows.read import read_generation
from luma_cli.workflows.results import print_result
from luma_cli.workflows.verdict import Verdict, uncollected

_MOST_ESTIMATES = 20


def finish(cli: AppContext, generation_ids: Iterable[str], plan: Plan) -> None:
    """Bring every id to its end and print each result as soon as it is there.

    Ids are taken one by one; those that are no collection are all the jobs in the history that are
    left to do. Raises what `Verdict.conclude` does.
    """
    if not isinstance(generation_ids, Collection):
        plan = replace(plan, all_in_history=True)
    pending = _Pending(cli, generation_ids, plan)
    verdict = Verdict(cli)
    notes = JobHistory(cli.history, cli.out.warning)
    with cli.out.progress() as screen:
        for brought in _brought(cli, pending, plan, LimitedProgress(screen), notes):
            problem = _print(cli, brought, plan)
            generation_id = brought.ended.generation_id
            if problem is not None and plan.just_submitted:
                problem = uncollected(problem, generation_id)
            verdict.add(problem)
            if brought.ended.answer is not None:
                pending.settled(generation_id)
    cli.unfinished = None
    left = list(pending.left)
    verdict.conclude(way_on(cli, left, plan) if left else None)


class _Pending(Iterable[str]):
    """The ids of a run as they are taken up; `left` are those that did not come to their end."""

    def __init__(self, cli: AppContext, generation_ids: Iterable[str], plan: Plan) -> None:
        self._cli, self._plan = cli, plan
        self._arriving: Iterable[str] = generation_ids
        self.left: dict[str, None] = {}
        self.are_several = not isinstance(generation_ids, Collection)
        if isinstance(generation_ids, Collection):
            self.left = dict.fromkeys(generation_ids)
            self._arriving, self.are_several = [*self.left], len(self.left) > 1
            remember(cli, self.left, plan, told=not plan.just_submitted)
        if plan.just_submitted:
            if cli.paid is None or not cli.paid.told:
                cli.out.note(f"submitted as {', '.join(self.left)}")
            remember(cli, self.left, plan, told=True)

    def __iter__(self) -> Iterator[str]:
        for generation_id in self._arriving:
            self.left[generation_id] = None
            if self._cli.unfinished is None:
                remember(self._cli, self.left, self._plan, told=True)
            yield generation_id

    def settled(self, generation_id: str) -> None:
        """Nothing of a job would be left behind any more."""
        self.left.pop(generation_id, None)
        if not self.left:
            self._cli.unfinished = None


def _brought(
    cli: AppContext, pending: _Pending, plan: Plan, progress: Progress, notes: JobHistory
) -> Iterator[Collected]:
    """Yield each job when all of it is here; several are fetched while others are waited for."""
    ended = _ended(cli, pending, plan, progress, notes)
    collector = Collector(cli, plan, progress, notes)
    if pending.are_several and plan.saves:
        yield from map_unordered(collector.collect, ended, AT_ONCE)
    else:
        yield from (collector.collect(each, lambda: None) for each in ended)


def _ended(
    cli: AppContext,
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
        cli.out.detail(f"{generation_id} {state}")

    def note_trouble(problem: str | None, pause: float) -> None:
        again = f"{problem}; next request in {round(pause, 1):g} s"
        cli.out.note("the server answers again" if problem is None else again)

    if plan.wait:
        yield from wait_for(
            cli.client,
            generation_ids,
            clock=cli.host.clock,
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
                generation_id, read_generation(cli, generation_id, deadline=plan.deadline)
            )
        except LumaError as problem:
            yield Finished(generation_id, error=problem.but(generation_id=generation_id))


def _print(cli: AppContext, brought: Collected, plan: Plan) -> LumaError | None:
    """Print what a job brought; return its error, or that of the printing."""
    ended, files, problem = brought
    if ended.answer is None:
        return problem
    try:
        print_result(cli, ended.answer, files, plan)
    except NoMatchError as failure:  # the other generations are printed
        return problem or failure.but(generation_id=ended.generation_id)
    return problem
