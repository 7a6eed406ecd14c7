"""From ids to results: wait, download, print, and the one error that says how it went."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from luma_cli.api.answer import Answer
from luma_cli.commands._read import read_generation
from luma_cli.context import AppContext
from luma_cli.durations import parse_duration
from luma_cli.errors import LumaError, PartialError, UsageError, WaitTimeoutError
from luma_cli.jobs.fetch import fetch_outputs
from luma_cli.jobs.outcomes import failure_of
from luma_cli.jobs.wait import Ended, wait_for
from luma_cli.output.layout import with_member
from luma_cli.output.progress import Progress
from luma_cli.output.sizes import show_size
from luma_cli.transfers.download import SavedFile
from luma_cli.transfers.target import Target


@dataclass(frozen=True)
class Plan:
    """What is to be done with ids: whether to wait, for how long, and where outputs go.

    Durations are in seconds; `target` is `None` when nothing is to be saved. `paths_only` prints
    one saved path a line instead of whole objects.
    """

    wait: bool
    timeout: float | None = None
    poll_interval: float | None = None
    target: Target | None = None
    paths_only: bool = False
    just_submitted: bool = False


def duration_of(flag: str, text: str | None) -> float | None:
    """Return a flag's duration in seconds; raises `UsageError` that names the flag."""
    try:
        return None if text is None else parse_duration(text)
    except UsageError as problem:
        raise UsageError(f"`{flag}`: {problem.message}", hint=problem.hint) from None


def finish(cli: AppContext, generation_ids: list[str], plan: Plan) -> None:
    """Bring every id to its end and print each result as soon as it is there.

    With one id its own error is raised; with several, each error is printed and the last one, or
    `PartialError` when they did not all fare alike, is raised.
    """
    left = list(dict.fromkeys(generation_ids))
    count, problems = len(left), []
    remember(cli, left, plan)
    if plan.just_submitted:
        cli.out.note(f"submitted as {', '.join(left)}")
    with cli.out.progress() as progress:
        for ended in _ended(cli, left.copy(), plan, progress):
            problem = _conclude(cli, ended, plan, progress)
            if problem is not None:
                problems.append(problem)
            if not isinstance(problem, WaitTimeoutError):
                left.remove(ended.generation_id)
                remember(cli, left, plan)
    cli.unfinished = None
    for problem in problems:
        if isinstance(problem, WaitTimeoutError):
            problem.hint = f"go on with `{_go_on(cli, left, plan)}`"
    _raise_for(cli, problems, count)


def _ended(
    cli: AppContext, generation_ids: list[str], plan: Plan, progress: Progress
) -> Iterator[Ended]:
    def report(generation_id: str, state: str) -> None:
        progress.waiting(generation_id, state)
        cli.out.detail(f"{generation_id} {state}")

    if plan.wait:
        yield from wait_for(
            cli.client,
            generation_ids,
            clock=cli.host.clock,
            timeout=plan.timeout,
            poll_interval=plan.poll_interval,
            just_submitted=plan.just_submitted,
            report=report,
        )
        return
    for generation_id in generation_ids:
        try:
            yield Ended(generation_id, read_generation(cli, generation_id))
        except LumaError as problem:
            problem.generation_id = generation_id
            yield Ended(generation_id, error=problem)


def _conclude(cli: AppContext, ended: Ended, plan: Plan, progress: Progress) -> LumaError | None:
    """Save and print what an ended job brought; return its error, if it has one."""
    progress.finished(ended.generation_id)
    problem, files = ended.error, list[SavedFile]()
    if ended.answer is not None:
        problem = failure_of(ended.answer)
        if problem is None and plan.target is not None:
            try:
                files = fetch_outputs(cli.storage, ended.answer, plan.target, progress.transferring)
            except LumaError as failure:
                failure.generation_id = ended.generation_id
                problem = failure
    for file in files:
        progress.finished(Path(file.path).name)
    with progress.paused():
        _print_result(cli, ended.answer, files, plan)
    return problem


def _print_result(
    cli: AppContext, answer: Answer | None, files: list[SavedFile], plan: Plan
) -> None:
    if answer is None:
        return
    if plan.paths_only and not cli.out.wants_documents:
        cli.out.lines(file.path for file in files)
    elif files and cli.out.for_people:
        for file in files:
            cli.out.success(file.path, _describe(file, answer))
    elif plan.target is not None:
        fields = [file.fields() for file in files]
        cli.out.document(with_member(answer.text, "files", json.dumps(fields, ensure_ascii=False)))
    else:
        cli.out.document(answer.text)


def _describe(file: SavedFile, answer: Answer) -> str:
    generation = answer.generation
    facts = (show_size(file.bytes), file.content_type, generation.model, generation.id)
    return " · ".join(fact for fact in facts if fact)


def remember(cli: AppContext, left: list[str], plan: Plan) -> None:
    """Note what would be left behind if the program ended here."""
    cli.unfinished = (left.copy(), _go_on(cli, left, plan)) if left else None


def _go_on(cli: AppContext, left: list[str], plan: Plan) -> str:
    """Return the command that does what is left to do."""
    if plan.target is None:
        return cli.continue_command("generations", "wait", *left)
    words = ["generations", "download", "--wait"]
    if plan.target.output is not None:
        words += ["--output", str(plan.target.output)]
    elif plan.target.folder.parts:
        words += ["--output-dir", str(plan.target.folder)]
    if plan.target.overwrite:
        words.append("--overwrite")
    return cli.continue_command(*words, *left)


def _raise_for(cli: AppContext, problems: list[LumaError], count: int) -> None:
    if not problems:
        return
    alike = len(problems) == count and len({problem.exit_code for problem in problems}) == 1
    for problem in problems[:-1] if alike else problems:
        cli.out.error(problem)
    if alike:
        raise problems[-1]
    raise PartialError(f"{len(problems)} of {count} generations did not come to a good end")
