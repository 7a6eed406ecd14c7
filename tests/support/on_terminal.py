"""A real process on a pseudo-terminal that it controls, and what a person sees there."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyte

LONGEST_SECONDS = 30.0


class Session:
    """A process and its terminal; `lines` is what is on the screen now."""

    def __init__(
        self, process: subprocess.Popen[bytes], terminal: int, screen: pyte.Screen
    ) -> None:
        self._process, self._terminal = process, terminal
        self.screen = screen
        self._stream = pyte.ByteStream(screen)
        self._deadline = time.monotonic() + LONGEST_SECONDS

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display if line.strip()]

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def wait_for(self, text: str) -> None:
        """Read until a text is on the screen."""
        self.wait_until(lambda lines: any(text in line for line in lines))

    def wait_until(self, is_there: Callable[[list[str]], bool]) -> None:
        """Read until the lines on the screen are as wanted."""
        while not is_there(self.lines):
            assert self._read(), f"the process has ended: {self.lines}"

    def finish(self) -> int:
        """Read to the end; return the exit code."""
        while self._read():
            pass
        return self._process.wait(LONGEST_SECONDS)

    def resize(self, columns: int, rows: int) -> None:
        """Resize the window."""
        termios.tcsetwinsize(self._terminal, (rows, columns))
        self.screen.resize(rows, columns)

    def _read(self) -> bool:
        """Show the next piece of output; return whether there was any."""
        left = self._deadline - time.monotonic()
        assert left > 0, f"this stays on the screen: {self.lines}"
        if not select.select([self._terminal], [], [], left)[0]:
            return False
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # all its ends are closed
            return False
        self._stream.feed(data)
        return bool(data)


@contextmanager
def on_terminal(
    argv: list[str], env: dict[str, str], *, columns: int, rows: int, stdin: str | None = None
) -> Iterator[Session]:
    """Start a process; with `stdin`, its stdin is a pipe with this text."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (rows, columns))
    with subprocess.Popen(
        argv,
        stdin=theirs if stdin is None else subprocess.PIPE,
        stdout=theirs,
        stderr=theirs,
        env=env | {"TERM": "xterm"},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one call
    ) as process:
        os.close(theirs)
        if stdin is not None and process.stdin is not None:
            process.stdin.write(stdin.encode())
            process.stdin.close()
        try:
            yield Session(process, ours, pyte.Screen(columns, rows))
        finally:
            process.kill()
            os.close(ours)
