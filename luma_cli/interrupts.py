"""Signals that end the program, held back while a paid id could be lost.

    POST sent whole ── first byte of the answer ── id known ── printed ── stored
    └───────────────────────── signals are held ──────────────────────────────┘

A first SIGINT, SIGTERM or SIGHUP raises `KeyboardInterrupt` in the main thread, where `main` turns
it into the last message. Inside a `held` block of any thread it is remembered, and raised in the
main thread: when its own block ends, or by `raise_pending` once those of other threads have ended.
A main thread whose steps must not be cut in two is in a `deferred` block, and waits in `raised`.
Further signals are ignored until the program has ended: `make`, `npm` and `timeout` pass on the
same Ctrl-C twice.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sys import UnraisableHookArgs

# How long a held signal waits for what the block protects.
LONGEST_HOLD_SECONDS = 2.0
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupts:
    """The handling of signals; before `install` signals have their default effect."""

    def __init__(self) -> None:
        # One element for each open block: appending and popping are atomic, `+=` is not, and a
        # handler of signals must not wait for a lock.
        self._holds: list[None] = []
        self._pending_since: float | None = None
        self._is_deferring = self._is_ending = False
        self._installed: list[int] = []

    def install(self) -> None:
        """Handle the signals, except those ignored by the parent process (`nohup`)."""
        for name in _ENDING:
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.handle)
                self._installed.append(number)
        sys.unraisablehook = _print_unless_interrupted

    def handle(self, *_: object) -> None:
        """React to a signal; raises `KeyboardInterrupt` for the first one outside of blocks."""
        if self._is_ending:
            return
        if self._pending_since is None:
            self._pending_since = time.monotonic()
        if self._holds or self._is_deferring:
            return
        # Python swallows it in a callback of the import system or of the garbage collector: it is
        # also pending, for whatever asks next.
        self._is_ending = True
        raise KeyboardInterrupt

    @property
    def is_pending(self) -> bool:
        """Whether a signal came, and is held back or was raised."""
        return self._pending_since is not None

    @property
    def hold_is_over(self) -> bool:
        """Whether a signal has been held back for as long as it may be."""
        since = self._pending_since
        return since is not None and time.monotonic() - since >= LONGEST_HOLD_SECONDS

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold signals back while the block runs.

        At its end in the main thread, `KeyboardInterrupt` is raised for a pending one.
        """
        self._holds.append(None)
        try:
            yield
        finally:
            self._holds.pop()
            ends = not self._is_deferring and self._ends_now()
        if ends:
            raise KeyboardInterrupt

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Raise signals only in `raised` blocks while this one runs; for the main thread.

        One that comes after the last of them is ignored: what it would stop is done.
        """
        self._is_deferring = True
        try:
            yield
        finally:
            self._is_deferring = False
            self._is_ending = self._is_ending or self.is_pending

    @contextmanager
    def raised(self) -> Iterator[None]:
        """Raise signals in this block inside a `deferred` one, also one that came before."""
        self._is_deferring = False
        try:
            self.raise_pending()
            yield
        finally:
            self._is_deferring = True

    def raise_pending(self) -> None:
        """Raise `KeyboardInterrupt` for a signal that was held back, unless one is held now."""
        if not self._is_ending and self._ends_now():
            raise KeyboardInterrupt

    def _ends_now(self) -> bool:
        """Return whether a pending signal is to be raised here and now, and note that it is."""
        is_main = threading.current_thread() is threading.main_thread()
        ends = self.is_pending and not self._holds and is_main
        self._is_ending = self._is_ending or ends
        return ends

    @contextmanager
    def held_for_an_error(self) -> Iterator[None]:
        """Hold signals back while a more specific error is recorded."""
        with suppress(KeyboardInterrupt), self.held():
            yield

    def ignore(self) -> None:
        """Ignore signals from now on: only the exit is left to do."""
        self._is_ending = True
        for number in self._installed:
            # The end of the interpreter would restore the default handlers, which kill.
            signal.signal(number, signal.SIG_IGN)


def _print_unless_interrupted(unraisable: UnraisableHookArgs) -> None:
    """Print an exception that Python swallows, unless it is a signal's: that one is pending."""
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
