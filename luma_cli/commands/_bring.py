"""What an ended job brings: its outputs on disk, or the error that says why not."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.commands._plan import Plan, go_on
from luma_cli.commands._read import persistence_of, read_generation
from luma_cli.context import AppContext
from luma_cli.errors import LumaError, NoOutputError, OutputExistsError, SaveError
from luma_cli.jobs.fetch import fetch_outputs, pass_on_output
from luma_cli.jobs.notes import Notes
from luma_cli.jobs.outcomes import failure_of
from luma_cli.jobs.parallel import Stop
from luma_cli.jobs.wait import Ended
from luma_cli.output.progress import Progress
from luma_cli.transfers.download import SavedFile
from luma_cli.transfers.names import extension_misleads
from luma_cli.transfers.target import Target


class Brought(NamedTuple):
    """An ended job, the files that were saved of it, and what went wrong, if anything did."""

    ended: Ended
    files: list[SavedFile]
    problem: LumaError | None = None


def bring(
    cli: AppContext, plan: Plan, progress: Progress, notes: Notes, ended: Ended, stop: Stop
) -> Brought:
    """Save what an ended job brought, and note it; `stop` raises when that is to end."""
    progress.finished(ended.generation_id)
    if ended.answer is None:
        return Brought(ended, [], ended.error)
    is_terminal = ended.answer.generation.is_terminal
    if is_terminal:
        notes.ended(ended.answer, watched=plan.just_submitted)
    files: list[SavedFile] = []
    target = plan.target_of(ended.generation_id)
    try:
        problem = failure_of(ended.answer)
        if problem is None and target is not None:
            _save(cli, ended.answer, target, progress, files, notes, stop)
        if is_terminal:
            notes.done(ended.generation_id)
    except LumaError as failure:
        failure.generation_id = ended.generation_id
        problem = failure
        if is_terminal and not isinstance(failure, NoOutputError):
            rest = plan.over_what_was_saved() if files else plan
            if isinstance(failure, OutputExistsError | SaveError):
                rest = replace(rest, in_history=False, target=target)
            _show_way_on(failure, go_on(cli, [ended.generation_id], rest))
    return Brought(ended, files, problem)


def _save(
    cli: AppContext,
    answer: Answer,
    target: Target,
    progress: Progress,
    files: list[SavedFile],
    notes: Notes,
    stop: Stop,
) -> None:
    """Save the outputs and add each to `files` when it is on disk, or hand the one on to stdout."""
    generation_id = answer.generation.id
    renew, persistence = partial(read_generation, cli, generation_id), persistence_of(cli)

    def report(name: str, done: int, total: int | None) -> None:
        stop()
        progress.transferring(name, done, total)

    if target.is_stdout:
        with cli.out.binary() as write:
            pass_on_output(
                cli.storage_for,
                answer,
                write,
                renew=renew,
                persistence=persistence,
                report=report,
            )
        return
    for file in fetch_outputs(
        cli.storage_for,
        answer,
        target,
        renew=renew,
        persistence=persistence,
        report=report,
        ledger=notes.ledger(generation_id),
        facts=notes.facts(generation_id),
    ):
        files.append(file)
        progress.finished(Path(file.path).name)
        if extension_misleads(file.path, file.content_type):
            cli.out.warning(f"`{file.path}` is {file.content_type}, whatever its name says")


def _show_way_on(failure: LumaError, command: str) -> None:
    """The job is done and paid: whatever stopped the saving, nobody needs to create it again."""
    advice = f"{failure.hint}; then " if failure.hint else ""
    failure.hint = f"{advice}go on with `{command}`"
