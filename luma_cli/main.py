"""From a command line to an exit code; the only place where errors are caught and printed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import Any, TextIO

import typer
from typer.main import get_command

from luma_cli import PROGRAM, VERSION_LINE
from luma_cli.cli.app import app
from luma_cli.cli.parser import CommandLine, help_hint, peek, read_command_line
from luma_cli.context import AppContext
from luma_cli.errors import (
    BugError,
    ExitCode,
    LumaError,
    StdoutError,
    StoppedError,
    UsageError,
    cut_off_by,
    reason_of,
)
from luma_cli.host import Host
from luma_cli.redaction import without_secrets
from luma_cli.settings import secrets
from luma_cli.settings.parse import FORMATS

_ERROR_FLAGS = ("--format-error", "--transform-error")


def main(argv: Sequence[str], host: Host) -> int:
    """Run one command line (without the program's name) and return its exit code.

    Everything the user sees goes through `host`; only bugs raise.
    """
    cli = AppContext(host, CommandLine())
    secrets.learn(argv, host.environ)
    try:
        code = _run(cli, argv)
    except KeyboardInterrupt as interruption:
        code = _fail(cli, argv, _interrupted(interruption))
    host.interrupts.ignore()
    cli.close()
    return code


def _run(cli: AppContext, argv: Sequence[str]) -> int:
    try:
        tree = get_command(app)
        read_command_line(argv, tree, into=cli.line)
        if cli.line.wants_version:
            cli.make_output().lines([VERSION_LINE.rstrip("\n")])
            return ExitCode.DONE
        return _invoke(tree, cli)
    except LumaError as error:
        return _fail(cli, argv, error)
    except BugError as bug:
        _print_bug(cli, bug.__cause__)
        return _fail(cli, argv, bug.error)
    except KeyboardInterrupt as interruption:
        return _fail(cli, argv, _interrupted(interruption))
    except BrokenPipeError:
        return ExitCode.DONE  # the reader of stdout has seen enough


def _print_bug(cli: AppContext, bug: BaseException | None) -> None:
    """Print a bug's traceback, without locals."""
    import traceback

    if bug is not None:
        cli.host.stderr.write(without_secrets("".join(traceback.format_exception(bug))))


def _invoke(tree: Any, cli: AppContext) -> int:
    """Let Typer run the command; its own `main` would swallow interruptions and broken pipes."""
    try:
        # Typer prints help to `sys.stdout`, not to the stdout of the host.
        with (
            redirect_stdout(_Help(cli.host.stdout)),
            tree.make_context(PROGRAM, cli.line.argv, obj=cli) as context,
        ):
            tree.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as mistake:
        raise UsageError(_reword(mistake.format_message()), hint=help_hint(cli.line)) from None
    return ExitCode.DONE


class _Help(io.TextIOBase):
    """Where Typer prints help; what keeps it from being printed is an error like any other."""

    def __init__(self, stdout: TextIO) -> None:
        self._stdout = stdout

    def write(self, text: str) -> int:
        try:
            size = self._stdout.write(text)
            self._stdout.flush()  # a full disk is noticed only now
            return size
        except BrokenPipeError:
            raise
        except OSError as problem:
            raise StdoutError(f"cannot write to stdout: {reason_of(problem)}") from None

    def isatty(self) -> bool:
        return self._stdout.isatty()


def _reword(message: str) -> str:
    """Return a message of Click in the style of this program's errors."""
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
        out = cli.make_output(format_error=wanted if wanted in FORMATS else "auto")
    out.error(error)
    return error.exit_code


def _interrupted(interruption: KeyboardInterrupt) -> LumaError:
    """Return the error that a signal cut off on its way to be told, or what the signal means."""
    return cut_off_by(interruption) or StoppedError("interrupted")
