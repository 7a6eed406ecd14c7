"""From a command line to an exit code; the only place where errors are caught and printed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import Any

import typer
from typer.main import get_command

from luma_cli import PROGRAM, VERSION_LINE, known_secrets
from luma_cli.app import app
from luma_cli.arguments import CommandLine, help_hint, peek, read_command_line
from luma_cli.context import AppContext
from luma_cli.errors import ExitCode, LumaError, StdoutError, StoppedError, UsageError
from luma_cli.host import Host
from luma_cli.output.streams import Guarded, writing_to
from luma_cli.values import FORMATS

_ERROR_FLAGS = ("--format-error", "--transform-error")


def main(argv: Sequence[str], host: Host) -> int:
    """Run one command line (without the program's name) and return its exit code.

    Everything the user sees goes through `host`; only bugs raise.
    """
    cli = AppContext(host, CommandLine())
    known_secrets.learn(argv, host.environ)
    try:
        tree = get_command(app)
        read_command_line(argv, tree, into=cli.line)
        if cli.line.wants_version:
            with writing_to(host.stdout):
                print(VERSION_LINE, end="", file=host.stdout, flush=True)
            return ExitCode.DONE
        return _invoke(tree, cli)
    except LumaError as error:
        return _fail(cli, argv, error)
    except KeyboardInterrupt:
        return _fail(cli, argv, _stopped(cli))
    except BrokenPipeError:
        if cli.unfinished is None or cli.unfinished.told:
            return ExitCode.DONE  # whoever read our output has seen enough
        return _fail(cli, argv, StdoutError("nobody reads our output, and a job was submitted"))


def _invoke(tree: Any, cli: AppContext) -> int:
    """Let Typer run the command; its own `main` would swallow interruptions and broken pipes."""
    try:
        # Typer prints help to `sys.stdout`, whatever the host says.
        with (
            redirect_stdout(Guarded(cli.host.stdout)),
            tree.make_context(PROGRAM, cli.line.argv, obj=cli) as context,
        ):
            tree.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as mistake:
        raise UsageError(_reword(mistake.format_message()), hint=help_hint(cli.line)) from None
    return ExitCode.DONE


def _reword(message: str) -> str:
    """Return Click's sentence in the style of ours."""
    text = message.rstrip(".").replace("'", "`")
    return text[:1].lower() + text[1:]


def _fail(cli: AppContext, argv: Sequence[str], error: LumaError) -> int:
    for flag in _ERROR_FLAGS:  # they may stand behind the mistake that stopped the reading
        if (wanted := peek(argv, flag)) is not None:
            cli.line.globals.setdefault(flag, wanted)
    try:
        out = cli.out
    except LumaError:  # the settings are what is wrong
        wanted = cli.line.globals.get("--format-error", "").lower()
        out = cli.voice(format_error=wanted if wanted in FORMATS else "auto")
    if cli.unfinished is not None and (error.hint is None or not cli.unfinished.told):
        ids = cli.unfinished.ids
        error.hint = f"go on with `{cli.unfinished.command}`"
        error.generation_id = error.generation_id or (ids[0] if len(ids) == 1 else None)
    out.error(error)
    return error.exit_code


def _stopped(cli: AppContext) -> LumaError:
    if cli.unfinished is None:
        return StoppedError("interrupted")
    ids = cli.unfinished.ids
    return StoppedError(
        f"interrupted; {', '.join(ids)} {'go' if len(ids) > 1 else 'goes'} on without us"
    )
