"""From ids to results: wait, download, print, and the one error that says how it went."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from luma_cli.commands._plan import Plan, go_on, remember
from luma_cli.commands._read import persistence_of, read_generation
from luma_cli.commands._results import print_result
from luma_cli.context import AppContext
from luma_cli.errors import LumaError, NoMatchError, NoOutputError, PartialError, WaitTimeoutError
from luma_cli.jobs.fetch import fetch_outputs, pass_on_output
from luma_cli.jobs.notes import Notes
from luma_cli.jobs.outcomes import failure_of
from luma_cli.jobs.wait import Ended, wait_for
from luma_cli.output.progress import Progress
from luma_cli.rules.vocabulary import STATES
from luma_cli.transfers.download import SavedFile
from luma_cli.transfers.names import extension_misleads

_MOST_ESTIMATES = 20


def finish(cli: AppContext, generation_ids: list[str], plan: Plan) -> None:
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
        for ended in _ended(cli, left.copy(), plan, progress, notes):
            problem = _conclude(cli, ended, plan, progress, notes)
            if problem is not None:
                problems.append(problem)
            if not isinstance(problem, WaitTimeoutError):
                left.remove(ended.generation_id)
                remember(cli, left, plan, told=True)
    cli.unfinished = None
    for problem in problems:
        if isinstance(problem, WaitTimeoutError):
            problem.hint = f"go on with `{go_on(cli, left, plan)}`"
    _raise_for(cli, problems, count)


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


def _conclude(
    cli: AppContext, ended: Ended, plan: Plan, progress: Progress, notes: Notes
) -> LumaError | None:
    """Save and print what an ended job brought; return its error, if it has one."""
    progress.finished(ended.generation_id)
    if ended.answer is None:
        return ended.error
    files: list[SavedFile] = []
    if ended.answer.generation.is_terminal:
        notes.ended(ended.answer, watched=plan.just_submitted)
    try:
        problem = failure_of(ended.answer)
        if problem is None:
            _save(cli, ended, plan, progress, files, notes)
        if ended.answer.generation.is_terminal:
            notes.done(ended.generation_id)
    except LumaError as failure:
        failure.generation_id = ended.generation_id
        problem = failure
        if ended.answer.generation.is_terminal and not isinstance(failure, NoOutputError):
            rest = plan.over_what_was_saved() if files else plan
            _show_way_on(failure, go_on(cli, [ended.generation_id], rest))
    try:
        print_result(cli, ended.answer, files, plan)
    except NoMatchError as failure:  # the other generations go on
        failure.generation_id = ended.generation_id
        return problem or failure
    return problem


def _save(
    cli: AppContext,
    ended: Ended,
    plan: Plan,
    progress: Progress,
    files: list[SavedFile],
    notes: Notes,
) -> None:
    """Save the outputs, if that is planned, and add each to `files` when it is on disk."""
    target = plan.target_of(ended.generation_id)
    if target is None or ended.answer is None:
        return
    renew, persistence = partial(read_generation, cli, ended.generation_id), persistence_of(cli)
    report = progress.transferring
    if target.is_stdout:
        with cli.out.binary() as write:
            pass_on_output(
                cli.storage_for,
                ended.answer,
                write,
                renew=renew,
                persistence=persistence,
                report=report,
            )
        return
    for file in fetch_outputs(
        cli.storage_for,
        ended.answer,
        target,
        renew=renew,
        persistence=persistence,
        report=report,
        ledger=notes.ledger(ended.generation_id),
        facts=notes.facts(ended.generation_id),
    ):
        files.append(file)
        progress.finished(Path(file.path).name)
        if extension_misleads(file.path, file.content_type):
            cli.out.warning(f"`{file.path}` is {file.content_type}, whatever its name says")


def _show_way_on(failure: LumaError, command: str) -> None:
    """The job is done and paid: whatever stopped the saving, nobody needs to create it again."""
    advice = f"{failure.hint}; then " if failure.hint else ""
    failure.hint = f"{advice}go on with `{command}`"


def _raise_for(cli: AppContext, problems: list[LumaError], count: int) -> None:
    if not problems:
        return
    alike = len(problems) == count and len({problem.exit_code for problem in problems}) == 1
    for problem in problems[:-1] if alike else problems:
        cli.out.error(problem)
    if alike:
        raise problems[-1]
    raise PartialError(f"{len(problems)} of {count} generations did not come to a good end")
