"""What work in progress may be shown as; by itself it shows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Takes notice of progress in silence; a terminal gets a subclass that draws.

    Every call may come many times for the same name.
    """

    def waiting(self, name: str, state: str, expected_seconds: float | None = None) -> None:
        """A generation was seen in this state; such a one usually takes so long."""

    def transferring(self, name: str, done_bytes: int, total_bytes: int | None) -> None:
        """So many bytes of a file are here; the total is `None` when nobody said it."""

    def finished(self, name: str) -> None:
        """No more will be heard of this generation or file."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the screen to what is printed in the block."""
        yield


class FewLines(Progress):
    """Shows the first of many generations: no screen has thousands of lines."""

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
