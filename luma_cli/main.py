"""From a command line to an exit code; the only place where errors are caught and printed."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from luma_cli import VERSION_LINE
from luma_cli.cli.parser import help_hint, read_command_line
from luma_cli.cli.root import root_command
from luma_cli.context import AppContext
from luma_cli.errors import BugError, LumaError, StoppedError, UsageError, interrupted_error
from luma_cli.exit_codes import ExitCode
from luma_cli.flags import CommandLine
from luma_cli.host import Host
from luma_cli.redaction import without_secrets
from luma_cli.settings import secrets
from luma_cli.settings.parse import FORMATS


def main(argv: Sequence[str], host: Host) -> int:
    """Run one command line (without the program's name) and return its exit code.

    Everything the user sees goes through `host`; only bugs raise.
    """
    app = AppContext(host, CommandLine())
    secrets.learn(argv, host.environ)
    try:
        code = _run(app, argv)
    except KeyboardInterrupt as interruption:
        code = _fail(app, _interrupted(interruption))
    host.interrupts.ignore()
    app.close()
    return code


def _run(app: AppContext, argv: Sequence[str]) -> int:
    try:
        return _execute(app, argv)
    except LumaError as error:
        return _fail(app, error)
    except BugError as bug:
        _print_bug(app, bug.__cause__)
        return _fail(app, bug.error)
    except KeyboardInterrupt as interruption:
        return _fail(app, _interrupted(interruption))
    except BrokenPipeError:
        return ExitCode.DONE  # the reader of stdout has seen enough


def _print_bug(app: AppContext, bug: BaseException | None) -> None:
    """Print a bug's traceback, without locals."""
    import traceback

    if bug is not None:
        app.host.stderr.write(without_secrets("".join(traceback.format_exception(bug))))


def _execute(app: AppContext, argv: Sequence[str]) -> int:
    """Parse the line and run its command; Typer's `main` would swallow interruptions."""
    try:
        context = read_command_line(argv, root_command, app)
        if app.line.globals.get("--version"):
            app.make_output().lines([VERSION_LINE.rstrip("\n")])
        elif app.line.wants_help:
            app.make_output().lines(context.get_help().split("\n"))
        else:
            with context:
                context.command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as mistake:
        raise UsageError(_reword(mistake.format_message()), hint=help_hint(app.line)) from None
    return ExitCode.DONE


def _reword(message: str) -> str:
    """Return a message of Click in the style of this program's errors."""
    text = message.rstrip(".").replace("'", "`")
    return text[:1].lower() + text[1:]


def _fail(app: AppContext, error: LumaError) -> int:
    try:
        out = app.out
    except LumaError:  # the settings are what is wrong
        wanted = str(app.line.globals.get("--format-error", "")).lower()
        out = app.make_output(format_error=wanted if wanted in FORMATS else "auto")
    out.error(error)
    return error.exit_code


def _interrupted(interruption: KeyboardInterrupt) -> LumaError:
    """Return the error that a signal kept from being reported, or that of the signal."""
    return interrupted_error(interruption) or StoppedError("interrupted")
