"""Stdin as a value of the request: under any of its names, and only once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from luma_cli.errors import UsageError

STDIN_NAMES = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")


class Stdin:
    """Stdin, which can be read once; `is_taken` when a value asks for it, now or later."""

    def __init__(self, read: Callable[[], str], spool: Callable[[], Path] | None = None) -> None:
        self._read, self._spool, self._is_read = read, spool, False
        self.is_taken = False

    def read(self) -> str:
        """Return all text on stdin; raises `UsageError` the second time."""
        self.take()
        return self._read()

    def spool(self) -> Path | None:
        """Return a file with all bytes on stdin, `None` where only its text can be had.

        Raises `UsageError` the second time.
        """
        if self._spool is None:
            return None
        self.take()
        return self._spool()

    def take(self) -> None:
        """Note that stdin is read, here or elsewhere; raises `UsageError` the second time."""
        if self._is_read:
            raise UsageError("stdin is asked for twice", hint="it can be read only once")
        self._is_read = self.is_taken = True
