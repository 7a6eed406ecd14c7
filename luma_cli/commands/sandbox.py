"""`luma-agents-cli sandbox`: a simulator of the API, free of charge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luma_cli.cli.declare import LumaCommand, examples, group, packed
from luma_cli.errors import UsageError
from luma_cli.rules.interpretation import JOBS_AT_ONCE, REQUESTS_PER_MINUTE
from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions, parse_latency
from luma_cli.workflows.plan import duration_of

if TYPE_CHECKING:
    from luma_cli.context import AppContext

sandbox = group()

PortOpt = Annotated[
    int,
    typer.Option("--port", metavar="PORT", min=0, max=65535, help="Port; 0 selects a free one"),
]
HostOpt = Annotated[
    str,
    typer.Option(
        "--host",
        metavar="ADDRESS",
        help="Address or name to listen on; only it and loopback names are served",
    ),
]
LatencyOpt = Annotated[
    str,
    typer.Option(
        "--latency",
        metavar="SPEC",
        help="How long jobs and ingests of files take, e.g. `2s` or `image=2s,video=8s-20s`"
        " [default: image=3s,video=6s,layering=4s,file=1s]",
    ),
]
SeedOpt = Annotated[
    int,
    typer.Option(
        "--seed",
        metavar="NUMBER",
        help="Seed of pictures, times and probabilities, for reproducible runs",
    ),
]
RequestsOpt = Annotated[
    int,
    typer.Option(
        "--rpm",
        metavar="NUMBER",
        min=0,
        help="Submissions a key may make in 60 s; 0 for no limit",
    ),
]
JobsOpt = Annotated[
    int,
    typer.Option(
        "--jobs",
        metavar="NUMBER",
        min=0,
        help="Jobs a key may have at once; 0 for no limit",
    ),
]
UrlLifeOpt = Annotated[
    str,
    typer.Option("--url-life", metavar="DURATION", help="How long presigned links are valid"),
]
FaultOpt = Annotated[
    list[str] | None,
    typer.Option("--fault", metavar="FAULT", help="Fault to inject, see below  [may be repeated]"),
]
LogOpt = Annotated[
    Path | None,
    typer.Option("--log", metavar="FILE", help="Append every request to this file, as JSON lines"),
]
StateOpt = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="DIR",
        help="Keep jobs and files in this folder for the next start",
    ),
]
CommandArg = Annotated[
    list[str] | None,
    typer.Argument(metavar="COMMAND [ARG]...", help="Program to run and its arguments, after `--`"),
]


class SandboxCommand(LumaCommand):
    """A command that runs a sandbox; its help lists the magic values and faults."""

    def topics(self) -> Iterable[tuple[str, list[tuple[str, str]]]]:
        from luma_cli.sandbox.magic import topics

        return topics()


def _options(
    latency: LatencyOpt = "",
    seed: SeedOpt = 0,
    rpm: RequestsOpt = REQUESTS_PER_MINUTE,
    jobs: JobsOpt = JOBS_AT_ONCE,
    url_life: UrlLifeOpt = "1h",
    fault: FaultOpt = None,
    log: LogOpt = None,
    state: StateOpt = None,
) -> SandboxOptions:
    """Return the options that both commands share."""
    return SandboxOptions(
        latency=parse_latency(latency),
        seed=seed,
        url_life_seconds=max(round(duration_of("--url-life", url_life) or 0), 1),
        requests_per_minute=rpm,
        jobs_at_once=jobs,
        state=state,
        log=log,
        faults=tuple(parse_fault(text) for text in fault or []),
    )


@sandbox.command(
    "serve",
    cls=SandboxCommand,
    epilog=examples(
        "luma-agents-cli sandbox serve --port 8000 --latency 1s",
        "luma-agents-cli sandbox serve --state ./state --fault GET:503:0.2",
    ),
)
@packed(_options, "options")
def sandbox_serve(
    ctx: typer.Context,
    options: SandboxOptions,
    host: HostOpt = "127.0.0.1",
    port: PortOpt = 8000,
) -> None:
    """Run the simulator until Ctrl-C.

    Prints the variables that point programs at it. The simulator never connects to other hosts.
    """
    from luma_cli.sandbox.server import serve_forever

    cli: AppContext = ctx.obj
    options = replace(options, host=host, port=port)
    serve_forever(options, on_ready=lambda *address: cli.out.lines(_exports(*address)))


@sandbox.command(
    "exec",
    cls=SandboxCommand,
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "luma-agents-cli sandbox exec -- luma generations create --prompt x -d x",
        "luma-agents-cli sandbox exec --latency 0s -- ./pipeline.sh",
        "luma-agents-cli sandbox exec --fault download:cut:50%:1 -- ./pipeline.sh",
    ),
)
@packed(_options, "options")
def sandbox_exec(ctx: typer.Context, options: SandboxOptions, command: CommandArg = None) -> None:
    """Run a program against its own simulator.

    Returns the program's exit code.
    """
    from luma_cli.sandbox.execute import execute

    cli: AppContext = ctx.obj
    if not command:
        raise UsageError("missing command", hint="e.g. `sandbox exec -- ./pipeline.sh`")
    raise typer.Exit(execute(command, cli.host.environ, options))


def _exports(base_url: str, nonce: str) -> list[str]:
    return [
        f"export LUMA_BASE_URL={base_url}",
        f"export LUMA_AGENTS_API_KEY={SANDBOX_KEY}",
        f"export LUMA_SANDBOX={nonce}",
    ]
