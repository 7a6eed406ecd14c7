"""From ids to results: wait, download, print, and the one error that says how it went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from luma_cli.commands._bring import Brought, bring
from luma_cli.commands._plan import Plan, go_on, remember
from luma_cli.commands._read import read_generation
from luma_cli.commands._results import print_result
from luma_cli.context import AppContext
from luma_cli.errors import LumaError, NoMatchError, PartialError, WaitTimeoutError
from luma_cli.jobs.fetch import AT_ONCE
from luma_cli.jobs.notes import Notes
from luma_cli.jobs.parallel import as_they_end
from luma_cli.jobs.wait import Ended, wait_for
from luma_cli.output.progress import Progress
from luma_cli.rules.vocabulary import STATES

_MOST_ESTIMATES = 20


def finish(cli: AppContext, generation_ids: Iterable[str], plan: Plan) -> None:
    """Bring every id to its end and print each result as soon as it is there.

    With one id its own error is raised; with several, each error is printed and the last one, or
    `PartialError` when they did not all fare alike, is raised.
    """
    left = list(dict.fromkeys(generation_ids))
    count, problems = len(left), []
    remember(cli, left, plan, told=not plan.just_submitted)
    if plan.just_submitted:
        cli.out.note(f"submitted as {', '.join(left)}")
        remember(cli, left, plan, told=True)
    notes = Notes(cli.history, cli.out.warning)
    with cli.out.progress() as progress:
        for brought in _brought(cli, left.copy(), plan, progress, notes):
            problem = _print(cli, brought, plan)
            if problem is not None:
                problems.append(problem)
            if not isinstance(problem, WaitTimeoutError):
                left.remove(brought.ended.generation_id)
                remember(cli, left, plan, told=True)
    cli.unfinished = None
    for problem in problems:
        if isinstance(problem, WaitTimeoutError):
            problem.hint = f"go on with `{go_on(cli, left, plan)}`"
    _raise_for(cli, problems, count)


def _brought(
    cli: AppContext, generation_ids: list[str], plan: Plan, progress: Progress, notes: Notes
) -> Iterator[Brought]:
    """Yield each job when all of it is here; several are fetched while others are waited for."""
    ended = _ended(cli, generation_ids, plan, progress, notes)
    fetch = partial(bring, cli, plan, progress, notes)
    if len(generation_ids) > 1 and plan.saves:
        yield from as_they_end(fetch, ended, AT_ONCE)
    else:
        yield from (fetch(each, lambda: None) for each in ended)


def _ended(
    cli: AppContext, generation_ids: list[str], plan: Plan, progress: Progress, notes: Notes
) -> Iterator[Ended]:
    """Yield each id with its last answer, or with the error that stands in its place."""
    expected = {each: notes.expected_seconds(each) for each in generation_ids[:_MOST_ESTIMATES]}

    def report(generation_id: str, state: str) -> None:
        progress.waiting(generation_id, state, expected.get(generation_id))
        if state in STATES:
            notes.state(generation_id, state)
        cli.out.detail(f"{generation_id} {state}")

    def note_trouble(problem: LumaError | None) -> None:
        cli.out.note(f"{problem}; still waiting" if problem else "the server answers again")

    if plan.wait:
        yield from wait_for(
            cli.client,
            generation_ids,
            clock=cli.host.clock,
            timeout=plan.timeout,
            poll_interval=plan.poll_interval,
            just_submitted=plan.just_submitted,
            report=report,
            on_trouble=note_trouble,
        )
        return
    for generation_id in generation_ids:
        try:
            yield Ended(generation_id, read_generation(cli, generation_id))
        except LumaError as problem:
            problem.generation_id = generation_id
            yield Ended(generation_id, error=problem)


def _print(cli: AppContext, brought: Brought, plan: Plan) -> LumaError | None:
    """Print what a job brought; return its error, or that of the printing."""
    ended, files, problem = brought
    if ended.answer is None:
        return problem
    try:
        print_result(cli, ended.answer, files, plan)
    except NoMatchError as failure:  # the other generations go on
        failure.generation_id = ended.generation_id
        return problem or failure
    return problem


def _raise_for(cli: AppContext, problems: list[LumaError], count: int) -> None:
    if not problems:
        return
    alike = len(problems) == count and len({problem.exit_code for problem in problems}) == 1
    for problem in problems[:-1] if alike else problems:
        cli.out.error(problem)
    if alike:
        raise problems[-1]
    raise PartialError(f"{len(problems)} of {count} generations did not come to a good end")
