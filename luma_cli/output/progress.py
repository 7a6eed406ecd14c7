"""The interface of progress displays: `progress_bar` implements it for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Ignores progress; a subclass displays it on a terminal.

    Each method may be called many times for the same name.
    """

    def waiting(self, name: str, state: str, expected_seconds: float | None = None) -> None:
        """Report the state of a generation and the usual time of such a job."""

    def transferring(self, name: str, done_bytes: int, total_bytes: int | None) -> None:
        """Report the transferred bytes of a file; the total is `None` if unknown."""

    def finished(self, name: str) -> None:
        """Report the end of a generation or file."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hide the display during the block."""
        yield


class LimitedProgress(Progress):
    """Displays only the first of many generations."""

    def __init__(self, progress: Progress, most: int = 20) -> None:
        self._progress, self._most = progress, most
        self._shown = set[str]()

    def waiting(self, name: str, state: str, expected_seconds: float | None = None) -> None:
        if name in self._shown or len(self._shown) < self._most:
            self._shown.add(name)
            self._progress.waiting(name, state, expected_seconds)

    def transferring(self, name: str, done_bytes: int, total_bytes: int | None) -> None:
        self._progress.transferring(name, done_bytes, total_bytes)

    def finished(self, name: str) -> None:
        self._shown.discard(name)
        self._progress.finished(name)

    @contextmanager
    def paused(self) -> Iterator[None]:
        with self._progress.paused():
            yield
