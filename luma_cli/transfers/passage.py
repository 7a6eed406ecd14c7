"""Handing one output on as it comes, to a reader that has no use for a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from luma_cli.errors import SaveError
from luma_cli.transfers.answer import Origin, ask_for_rest, check_size

if TYPE_CHECKING:
    import httpx


class Passage:
    """The bytes that went to `write` so far; they cannot be taken back."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._first: Origin | None = None
        self.origin: Origin | None = None
        self.size = 0

    def forget(self) -> None:
        """Ask for the whole file the next time; what went is left out of it."""
        self.origin = None

    def begin(self, origin: Origin, offset: int) -> int:
        """Return how many bytes of those that come went already.

        Raises `SaveError` when they may be those of another file.
        """
        if self._first is None:
            self._first = origin
        elif self.size and (origin.validator is None or origin != self._first):
            raise SaveError(
                "the connection broke off, and the rest that is offered may belong to another file:"
                " what went to stdout is not whole",
                hint="save it into a file, which can begin anew",
            )
        self.origin = origin
        return self.size - offset

    def take(self, piece: bytes) -> None:
        """Hand a piece on."""
        self._write(piece)
        self.size += len(piece)


def pass_on(
    http: httpx.Client,
    url: str,
    passage: Passage,
    report: Callable[[str, int, int | None], None],
) -> None:
    """Hand on what `url` holds, from where the passage ended.

    `http` must carry no API key. `report("stdout", done, total)` hears of each piece. Raises
    `LinkRefusedError`, `UnavailableError` when the bytes do not come, and `SaveError` when the rest
    cannot be had.
    """
    with ask_for_rest(http, url, passage) as incoming:
        went = passage.begin(incoming.origin, incoming.offset)
        for piece in incoming.pieces:
            fresh = piece[went:]
            went -= len(piece) - len(fresh)
            if fresh:
                passage.take(fresh)
                report("stdout", passage.size, incoming.origin.total)
    check_size(passage, url)
