"""A batch as its tests plan it: files in the working directory, and no history."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from luma_cli.batch.job import BatchOptions, PlannedJob
from luma_cli.batch.place import Problem, Severity
from luma_cli.batch.plan import plan_jobs
from luma_cli.batch.readers.formats import read_table
from luma_cli.host import Clock, Host
from luma_cli.journal.account import Account
from luma_cli.journal.history import History
from luma_cli.workflows.session import UploadRule
from tests.support.flags import occurrences

UPLOAD_RULE = UploadRule("auto", 8 * 1024 * 1024)


class Planned(NamedTuple):
    """The jobs of an input, and its problems as they are printed."""

    jobs: list[PlannedJob]
    problems: list[Problem]

    @property
    def errors(self) -> list[str]:
        """The lines of what keeps jobs from being sent."""
        return [str(problem) for problem in self.problems if problem.is_fatal]

    @property
    def bodies(self) -> list[Mapping[str, Any]]:
        """The requests of the jobs."""
        return [job.request.body for job in self.jobs]

    @property
    def keys(self) -> list[str]:
        """What each job is known by."""
        return [job.key for job in self.jobs]


def plan(
    content: bytes | str | None,
    name: str = "shots.csv",
    flags: Iterable[tuple[str, str]] = (),
    *,
    stdin: str | None = None,
    template: str | None = None,
    **options: Any,
) -> Planned:
    """Plan a file with this content, which is written first; with `stdin`, the rows are there.

    `template` is for `--name`.
    """
    host = Host(io.StringIO(stdin or ""), io.StringIO(), io.StringIO(), {})
    if content is not None and stdin is None:
        data = content.encode() if isinstance(content, str) else content
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data)
    problems: list[Problem] = []
    source = "-" if stdin is not None else name
    wanted = BatchOptions(Path("out"), template, **options)
    jobs = plan_jobs(
        source,
        read_table(source, wanted.kind, host),
        wanted,
        occurrences(flags),
        host=host,
        history=no_history(),
        upload_rule=UPLOAD_RULE,
        on_problem=problems.append,
    )
    return Planned(list(jobs), problems)


def no_history() -> History:
    """Return the history of a run with `--no-history`."""
    account = Account("https://api.test", "default")
    return History({}, account, print, Clock(), is_kept=False, source="`--no-history`")


def lines(problems: Iterable[Problem], severity: Severity) -> list[str]:
    """Return the problems of one severity as they are printed."""
    return [str(problem) for problem in problems if problem.severity is severity]
