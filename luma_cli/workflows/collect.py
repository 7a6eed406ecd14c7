"""Downloads the outputs of a finished job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.errors import (
    LumaError,
    NoOutputError,
    OutputExistsError,
    SavedElsewhereError,
    SaveError,
)
from luma_cli.jobs.fetch import fetch_outputs, stream_output_to
from luma_cli.jobs.history import JobHistory
from luma_cli.jobs.outcomes import failure_of
from luma_cli.jobs.poll import Finished
from luma_cli.jobs.workers import Stop
from luma_cli.output.progress import Progress
from luma_cli.transfers.download_log import DownloadLog, SavedFile
from luma_cli.transfers.names import extension_misleads
from luma_cli.transfers.target import Target
from luma_cli.workflows.plan import Plan, continue_hint
from luma_cli.workflows.session import Session


class Collected(NamedTuple):
    """A finished job, its saved files, and its error, if any."""

    finished: Finished
    files: list[SavedFile]
    problem: LumaError | None = None


@dataclass(frozen=True)
class Collector:
    """Saves and records the outputs of finished jobs; thread-safe."""

    session: Session
    plan: Plan
    progress: Progress
    notes: JobHistory

    def collect(self, finished: Finished, stop: Stop) -> Collected:
        """Save the outputs of a job; `stop` raises when the run ends early.

        The result has the error of a job, if any, so that the others are saved.
        """
        generation_id = finished.id
        self.progress.finished(generation_id)
        if finished.answer is None:
            return Collected(finished, [], finished.error)
        is_terminal = finished.answer.generation.is_terminal
        if is_terminal:
            self.notes.ended(generation_id, finished.answer, watched=self.plan.just_submitted)
        else:
            self.notes.state(generation_id, finished.answer.generation.state)
        files: list[SavedFile] = []
        try:
            problem: LumaError | None = failure_of(finished.answer)
            if problem is None:
                problem = self._save(generation_id, finished.answer, files, stop)
            if is_terminal:
                self.notes.done(generation_id)
        except LumaError as failure:
            problem = failure.but(generation_id=generation_id)
            if is_terminal and (self.plan.just_submitted or not isinstance(failure, NoOutputError)):
                problem = self._with_continue_hint(
                    problem, generation_id, are_some_saved=bool(files)
                )
        return Collected(finished, files, problem)

    def _save(
        self, generation_id: str, answer: Answer, files: list[SavedFile], stop: Stop
    ) -> SavedElsewhereError | None:
        """Save the outputs to their target, and add each to `files` when it is on disk.

        If the name of a paid output is taken, it is saved under another one, and the returned error
        reports that.
        """
        target = self.plan.target_of(generation_id)

        def report(name: str, done: int, total: int | None) -> None:
            stop()
            self.progress.transferring(name, done, total)

        if target is None:
            return None
        if target.is_stdout:
            self._pass_on(answer, report)
            return None
        log = self.notes.download_log(generation_id)
        if not self.plan.just_submitted:
            self._fetch(answer, target, log, files, report)
            return None
        target = replace(target, skip_existing=False)
        try:
            self._fetch(answer, target, log, files, report)
        except OutputExistsError:
            taken: dict[Path, None] = {}

            def is_own(path: Path) -> bool:
                if log.saved_before(path) is None:
                    taken[path] = None
                return path not in taken

            self._fetch(answer, replace(target, is_own=is_own), log, files, report)
            return _saved_elsewhere(generation_id, [*taken], files)
        return None

    def _fetch(
        self,
        answer: Answer,
        target: Target,
        log: DownloadLog,
        files: list[SavedFile],
        report: Callable[[str, int, int | None], None],
    ) -> None:
        generation_id = answer.generation.id
        for file in fetch_outputs(
            self.session.storage_for,
            answer,
            target,
            renew=self._renew(generation_id),
            policy=self.session.retry_policy,
            report=report,
            log=log,
            facts=self.notes.facts(generation_id),
            deadline=self.plan.deadline,
        ):
            if file in files:  # an earlier try has saved it
                continue
            files.append(file)
            self.progress.finished(Path(file.path).name)
            if extension_misleads(file.path, file.content_type):
                self.session.reporter.warning(
                    f"`{file.path}` is {file.content_type}, despite its name"
                )

    def _pass_on(self, answer: Answer, report: Callable[[str, int, int | None], None]) -> None:
        with self.session.reporter.binary() as write:
            stream_output_to(
                self.session.storage_for,
                answer,
                write,
                renew=self._renew(answer.generation.id),
                policy=self.session.retry_policy,
                report=report,
                deadline=self.plan.deadline,
            )

    def _renew(self, generation_id: str) -> Callable[[], Answer]:
        return partial(self.session.read_generation, generation_id, deadline=self.plan.deadline)

    def _with_continue_hint(
        self, failure: LumaError, generation_id: str, *, are_some_saved: bool
    ) -> LumaError:
        """Return the error with the command that saves the missing outputs, without a new job."""
        rest = self.plan.over_what_was_saved() if are_some_saved else self.plan
        if isinstance(failure, OutputExistsError | SaveError):
            target = self.plan.target_of(generation_id)
            if isinstance(failure, SaveError):  # the same place would refuse again
                target = Target(folder=Path("FOLDER"))
            rest = replace(rest, in_history=False, target=target, targets=None)
        rest = replace(rest, all_in_history=False)
        command = continue_hint(self.session.command_line, [generation_id], rest)
        return failure.but(hint=f"{failure.hint}; then {command}" if failure.hint else command)


def _saved_elsewhere(
    generation_id: str, taken: list[Path], files: list[SavedFile]
) -> SavedElsewhereError | None:
    if not taken:
        return None
    wanted = ", ".join(f"`{path}`" for path in taken)
    saved = ", ".join(f"`{file.path}`" for file in files)
    return SavedElsewhereError(
        f"{wanted} was taken by another file after generation {generation_id} was submitted: its"
        f" output is saved as {saved}",
        hint="rename the file; the job is complete and paid for",
        generation_id=generation_id,
    )
