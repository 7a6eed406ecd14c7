"""Where outputs go: as the flags say, and as the history kept it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from luma_cli.context import AppContext
from luma_cli.errors import StdoutError, UsageError
from luma_cli.output.terminal import is_terminal
from luma_cli.transfers.target import Target
from luma_cli.transfers.templates import check_template


def target_of_flags(
    cli: AppContext,
    output: Path | None,
    output_dir: Path | None,
    name: str | None,
    overwrite: bool,
    skip_existing: bool,
) -> Target:
    """Check how the flags combine, and the target, before anything is paid for.

    Raises `UsageError` for flags that exclude each other, and what `Target.check` raises.
    """
    if output is not None and output_dir is not None:
        raise UsageError("`-o` and `-d` exclude each other", hint="use one of them")
    if output is not None and str(output) == "-":
        if is_terminal(cli.host.stdout):
            raise UsageError(
                "`-o -`: the output is no text, and stdout is a terminal",
                hint="redirect it, as in `-o - > fox.png`",
            )
        if not cli.host.has_stdout:
            raise StdoutError("cannot write to stdout: stdout is closed")
        if skip_existing:
            raise UsageError("`-o -` and `--skip-existing` exclude each other")
    if output is not None and name is not None:
        raise UsageError("`-o` and `--name` exclude each other", hint="use `--name` with `-d`")
    if overwrite and skip_existing:
        raise UsageError("`--overwrite` and `--skip-existing` exclude each other")
    if name is not None:
        check_template(name)
    target = Target(output, output_dir or Path(), overwrite, skip_existing, name)
    target.check()
    return target


def known_before(cli: AppContext, body: Mapping[str, Any], tag: str | None) -> dict[str, str]:
    """Return what names may have in them before the job is submitted; `type` is the job's.

    Prompt and tag come from the history when the output gets its name.
    """
    from luma_cli.rules.constants import DEFAULT_TYPE

    known = {"type": str(body.get("type") or DEFAULT_TYPE)}
    if cli.settings.history:
        known |= {"prompt": str(body.get("prompt") or ""), "tag": tag or ""}
    return known


def target_of_fields(fields: Mapping[str, Any]) -> Target | None:
    """Return the target that `Plan.as_fields` wrote down.

    `--skip-existing` was about whether to submit: what took the name since is not the output.
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
