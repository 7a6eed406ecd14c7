"""`luma-agents-cli sandbox`: a simulator of the API, free of charge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from luma_cli.cli.declare import Commands, LumaCommand
from luma_cli.errors import UsageError
from luma_cli.flags import Argument, Completion, Flag
from luma_cli.rules.interpretation import JOBS_AT_ONCE, REQUESTS_PER_MINUTE
from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions, parse_latency
from luma_cli.settings.durations import duration_of
from luma_cli.settings.parse import parse_count

if TYPE_CHECKING:
    from luma_cli.context import AppContext

sandbox = Commands()
_LAST_PORT = 65535


def _port(text: str) -> int:
    port = parse_count(text)
    if port > _LAST_PORT:
        raise UsageError(f"`{text}` is not a port", hint=f"use a number from 0 to {_LAST_PORT}")
    return port


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"`{text[:40]}` is not a whole number", hint="write digits only") from None


LISTENING = (
    Flag(
        "--host",
        "Address or name to listen on; only it and loopback names are served",
        metavar="ADDRESS",
        default="127.0.0.1",
    ),
    Flag("--port", "Port; 0 selects a free one", metavar="PORT", default="8000", read=_port),
)
SIMULATION = (
    Flag(
        "--latency",
        "How long jobs and file processing take, e.g. `2s` or `image=2s,video=8s-20s`"
        "  [default: image=3s,video=6s,layering=4s,file=1s]",
        metavar="SPEC",
    ),
    Flag(
        "--seed",
        "Seed for images, times and probabilities, for reproducible runs",
        metavar="NUMBER",
        default="0",
        read=_whole_number,
    ),
    Flag(
        "--rpm",
        "Submissions a key may make in 60 s; 0 for no limit",
        metavar="NUMBER",
        default=str(REQUESTS_PER_MINUTE),
        read=parse_count,
    ),
    Flag(
        "--jobs",
        "Jobs a key may have at once; 0 for no limit",
        metavar="NUMBER",
        default=str(JOBS_AT_ONCE),
        read=parse_count,
    ),
    Flag("--url-life", "How long presigned links are valid", metavar="DURATION", default="1h"),
    Flag("--fault", "Fault to inject, as described below", metavar="FAULT", repeatable=True),
    Flag(
        "--log",
        "Append every request to this file, as JSON lines",
        metavar="FILE",
        completion=Completion.FILES,
        read=Path,
    ),
    Flag(
        "--state",
        "Keep jobs and files in this folder; by default they are lost when the simulator ends",
        metavar="DIR",
        completion=Completion.FOLDERS,
        read=Path,
    ),
)
COMMAND = Argument(
    "command",
    "COMMAND [ARG]...",
    "Program to run and its arguments, after `--`",
    completion=Completion.PROGRAM,
    repeats=True,
)


class SandboxCommand(LumaCommand):
    """A command that runs a sandbox; its help lists how to request an outcome or a fault."""

    def topics(self) -> Iterable[tuple[str, list[tuple[str, str]]]]:
        from luma_cli.sandbox.help_tables import topics

        return topics()


def _options(
    *,
    latency: str | None,
    seed: int,
    rpm: int,
    jobs: int,
    url_life: str,
    fault: Sequence[str],
    log: Path | None,
    state: Path | None,
) -> SandboxOptions:
    """Return the options that the flags of both commands set."""
    return SandboxOptions(
        latency=parse_latency(latency or ""),
        seed=seed,
        url_life_seconds=max(round(duration_of("--url-life", url_life) or 0), 1),
        requests_per_minute=rpm,
        jobs_at_once=jobs,
        state=state,
        log=log,
        faults=tuple(parse_fault(text) for text in fault),
    )


@sandbox.command(
    "serve",
    *LISTENING,
    *SIMULATION,
    cls=SandboxCommand,
    examples=(
        "luma-agents-cli sandbox serve --port 8000 --latency 1s",
        "luma-agents-cli sandbox serve --state ./state --fault GET:503:0.2",
    ),
)
def sandbox_serve(ctx: typer.Context, *, host: str, port: int, **simulation: Any) -> None:
    """Run the simulator until Ctrl-C.

    Prints the environment variables that make programs use it. Never connects to other hosts.
    """
    from luma_cli.sandbox.server import serve_forever

    app: AppContext = ctx.obj
    options = replace(_options(**simulation), host=host, port=port)

    def on_ready(base_url: str, nonce: str) -> None:
        if app.out.for_people:
            address = base_url.removeprefix("http://").partition("/")[0]
            app.out.note(
                f"listening on {address}; paste these lines into another terminal; Ctrl-C stops"
            )
        app.out.lines(_exports(base_url, nonce))

    serve_forever(options, on_ready=on_ready)


@sandbox.command(
    "exec",
    COMMAND,
    *SIMULATION,
    cls=SandboxCommand,
    context_settings={"allow_interspersed_args": False},
    examples=(
        "luma-agents-cli sandbox exec -- luma generations create --prompt x -d x",
        "luma-agents-cli sandbox exec --latency 0s -- ./pipeline.sh",
        "luma-agents-cli sandbox exec --fault download:cut:50%:1 -- ./pipeline.sh",
    ),
)
def sandbox_exec(ctx: typer.Context, command: Sequence[str], **simulation: Any) -> None:
    """Run a program with its own simulator.

    Exits with the exit code of the program.
    """
    from luma_cli.sandbox.execute import execute

    app: AppContext = ctx.obj
    if not command:
        raise UsageError("missing command", hint="e.g. `sandbox exec -- ./pipeline.sh`")
    raise typer.Exit(execute(list(command), app.host.environ, _options(**simulation)))


def _exports(base_url: str, nonce: str) -> list[str]:
    return [
        f"export LUMA_BASE_URL={base_url}",
        f"export LUMA_AGENTS_API_KEY={SANDBOX_KEY}",
        f"export LUMA_SANDBOX={nonce}",
    ]
