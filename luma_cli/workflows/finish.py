"""From ids to results: wait, download, print, and raise one error for all."""

from __future__ import annotations

import json
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial

from luma_cli.api.answer import Answer
from luma_cli.errors import AuthError, LumaError, NoMatchError, RejectedError
from luma_cli.jobs.history import JobHistory
from luma_cli.jobs.outage import Outage
from luma_cli.jobs.poll import JobPoll, Lookup, Poll, Watch
from luma_cli.jobs.scheduler import Scheduler
from luma_cli.jsontext.parts import with_member
from luma_cli.output.progress import LimitedProgress, Progress
from luma_cli.settings.sizes import show_size
from luma_cli.transfers.download_log import SavedFile
from luma_cli.workflows.collect import Collected, Collector
from luma_cli.workflows.pending import Pending, uncollected
from luma_cli.workflows.plan import Plan, continue_hint
from luma_cli.workflows.session import Reporter, Session
from luma_cli.workflows.verdict import Verdict

_MOST_ESTIMATES = 20


def finish(
    session: Session,
    generation_ids: Iterable[str],
    plan: Plan,
    pending: Pending | None = None,
) -> None:
    """Wait for every id and print each result as soon as it is complete.

    Ids are read one by one; an iterable that is not a collection has all unfinished jobs of the
    history. `pending` has a `just_submitted` job already. Raises the errors of `Verdict.conclude`.
    """
    if not isinstance(generation_ids, Collection):
        plan = replace(plan, all_in_history=True)
    pending = pending or Pending()
    verdict = Verdict(session.reporter)
    with pending:
        jobs = _Jobs(session, generation_ids, plan, pending)
        with session.reporter.progress() as screen:
            try:
                with closing(_collect(session, jobs, plan, LimitedProgress(screen))) as results:
                    for collected in results:
                        verdict.add(_outcome(session.reporter, collected, plan))
                        if collected.finished.answer is not None or _is_wrong_id(collected, plan):
                            pending.settle(collected.finished.id)
            except AuthError as refused:  # the key is refused, and with it every other id
                verdict.stop(_of_the_run(refused, jobs, plan))
        left = list(pending.left)
        pending.left.clear()  # the verdict says how to continue them
        hint = continue_hint(session.command_line, left, plan) if left else None
        verdict.conclude(hint, jobs.taken)


class _Jobs(Iterable[str]):
    """The ids of a run, each once: pending as soon as they are `taken`, a collection at once."""

    def __init__(
        self, session: Session, generation_ids: Iterable[str], plan: Plan, pending: Pending
    ) -> None:
        self._pending = pending
        self._hint_for = partial(continue_hint, session.command_line, plan=plan)
        self._arriving: Iterable[str] = generation_ids
        self.taken: dict[str, None] = {}
        if isinstance(generation_ids, Collection):
            pending.add(generation_ids, self._hint_for)
            self._arriving = [*pending.left]
        if plan.just_submitted and not pending.is_told:
            session.reporter.note(f"submitted as {', '.join(pending.left)}")
        pending.is_told = True

    def __iter__(self) -> Iterator[str]:
        for generation_id in self._arriving:
            if generation_id not in self.taken:
                self.taken[generation_id] = None
                self._pending.add([generation_id], self._hint_for)
                yield generation_id


def _collect(
    session: Session, jobs: _Jobs, plan: Plan, progress: Progress
) -> Generator[Collected, None, None]:
    """Yield each job when it is complete; several are polled and saved at the same time."""
    history = JobHistory(session.history.existing, session.reporter.warning)
    collector = Collector(session, plan, progress, history)
    scheduler = Scheduler(session.clock, collector.collect)
    scheduler.read_from(_polls(session, jobs, plan, progress, history))
    return scheduler.run()


def _polls(
    session: Session, jobs: _Jobs, plan: Plan, progress: Progress, history: JobHistory
) -> Iterator[Poll]:
    """Yield a poll for each job: until it ends or, without `--wait`, once."""
    expected: dict[str, float | None] = {}

    def report(generation_id: str, state: str) -> None:
        if generation_id not in expected and len(expected) < _MOST_ESTIMATES:
            expected[generation_id] = history.expected_seconds(generation_id)
        progress.waiting(generation_id, state, expected.get(generation_id))
        history.state(generation_id, state)
        session.reporter.detail(f"{generation_id} {state}")

    get, policy = session.api.get_generation, session.retry_policy
    watch = Watch(get, report, Outage(session.note_outage), history.age)
    for generation_id in jobs:
        if plan.wait:
            yield JobPoll(
                generation_id,
                watch,
                deadline=plan.deadline,
                poll_interval=plan.poll_interval,
                just_submitted=plan.just_submitted,
                needs_collection=plan.saves,
            )
        else:
            yield Lookup(generation_id, get, policy, plan.deadline, needs_collection=plan.saves)


def _of_the_run(refused: AuthError, jobs: _Jobs, plan: Plan) -> LumaError:
    """Return the error of a key as that of the run, not of one job."""
    if len(jobs.taken) > 1:
        return refused.but(generation_id=None)
    return uncollected(refused, str(refused.generation_id)) if plan.just_submitted else refused


def _is_wrong_id(collected: Collected, plan: Plan) -> bool:
    """Return whether the API does not know an id that the user gave."""
    problem = collected.finished.error
    if not isinstance(problem, RejectedError) or problem.exchange is None:
        return False
    return problem.exchange.status == 404 and not (plan.just_submitted or plan.in_history)


def _outcome(reporter: Reporter, collected: Collected, plan: Plan) -> LumaError | None:
    """Print the result of a job; return its error, or that of the printing."""
    finished, files, problem = collected
    if finished.answer is not None:
        try:
            _print(reporter, finished.answer, files, plan)
        except NoMatchError as failure:  # the other generations are printed
            problem = problem or failure.but(generation_id=finished.id)
        except BrokenPipeError:
            if not plan.saves:  # files are saved although the reader of their names has left
                raise
    if problem is not None and plan.just_submitted:
        return uncollected(problem, finished.id)
    return problem


def _print(reporter: Reporter, answer: Answer, files: list[SavedFile], plan: Plan) -> None:
    """Print the last answer of a job and its saved files.

    With `-o -`, stdout gets the output only.
    """
    target = plan.target_of(answer.generation.id)
    if target is not None and target.is_stdout:
        return
    text = with_member(answer.text, "reused", "true") if plan.reused else answer.text
    if plan.paths_only and not reporter.wants_documents:
        reporter.lines(file.path for file in files)
    elif files and reporter.for_people:
        for file in files:
            reporter.success(file.path, _describe(file, answer, plan.cost))
    elif target is not None:
        fields = [file.fields() for file in files]
        reporter.document(with_member(text, "files", json.dumps(fields, ensure_ascii=False)))
    else:
        reporter.document(text)


def _describe(file: SavedFile, answer: Answer, cost: str | None) -> str:
    generation = answer.generation
    facts = (show_size(file.bytes), file.content_type, generation.model, cost, generation.id)
    return " · ".join(fact for fact in facts if fact)
