"""Streaming one output to stdout."""

from __future__ import annotations

from collections.abc import Callable

from luma_cli.errors import SaveError
from luma_cli.transfers.range_request import Resource, check_size, is_short, request_rest
from luma_cli.transfers.storage import Storage


class OutgoingStream:
    """The `size` bytes of `resource` that were written, and cannot be taken back."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._first_resource: Resource | None = None
        self.resource: Resource | None = None
        self.size = 0
        self.range_failed = False

    def discard(self) -> None:
        """Request the whole file next; the bytes that were written are skipped in it."""
        self.resource = None

    def start(self, resource: Resource, offset: int) -> int:
        """Return how many bytes of a response to skip.

        Raises `SaveError` if they may belong to another version of the file.
        """
        if self._first_resource is None or self.size == 0:
            self._first_resource = resource
        elif resource.validator is None or not _is_same(self._first_resource, resource):
            raise _incomplete()
        self.resource = resource
        return self.size - offset

    def write(self, chunk: bytes) -> None:
        """Write a chunk."""
        self._write(chunk)
        self.size += len(chunk)


def stream_to(
    storage: Storage,
    url: str,
    outgoing: OutgoingStream,
    report: Callable[[str, int, int | None], None],
) -> None:
    """Write the resource at `url`, from the byte on that follows the written ones.

    `report("stdout", done, total)` is called for each chunk. Raises `SaveError` if the rest cannot
    be downloaded, and the errors of `request_rest`.
    """
    while True:
        with request_rest(storage, url, outgoing) as response:
            skip = outgoing.start(response.resource, response.offset)
            for chunk in response.chunks:
                fresh = chunk[skip:]
                skip -= len(chunk) - len(fresh)
                if fresh:
                    outgoing.write(fresh)
                    report("stdout", outgoing.size, response.resource.total)
        if skip > 0:  # the whole response is shorter than the written bytes
            raise _incomplete()
        if not is_short(outgoing, response):
            check_size(outgoing, url)
            return


def _is_same(first: Resource, now: Resource) -> bool:
    totals = {first.total, now.total} - {None}
    return first.validator == now.validator and len(totals) <= 1


def _incomplete() -> SaveError:
    return SaveError(
        "the connection broke off, and the storage host may offer another version of the file: the"
        " output on stdout is incomplete",
        hint="save to a file, which can be downloaded again",
    )
