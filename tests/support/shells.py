"""Real shells on a pseudo-terminal: a line is typed, Tab is pressed, and what comes is read."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

LONGEST_SECONDS = 20.0
READY, DONE = "ready>", "<done>"
_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-B0-2]|[=>78cMDEH])"
)
# In place of the program stands a function that prints its arguments: that is what Tab made of
# the line.
_SHOWN = r"""printf '[%s]' "$@"; printf '%s\n' '<''done>'"""


class Completed(NamedTuple):
    """What the shell listed, and the arguments after Tab and Return."""

    listed: str
    words: list[str]


class Terminal:
    """A shell with a terminal of its own."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pending = ""

    def type(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def read_until(self, text: str) -> str:
        """Return what the shell prints up to this text, without colours and movements."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while text not in (shown := _ESCAPE.sub("", self._pending)):
            assert time.monotonic() < deadline, f"no `{text}` in {shown!r}"
            if select.select([self._descriptor], [], [], 0.2)[0]:
                self._pending += os.read(self._descriptor, 65536).decode(errors="replace")
        seen, _, self._pending = shown.partition(text)
        return seen

    def complete(self, line: str) -> Completed:
        """Type a line, press Tab, then Return."""
        self.type(f"{line}\t\r")
        shown = self.read_until(DONE)
        self.read_until(READY)
        found = re.search(r"((?:\[[^\[\]]*\])+)$", shown)
        assert found is not None, shown
        return Completed(shown[: found.start()], found[1][1:-1].split("]["))


_tracer: list[str] = []


@contextmanager
def traced_by(command: list[str]) -> Iterator[None]:
    """Start the shells of the block under another program."""
    _tracer.extend(command)
    try:
        yield
    finally:
        _tracer.clear()


@contextmanager
def shell(argv: list[str], env: dict[str, str], setup: list[str]) -> Iterator[Terminal]:
    """Start a shell and have it run the lines of `setup`; it is at its prompt then."""
    ours, theirs = pty.openpty()
    size = ["stty", "rows", "200", "cols", "160"]
    subprocess.run(size, stdin=theirs, check=True)
    env = env | {"TERM": "xterm", "PS1": READY, "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        [*_tracer, *argv],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=env,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one call
    ) as process:
        os.close(theirs)
        terminal = Terminal(ours)
        try:
            for line in setup:
                terminal.type(f"{line}\r")
            terminal.type(" echo set''-up\r")
            terminal.read_until("set-up")
            terminal.read_until(READY)
            yield terminal
        finally:
            process.kill()
            os.close(ours)


@contextmanager
def bash(env: dict[str, str], script: Path, *, with_helpers: bool) -> Iterator[Terminal]:
    """Start bash, with or without the package `bash-completion`."""
    helpers = [". /usr/share/bash-completion/bash_completion"] if with_helpers else []
    setup = [
        "bind 'set show-all-if-ambiguous on' 'set page-completions off'",
        "bind 'set completion-query-items 0' 'set enable-bracketed-paste off'",
        *helpers,
        f". '{script}'",
        f"luma() {{ {_SHOWN}; }}",
    ]
    with shell(["bash", "--norc", "--noprofile"], env, setup) as terminal:
        yield terminal


@contextmanager
def zsh(env: dict[str, str], folder: Path) -> Iterator[Terminal]:
    """Start zsh with the folder of the script in `fpath`, and a fresh `compinit`."""
    setup = [
        "unsetopt prompt_sp list_ambiguous; LISTMAX=0; zle_highlight=(none)",
        f"fpath=('{folder}' $fpath); autoload -U compinit; compinit -u -d \"$HOME/dump\"",
        f"luma() {{ {_SHOWN}; }}",
    ]
    with shell(["zsh", "-f", "-i"], env | {"PROMPT_EOL_MARK": ""}, setup) as terminal:
        yield terminal


@contextmanager
def fish(env: dict[str, str], folder: Path) -> Iterator[Terminal]:
    """Start fish, which finds the script by the program's name."""
    shown = r"""printf '[%s]' $argv; printf '%s\n' '<''done>'"""
    setup = [
        f"function fish_prompt; echo -n '{READY}'; end; function fish_right_prompt; end",
        "set -g fish_autosuggestion_enabled 0; set -g fish_color_command normal",
        f"set -p fish_complete_path '{folder}'",
        f"function luma; {shown}; end",
    ]
    with shell(["fish", "--no-config", "-i"], env, setup) as terminal:
        yield terminal
