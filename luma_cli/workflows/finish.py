"""From ids to results: wait, download, print, and the one error that says how it went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from luma_cli.context import AppContext
from luma_cli.errors import AuthError, LumaError, NoMatchError
from luma_cli.jobs.history import JobHistory
from luma_cli.jobs.outage import Outage
from luma_cli.jobs.poll import JobPoll, Lookup, Poll, Watch
from luma_cli.jobs.scheduler import Scheduler
from luma_cli.output.progress import FewLines, Progress
from luma_cli.workflows.collect import Collected, Collector
from luma_cli.workflows.plan import Plan, remember, way_on
from luma_cli.workflows.read import retry_policy
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
    history = JobHistory(cli.history, cli.out.warning)
    with cli.out.progress() as screen:
        progress = FewLines(screen)
        collector = Collector(cli, plan, progress, history)
        scheduler = Scheduler(cli.host.clock, collector.collect)
        scheduler.read_from(_polls(cli, pending, plan, progress, history))
        try:
            with closing(scheduler.run()) as results:
                for collected in results:
                    problem = _print(cli, collected, plan)
                    if problem is not None and plan.just_submitted:
                        problem = uncollected(problem, collected.finished.id)
                    verdict.add(problem)
                    if collected.finished.answer is not None:
                        pending.settled(collected.finished.id)
        except AuthError as refused:  # the key is, and with it every other id
            verdict.stop(_of_the_run(refused, pending, plan))
    cli.unfinished = None
    left = list(pending.left)
    verdict.conclude(way_on(cli, left, plan) if left else None, pending.taken)


class _Pending(Iterable[str]):
    """The ids of a run, each once; `taken` are those that were taken up, `left` has not ended."""

    def __init__(self, cli: AppContext, generation_ids: Iterable[str], plan: Plan) -> None:
        self._cli, self._plan = cli, plan
        self._arriving: Iterable[str] = generation_ids
        self.left: dict[str, None] = {}
        self.taken: dict[str, None] = {}
        if isinstance(generation_ids, Collection):
            self.left = dict.fromkeys(generation_ids)
            self._arriving = [*self.left]
            remember(cli, self.left, plan, told=not plan.just_submitted)
        if plan.just_submitted:
            if cli.paid is None or not cli.paid.told:
                cli.out.note(f"submitted as {', '.join(self.left)}")
            remember(cli, self.left, plan, told=True)

    def __iter__(self) -> Iterator[str]:
        for generation_id in self._arriving:
            if generation_id in self.taken:
                continue
            self.taken[generation_id] = None
            self.left[generation_id] = None
            if self._cli.unfinished is None:
                remember(self._cli, self.left, self._plan, told=True)
            yield generation_id

    def settled(self, generation_id: str) -> None:
        """Nothing of a job would be left behind any more."""
        self.left.pop(generation_id, None)
        if not self.left:
            self._cli.unfinished = None


def _polls(
    cli: AppContext, pending: _Pending, plan: Plan, progress: Progress, history: JobHistory
) -> Iterator[Poll]:
    """Yield how each job is asked about: until it ends or, without `--wait`, once."""
    expected: dict[str, float | None] = {}

    def report(generation_id: str, state: str) -> None:
        if generation_id not in expected and len(expected) < _MOST_ESTIMATES:
            expected[generation_id] = history.expected_seconds(generation_id)
        progress.waiting(generation_id, state, expected.get(generation_id))
        history.state(generation_id, state)
        cli.out.detail(f"{generation_id} {state}")

    def note_outage(problem: str | None, pause: float) -> None:
        again = f"{problem}; next request in {round(pause, 1):g} s"
        cli.out.note("the server answers again" if problem is None else again)

    get = cli.client.get_generation
    watch = Watch(get, report, Outage(note_outage), history.age)
    policy = retry_policy(cli)
    for generation_id in pending:
        if plan.wait:
            yield JobPoll(
                generation_id,
                watch,
                deadline=plan.deadline,
                poll_interval=plan.poll_interval,
                just_submitted=plan.just_submitted,
                is_collected=plan.saves,
            )
        else:
            yield Lookup(generation_id, get, policy, plan.deadline, is_collected=plan.saves)


def _of_the_run(refused: AuthError, pending: _Pending, plan: Plan) -> LumaError:
    """Return the error of a key as that of the run, which may be about one job."""
    if len(pending.taken) > 1:
        refused = refused.but(generation_id=None)
    if plan.just_submitted:
        return uncollected(refused, str(refused.generation_id))
    return refused


def _print(cli: AppContext, collected: Collected, plan: Plan) -> LumaError | None:
    """Print the result of a job; return its error, or that of the printing."""
    finished, files, problem = collected
    if finished.answer is None:
        return problem
    try:
        print_result(cli, finished.answer, files, plan)
    except NoMatchError as failure:  # the other generations are printed
        return problem or failure.but(generation_id=finished.id)
    return problem
