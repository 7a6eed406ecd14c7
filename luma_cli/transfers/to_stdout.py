"""Handing one output on as it comes, to a reader that has no use for a file."""

from __future__ import annotations

from collections.abc import Callable

from luma_cli.errors import SaveError
from luma_cli.transfers.exchange import Storage
from luma_cli.transfers.range_request import Resource, ask_for_rest, check_size, is_short


class OutgoingStream:
    """The bytes that went to `write` so far; they cannot be taken back."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._first: Resource | None = None
        self.origin: Resource | None = None
        self.size = 0
        self.range_failed = False

    def forget(self) -> None:
        """Ask for the whole file the next time; what went is left out of it."""
        self.origin = None

    def begin(self, origin: Resource, offset: int) -> int:
        """Return how many bytes of those that come went already.

        Raises `SaveError` when they may be those of another file.
        """
        if self._first is None or self.size == 0:
            self._first = origin
        elif origin.validator is None or not _is_same(self._first, origin):
            raise _not_whole()
        self.origin = origin
        return self.size - offset

    def take(self, piece: bytes) -> None:
        """Hand a piece on."""
        self._write(piece)
        self.size += len(piece)


def stream_to(
    storage: Storage,
    url: str,
    outgoing: OutgoingStream,
    report: Callable[[str, int, int | None], None],
) -> None:
    """Hand on what `url` holds, from where the passage ended.

    `report("stdout", done, total)` is called for each piece. Raises `SaveError` when the rest
    cannot be had, and the errors of `ask_for_rest`.
    """
    while True:
        with ask_for_rest(storage, url, outgoing) as incoming:
            went = outgoing.begin(incoming.origin, incoming.offset)
            for piece in incoming.pieces:
                fresh = piece[went:]
                went -= len(piece) - len(fresh)
                if fresh:
                    outgoing.take(fresh)
                    report("stdout", outgoing.size, incoming.origin.total)
        if went > 0:  # all of it is less than what went already
            raise _not_whole()
        if not is_short(outgoing, incoming):
            check_size(outgoing, url)
            return


def _is_same(first: Resource, now: Resource) -> bool:
    totals = {first.total, now.total} - {None}
    return first.validator == now.validator and len(totals) <= 1


def _not_whole() -> SaveError:
    return SaveError(
        "the connection broke off, and the rest that is offered may belong to another file: what"
        " went to stdout is not whole",
        hint="save it into a file, which can begin again",
    )
