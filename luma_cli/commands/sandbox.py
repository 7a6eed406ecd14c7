"""`luma-agents-cli sandbox`: a simulator of the API, so that nothing is paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from luma_cli.commands._declare import LumaCommand, examples, group
from luma_cli.errors import UsageError

if TYPE_CHECKING:
    from luma_cli.context import AppContext

sandbox = group()

PortOpt = Annotated[
    int,
    typer.Option("--port", metavar="PORT", min=0, max=65535, help="Port; 0 takes a free one"),
]
HostOpt = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on")]
LatencyOpt = Annotated[
    str | None,
    typer.Option(
        "--latency",
        metavar="SPEC",
        help="How long jobs take: `2s`, or `image=2s,video=8s`; by default"
        " image=3s,video=6s,layering=4s",
    ),
]
SeedOpt = Annotated[
    int, typer.Option("--seed", metavar="NUMBER", help="Seed of the pictures, for equal runs")
]
CommandArg = Annotated[
    list[str] | None,
    typer.Argument(metavar="COMMAND [ARG]...", help="Program to run, after `--`"),
]


@sandbox.command(
    "serve",
    cls=LumaCommand,
    epilog=examples("luma-agents-cli sandbox serve --port 8000 --latency 1s"),
)
def sandbox_serve(
    ctx: typer.Context,
    host: HostOpt = "127.0.0.1",
    port: PortOpt = 8000,
    latency: LatencyOpt = None,
    seed: SeedOpt = 0,
) -> None:
    """Run the simulator until Ctrl-C.

    Prints the variables that point programs at it.
    """
    from luma_cli.sandbox.options import SandboxOptions, parse_latency
    from luma_cli.sandbox.server import serve_forever

    cli: AppContext = ctx.obj
    options = SandboxOptions(host=host, port=port, latency=parse_latency(latency or ""), seed=seed)
    serve_forever(options, on_ready=lambda base_url: cli.out.lines(_exports(base_url)))


@sandbox.command(
    "exec",
    cls=LumaCommand,
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "luma-agents-cli sandbox exec -- luma-agents-cli generations create --prompt x -o x.png",
        "luma-agents-cli sandbox exec --latency 0s -- ./pipeline.sh",
    ),
)
def sandbox_exec(
    ctx: typer.Context,
    command: CommandArg = None,
    latency: LatencyOpt = None,
    seed: SeedOpt = 0,
) -> None:
    """Run a program against a simulator of its own.

    Returns the program's exit code.
    """
    from luma_cli.sandbox.execute import execute
    from luma_cli.sandbox.options import SandboxOptions, parse_latency

    cli: AppContext = ctx.obj
    if not command:
        raise UsageError("no command to run", hint="as in `sandbox exec -- ./pipeline.sh`")
    options = SandboxOptions(latency=parse_latency(latency or ""), seed=seed)
    raise typer.Exit(execute(command, cli.host.environ, options))


def _exports(base_url: str) -> list[str]:
    from luma_cli.sandbox.options import SANDBOX_KEY

    return [f"export LUMA_BASE_URL={base_url}", f"export LUMA_AGENTS_API_KEY={SANDBOX_KEY}"]
