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
