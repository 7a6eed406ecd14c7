"""What is to be done with jobs, and the command line that takes it up again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from luma_cli.context import AppContext, Unfinished
from luma_cli.durations import parse_duration
from luma_cli.errors import UsageError
from luma_cli.transfers.target import Target


@dataclass(frozen=True)
class Plan:
    """Whether to wait, for how long, and where outputs go.

    Durations are in seconds; `target` is `None` when nothing is to be saved. `paths_only` prints
    one saved path a line instead of whole objects. A job that was `just_submitted` needs no look
    right away.
    """

    wait: bool
    timeout: float | None = None
    poll_interval: float | None = None
    target: Target | None = None
    paths_only: bool = False
    just_submitted: bool = False

    def over_what_was_saved(self) -> Plan:
        """Return the plan for another try after some of the files were saved."""
        if self.target is None:
            return self
        return replace(self, target=replace(self.target, overwrite=True))


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
