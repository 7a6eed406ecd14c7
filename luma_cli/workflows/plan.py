"""Plans for jobs: wait, targets of outputs, and the command that continues."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from luma_cli.errors import StdoutError, UsageError
from luma_cli.output.terminal import is_terminal
from luma_cli.settings.durations import duration_of
from luma_cli.transfers.target import Target
from luma_cli.transfers.templates import check_template
from luma_cli.workflows.pending import MOST_NAMED

if TYPE_CHECKING:
    from luma_cli.host import Clock, Host

# Makes a command of this program, for the same account, of the words behind its name.
CommandLine = Callable[..., str]


@dataclass(frozen=True)
class Plan:
    """Whether to wait, until when, and where outputs go.

    `timeout` and `poll_interval` are in seconds, `deadline` is a moment of the clock; `target` is
    `None` when nothing is saved, and `targets` has those of jobs that differ. `paths_only` prints
    one saved path a line instead of whole objects. A `just_submitted` job is paid for by this run,
    and the first poll waits; `in_history`, `generations resume` knows the rest of the plan, and
    `all_in_history` means all unfinished jobs there. A `reused` job was submitted by another run.
    `cost` is the estimate, if there is one.
    """

    wait: bool
    timeout: float | None = None
    deadline: float = math.inf
    poll_interval: float | None = None
    target: Target | None = None
    targets: Mapping[str, Target | None] | None = None
    paths_only: bool = False
    just_submitted: bool = False
    in_history: bool = False
    all_in_history: bool = False
    reused: bool = False
    cost: str | None = None

    def target_of(self, generation_id: str) -> Target | None:
        """Return where a job's outputs go, if anywhere."""
        return self.target if self.targets is None else self.targets.get(generation_id, self.target)

    @property
    def saves(self) -> bool:
        """Whether outputs of any job may go anywhere."""
        return self.target is not None or self.targets is not None

    def from_now(self, clock: Clock) -> Plan:
        """Return the plan whose timeout starts now."""
        deadline = math.inf if self.timeout is None else clock.now() + self.timeout
        return replace(self, deadline=deadline)

    def over_what_was_saved(self) -> Plan:
        """Return the plan for a retry after some of the files were saved."""
        if self.target is None:
            return self
        return replace(self, target=replace(self.target, overwrite=True))

    def as_fields(self) -> dict[str, Any]:
        """Return what the history keeps, with absolute paths."""
        target = None if self.target is None or self.target.is_stdout else self.target
        return {
            "wait": self.wait,
            "output": None if target is None or target.output is None else _path(target.output),
            "folder": None if target is None or target.output else _path(target.folder),
            "overwrite": target is not None and target.overwrite,
            "skip_existing": target is not None and target.skip_existing,
            "name": None if target is None else target.name,
        }


def plan_of_flags(
    clock: Clock, target: Target | None, timeout: str | None, poll_interval: str | None
) -> Plan:
    """Return the plan to wait and to save in `target`; its timeout starts now.

    Raises `UsageError` for a duration.
    """
    plan = Plan(
        wait=True,
        timeout=duration_of("--timeout", timeout),
        poll_interval=duration_of("--poll-interval", poll_interval),
        target=target,
    )
    return plan.from_now(clock)


def target_of_flags(
    host: Host,
    output: Path | None,
    output_dir: Path | None,
    name: str | None,
    overwrite: bool,
    skip_existing: bool,
) -> Target:
    """Check how the flags combine, and the target, before anything is paid for.

    Raises `UsageError` for flags that cannot be combined, and what `Target.check` raises.
    """
    if output is not None and output_dir is not None:
        raise UsageError("`-o` cannot be combined with `-d`", hint="use one of them")
    if output is not None and str(output) == "-":
        if is_terminal(host.stdout):
            raise UsageError(
                "`-o -`: the output is binary, and stdout is a terminal",
                hint="redirect it, as in `-o - > fox.png`",
            )
        if not host.has_stdout:
            raise StdoutError("cannot write to stdout: stdout is closed")
        if skip_existing:
            raise UsageError("`-o -` cannot be combined with `--skip-existing`")
    if output is not None and name is not None:
        raise UsageError("`-o` cannot be combined with `--name`", hint="use `--name` with `-d`")
    if overwrite and skip_existing:
        raise UsageError("`--overwrite` cannot be combined with `--skip-existing`")
    if name is not None:
        check_template(name)
    target = Target(output, output_dir or Path(), overwrite, skip_existing, name)
    target.check()
    return target


def target_of_fields(fields: Mapping[str, Any]) -> Target | None:
    """Return the target that `Plan.as_fields` stored.

    `--skip-existing` is dropped: a file that took the name since then is not the output.
    """
    output, folder = fields.get("output"), fields.get("folder")
    if not output and not folder:
        return None
    return Target(
        Path(output) if output else None,
        Path(folder or ""),
        overwrite=bool(fields.get("overwrite")),
        name=fields.get("name"),
    )


def known_before_submission(
    body: Mapping[str, Any], tag: str | None, *, keeps_history: bool
) -> dict[str, str]:
    """Return the values of name tokens that are known before the job is submitted.

    Prompt and tag come from the history when the output gets its name.
    """
    from luma_cli.rules.constants import DEFAULT_TYPE

    known = {"type": str(body.get("type") or DEFAULT_TYPE)}
    if keeps_history:
        known |= {"prompt": str(body.get("prompt") or ""), "tag": tag or ""}
    return known


def continue_hint(command_line: CommandLine, left: list[str], plan: Plan) -> str:
    """Return a hint with the command that continues the jobs that are left."""
    command = continue_command(command_line, left, plan)
    if len(left) > MOST_NAMED and not _resumes(plan):
        return f"give the same ids to `{command}` on stdin"
    return f"run `{command}`"


def continue_command(command_line: CommandLine, left: list[str], plan: Plan) -> str:
    """Return the command that does the rest of the plan.

    It does not name the ids of many jobs: it resumes all in the history, or reads them from stdin.
    """
    words = [] if len(left) > MOST_NAMED else left
    if _resumes(plan):
        ids = () if plan.all_in_history else words
        return command_line("generations", "resume", *ids)
    return command_line(*_words_for_ids(plan, words))


def _resumes(plan: Plan) -> bool:
    to_stdout = plan.target is not None and plan.target.is_stdout
    return plan.in_history and not to_stdout


def _words_for_ids(plan: Plan, ids: list[str]) -> list[str]:
    if plan.target is None:
        return ["generations", "wait", *ids]
    words = ["generations", "download", "--wait"]
    if plan.target.output is not None:
        words += ["--output", str(plan.target.output)]
    elif plan.target.folder.parts:
        words += ["--output-dir", str(plan.target.folder)]
    if plan.target.name is not None:
        words += ["--name", plan.target.name]
    if plan.target.overwrite:
        words.append("--overwrite")
    elif plan.target.skip_existing or not ids:  # those that are saved are among the same ids
        words.append("--skip-existing")
    return [*words, *ids]


def _path(path: Path) -> str:
    return str(path.absolute())
