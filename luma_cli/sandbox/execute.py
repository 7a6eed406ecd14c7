"""Running a program against its own sandbox."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from luma_cli.errors import UsageError, reason_of
from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer

_SIGNAL_BASE = 128


def _signals(*names: str) -> tuple[signal.Signals, ...]:
    """Return the signals that this system supports: Windows lacks some."""
    return tuple(signal.Signals[name] for name in names if name in signal.Signals.__members__)


# For Ctrl-C and Ctrl-\ the terminal sends these to the program, too.
_FROM_KEYS = _signals("SIGINT", "SIGQUIT")
_FORWARDED = _signals("SIGTERM", "SIGHUP")


def execute(command: Sequence[str], environ: Mapping[str, str], options: SandboxOptions) -> int:
    """Run `command` with the sandbox's address and key in its environment; return its exit code.

    The exit code of a command killed by a signal is 128 plus the signal's number, as in a shell.
    Raises `UsageError` if the command cannot be started. The server ends with this function, and
    with this process if it is killed.
    """
    with SandboxServer(options) as server:
        variables = {**environ, **_variables(environ, server)}
        with _signals_forwarded() as forward_to, _start(command, variables) as child:
            forward_to(child)
            code = child.wait()
    return code if code >= 0 else _SIGNAL_BASE - code


def _start(command: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(list(command), env=environ)  # noqa: S603 - the user's command
    except OSError as problem:
        raise UsageError(
            f"cannot run `{command[0]}`: {reason_of(problem)}",
            hint="check the name; use `sh -c '…'` for shell syntax",
        ) from None


def _variables(environ: Mapping[str, str], server: SandboxServer) -> dict[str, str]:
    local = "127.0.0.1,localhost"
    no_proxy = environ.get("NO_PROXY") or environ.get("no_proxy")
    no_proxy = f"{no_proxy},{local}" if no_proxy else local
    return {
        "LUMA_BASE_URL": server.base_url,
        "LUMA_AGENTS_API_KEY": SANDBOX_KEY,
        "LUMA_SANDBOX": server.nonce,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }


@contextmanager
def _signals_forwarded() -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """Forward signals to the child, except those that the terminal sends to it for a key.

    No signal ends this process, so the child never outlives it. Signals that arrive before the
    child has started are forwarded once it has.
    """
    early: list[int] = []
    children: list[subprocess.Popen[bytes]] = []

    def forward(number: int, _: object) -> None:
        early.append(number) if not children else children[0].send_signal(number)

    def forward_to(child: subprocess.Popen[bytes]) -> None:
        children.append(child)
        for number in early:
            child.send_signal(number)

    on_key = (lambda *_: None) if _in_the_foreground() else forward
    handlers = {number: signal.signal(number, forward) for number in _FORWARDED}
    handlers |= {number: signal.signal(number, on_key) for number in _FROM_KEYS}
    try:
        yield forward_to
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _in_the_foreground() -> bool:
    """Return whether Ctrl-C on a terminal reaches the whole process group."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
