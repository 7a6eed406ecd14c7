"""What is to be done with jobs, and the command line that takes it up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from luma_cli.context import AppContext, Unfinished
from luma_cli.durations import parse_duration
from luma_cli.errors import UsageError
from luma_cli.transfers.target import Target


@dataclass(frozen=True)
class Plan:
    """Whether to wait, for how long, and where outputs go.

    Durations are in seconds; `target` is `None` when nothing is to be saved, and `targets` has
    those of jobs that differ. `paths_only` prints one saved path a line instead of whole objects. A
    job that was `just_submitted` needs no look right away; of one `in_history` is known there what
    is to be done. A `reused` one was submitted by another run. `cost` is the estimate, if there is
    one.
    """

    wait: bool
    timeout: float | None = None
    poll_interval: float | None = None
    target: Target | None = None
    targets: Mapping[str, Target | None] = field(default_factory=dict)
    paths_only: bool = False
    just_submitted: bool = False
    in_history: bool = False
    reused: bool = False
    cost: str | None = None

    def target_of(self, generation_id: str) -> Target | None:
        """Return where a job's outputs go, if anywhere."""
        return self.targets.get(generation_id, self.target)

    @property
    def saves(self) -> bool:
        """Whether outputs of any job go anywhere."""
        return self.target is not None or any(
            target is not None for target in self.targets.values()
        )

    def over_what_was_saved(self) -> Plan:
        """Return the plan for another try after some of the files were saved."""
        if self.target is None:
            return self
        return replace(self, target=replace(self.target, overwrite=True))

    def as_fields(self) -> dict[str, Any]:
        """Return what the history keeps: paths that hold in any folder."""
        target = None if self.target is None or self.target.is_stdout else self.target
        return {
            "wait": self.wait,
            "output": None if target is None or target.output is None else _path(target.output),
            "folder": None if target is None or target.output else _path(target.folder),
            "overwrite": target is not None and target.overwrite,
            "skip_existing": target is not None and target.skip_existing,
            "name": None if target is None else target.name,
        }


def plan_of_flags(target: Target | None, timeout: str | None, poll_interval: str | None) -> Plan:
    """Return the plan to wait and to save in `target`; raises `UsageError` for a duration."""
    return Plan(
        wait=True,
        timeout=duration_of("--timeout", timeout),
        poll_interval=duration_of("--poll-interval", poll_interval),
        target=target,
    )


def duration_of(flag: str, text: str | None) -> float | None:
    """Return a flag's duration in seconds; raises `UsageError` that names the flag."""
    try:
        return None if text is None else parse_duration(text)
    except UsageError as problem:
        raise UsageError(f"`{flag}`: {problem.message}", hint=problem.hint) from None


def remember(cli: AppContext, left: list[str], plan: Plan, *, told: bool) -> None:
    """Note what would be left behind if the program ended here."""
    cli.unfinished = Unfinished(left.copy(), go_on(cli, left, plan), told) if left else None


def go_on(cli: AppContext, left: list[str], plan: Plan) -> str:
    """Return the command that does what is left to do."""
    to_stdout = plan.target is not None and plan.target.is_stdout
    if plan.in_history and not to_stdout:
        return cli.continue_command("generations", "resume", *left)
    if plan.target is None:
        return cli.continue_command("generations", "wait", *left)
    words = ["generations", "download", "--wait"]
    if plan.target.output is not None:
        words += ["--output", str(plan.target.output)]
    elif plan.target.folder.parts:
        words += ["--output-dir", str(plan.target.folder)]
    if plan.target.name is not None:
        words += ["--name", plan.target.name]
    if plan.target.overwrite:
        words.append("--overwrite")
    if plan.target.skip_existing:
        words.append("--skip-existing")
    return cli.continue_command(*words, *left)


def _path(path: Path) -> str:
    return str(path.absolute())
