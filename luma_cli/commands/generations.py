"""`luma-agents-cli generations`: submit jobs, print them, wait for them, save their outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from luma_cli.cli.declare import Commands
from luma_cli.commands._options import IDS, INPUT, SAVING, SAVING_NEW, SUBMITTING, WAIT, WAITING
from luma_cli.errors import UsageError
from luma_cli.flags import Argument, Completion, Flag
from luma_cli.settings.declarations import SUBMISSION_FLAGS

if TYPE_CHECKING:
    from luma_cli.api.answer import Answer
    from luma_cli.context import AppContext
    from luma_cli.host import Host
    from luma_cli.workflows.plan import Plan
    from luma_cli.workflows.session import Session

generations = Commands()

ID = Argument(
    "argument",
    "[ID]",
    "Generation id, the beginning of one, or `@last`; read from stdin if omitted",
    completion=Completion.GENERATION,
)
GENERATION_ID = Flag(
    "--generation-id", "Same as the argument", metavar="ID", completion=Completion.GENERATION
)


def generation_flags() -> Iterator[Flag]:
    """Yield the flags that set fields of the body."""
    from luma_cli.body.generation_flags import GENERATION_FLAGS

    return (declared.flag for declared in GENERATION_FLAGS)


@generations.command(
    "create",
    generation_flags,
    INPUT,
    WAIT,
    *WAITING,
    *SAVING_NEW,
    *SUBMITTING,
    *SUBMISSION_FLAGS,
    examples=(
        "luma-agents-cli generations create --prompt 'a red fox' -o fox.png",
        "luma-agents-cli generations create --prompt 'in oil' --ref fox.png -d x",
        "luma-agents-cli generations create --type video --model ray-3.2 \\\n"
        "    --prompt 'it runs' --start-frame fox.png -o fox.mp4",
    ),
)
def generation_create(
    ctx: typer.Context,
    *,
    input_file: str | None,
    wait: bool | None,
    timeout: str | None,
    poll_interval: str | None,
    output: Path | None,
    output_dir: Path | None,
    name: str | None,
    overwrite: bool,
    skip_existing: bool,
    dry_run: bool,
    tag: str | None,
    once: bool,
    once_key: str | None,
) -> None:
    """Submit a job. With `-o` or `-d`, wait for it and save its outputs."""
    from luma_cli.body.generation_flags import GENERATION_FLAGS
    from luma_cli.workflows.request import read_request, with_resolved_ids

    app: AppContext = ctx.obj
    saves = any(place is not None for place in (output, output_dir, name))
    typed = {"--timeout": timeout, "--poll-interval": poll_interval}
    times = [flag for flag, text in typed.items() if text]
    about_files = ["--overwrite"] * overwrite + ["--skip-existing"] * skip_existing
    _check_saving_flags(saves, wait, times, about_files)
    plan: Plan | None = None
    if saves or times:  # cheap checks come before stdin, which may be waited for
        files = (output, output_dir, name, overwrite, skip_existing) if saves else None
        is_once = once or once_key is not None
        plan = _checked_plan(app.host, files, timeout, poll_interval, is_once=is_once)
    request = read_request(
        app.line.occurrences,
        GENERATION_FLAGS,
        _has_prompt,
        input_file,
        host=app.host,
        reporter=app.out,
        literal=app.settings.literal,
    )
    if not (dry_run or _has_prompt(request.body)):
        raise UsageError("`--prompt` is missing", hint="add `--prompt 'a red fox'`")
    # A line without a prompt ends without these imports.
    from dataclasses import replace

    from luma_cli.workflows.once import once_of_flags
    from luma_cli.workflows.plan import Plan, known_before_submission
    from luma_cli.workflows.price import price_of_request, show_dry_run
    from luma_cli.workflows.upload import check_files

    wanted_once = once_of_flags(app.history, once, once_key)
    request = with_resolved_ids(app.history, request)
    plan = (plan or Plan(wait=False)).from_now(app.host.clock)
    target = plan.target
    if target is not None:
        known = known_before_submission(request.body, tag, keeps_history=app.history.is_kept)
        target = replace(target, known=known)
        if not wanted_once.is_asked:  # an existing file may be the output of the job to reuse
            target.check()
    plan = replace(plan, wait=bool(wait or saves), target=target)
    check_files(app.upload_rule, request)
    price = price_of_request(request, app.history)
    if dry_run:
        show_dry_run(app.out, app.settings.base_url, request, price)
    elif target is not None and target.is_satisfied:
        app.out.note(f"`{target.existing}` already exists: nothing is submitted")
    else:
        from luma_cli.workflows.submit import Submission, submit_and_finish

        submit_and_finish(app.session(), Submission(request, price, plan, tag, wanted_once))


@generations.command(
    "get",
    ID,
    GENERATION_ID,
    examples=("luma-agents-cli generations get 7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42",),
)
def generation_get(ctx: typer.Context, argument: str | None, generation_id: str | None) -> None:
    """Print the current state of a job."""
    from luma_cli.workflows.ids import chosen_ids

    app: AppContext = ctx.obj
    chosen = chosen_ids(app.host, app.history, app.out, argument, "--generation-id", generation_id)
    session = app.session()
    for each in chosen:
        answer = session.read_generation(each, meanwhile=lambda: _prepare(session))
        try:
            app.out.document(answer.text)
        finally:
            _note(session, each, answer)


@generations.command(
    "wait",
    IDS,
    *WAITING,
    examples=(
        "luma-agents-cli generations wait 7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42",
        "luma-agents-cli generations wait --timeout 10m < ids.txt",
        "luma-agents-cli generations create --prompt 'a red fox' |\n"
        "    luma-agents-cli generations wait",
    ),
)
def generation_wait(
    ctx: typer.Context, ids: Sequence[str], timeout: str | None, poll_interval: str | None
) -> None:
    """Wait until jobs end and print each when it ends."""
    from luma_cli.workflows.finish import finish
    from luma_cli.workflows.ids import collect_ids
    from luma_cli.workflows.plan import plan_of_flags

    app: AppContext = ctx.obj
    clock = app.host.clock
    plan = plan_of_flags(clock, None, timeout, poll_interval)
    # Reading ids may take long: another program writes them.
    chosen = collect_ids(app.host, app.history, app.out, ids)
    finish(app.session(), chosen, plan.from_now(clock))


@generations.command(
    "download",
    IDS,
    WAIT,
    *WAITING,
    *SAVING,
    examples=(
        "luma-agents-cli generations download -o fox.png \\\n"
        "    7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42",
        "luma-agents-cli generations download --wait -d out < ids.txt",
    ),
)
def generation_download(
    ctx: typer.Context,
    ids: Sequence[str],
    *,
    wait: bool | None,
    timeout: str | None,
    poll_interval: str | None,
    output: Path | None,
    output_dir: Path | None,
    name: str | None,
    overwrite: bool,
    skip_existing: bool,
) -> None:
    """Save the outputs of completed jobs and print one path per line.

    Without `-o` and `-d`, save them in the current folder.
    """
    from dataclasses import replace

    from luma_cli.workflows.finish import finish
    from luma_cli.workflows.ids import collect_ids
    from luma_cli.workflows.plan import plan_of_flags, target_of_flags

    app: AppContext = ctx.obj
    chosen = collect_ids(app.host, app.history, app.out, ids)
    if output is not None and len(set(chosen)) > 1:
        raise UsageError(
            f"`-o` names one file, and there are {len(set(chosen))} generations",
            hint="use `-d` to name a folder",
        )
    target = target_of_flags(app.host, output, output_dir, name, overwrite, skip_existing)
    plan = plan_of_flags(app.host.clock, target, timeout, poll_interval)
    plan = replace(plan, wait=bool(wait), paths_only=True)
    finish(app.session(), chosen, plan)


def _checked_plan(
    host: Host,
    files: tuple[Path | None, Path | None, str | None, bool, bool] | None,
    timeout: str | None,
    poll_interval: str | None,
    *,
    is_once: bool,
) -> Plan:
    """Return the plan of the flags for files and times; raises what is wrong with their values."""
    from luma_cli.workflows.once import target_of_flags_once
    from luma_cli.workflows.plan import plan_of_flags, target_of_flags

    check = target_of_flags_once if is_once else target_of_flags
    target = None if files is None else check(host, *files)
    return plan_of_flags(host.clock, target, timeout, poll_interval)


def _check_saving_flags(
    saves: bool, wait: bool | None, times: Sequence[str], about_files: Sequence[str]
) -> None:
    """Raise `UsageError` for flags of `create` that require others."""
    if saves and wait is False:
        raise UsageError("`-o` and `-d` wait for the job", hint="drop `--no-wait`")
    if times and not (wait or saves):
        raise UsageError(f"`{times[0]}` needs `--wait`, `-o` or `-d`", hint="add `--wait`")
    if about_files and not saves:
        raise UsageError(
            f"`{about_files[0]}` needs `-o` or `-d`", hint="add `-o FILE` or `-d FOLDER`"
        )


def _prepare(session: Session) -> None:
    """Import what an answer will need; opening the history could take longer than the answer."""
    import luma_cli.output.documents

    with suppress(OSError, ValueError):
        if session.history.has_file:
            import luma_cli.jobs.history  # noqa: F401


def _note(session: Session, generation_id: str, answer: Answer) -> None:
    """Record the state of a job in the history, if there is one."""
    journal = session.history.existing
    if journal is None:
        return
    from luma_cli.jobs.history import JobHistory

    JobHistory(journal, session.reporter.warning).answered(generation_id, answer)


def _has_prompt(body: Mapping[str, Any]) -> bool:
    return "prompt" in body or body.get("type") == "layering"


generations.of_module("history", "list", "show", "resume")
generations.of_module("batch", "batch")
