"""Asking the storage host for what is missing of a file, and reading what it says of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from luma_cli.errors import (
    Exchange,
    LumaError,
    NotAResultError,
    StorageRefusedError,
    UnavailableError,
)
from luma_cli.transfers.coding import coding_of, decoded
from luma_cli.transfers.exchange import Storage, ask
from luma_cli.transfers.pages import refuse_announced_page, refuse_page
from luma_cli.transfers.refusals import download_refusal
from luma_cli.transfers.stream import pieces_of
from luma_cli.url_credentials import without_query

if TYPE_CHECKING:
    import httpx

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_STRONG = re.compile(r'"[\x21\x23-\x7e]*"')


class Resource(NamedTuple):
    """What bytes are of; `validator` is the strong ETag that later ones must have."""

    validator: str | None
    total: int | None
    content_type: str


class Progress(Protocol):
    """The `size` bytes that came already, of `origin` if that is known.

    With `range_failed` the last request for the rest brought no byte, so the next one is for all.
    """

    origin: Resource | None
    size: int
    range_failed: bool

    def forget(self) -> None:
        """Begin again the next time."""


class RangeResponse(NamedTuple):
    """An answer whose bytes begin at `offset` of a file; 0 is the whole, whatever was asked for."""

    offset: int
    origin: Resource
    pieces: Iterator[bytes]


class _Body(NamedTuple):
    """What the headers say: `length` is that of the body, `coding` how it is encoded."""

    offset: int
    origin: Resource
    length: int | None
    coding: str | None = None


@contextmanager
def ask_for_rest(storage: Storage, url: str, progress: Progress) -> Iterator[RangeResponse]:
    """Ask for what is missing; the block takes the pieces and counts them in `progress.size`.

    A host may give less than was asked for: `is_short` tells, and the rest is asked for at once.
    After a range that brought nothing, the next request is for the whole file, once. Raises
    `NotAResultError` for a web page, `StorageRefusedError` for an answer that would be the same the
    next time, `UnavailableError` when the bytes do not come or are not those that were asked for,
    and the errors of `ask`.
    """
    headers = _request_headers(progress)
    with (
        _noting_a_failed_range(progress, is_range="Range" in headers),
        ask(storage, "GET", url, headers) as (response, exchange),
    ):
        body = _body(response, progress, exchange)
        if body.coding is not None:
            pieces = decoded(response.iter_raw(), body.coding, exchange)
        else:
            pieces = pieces_of(response, body.length)
        if body.offset == 0:
            pieces = refuse_page(pieces, exchange)
        elif body.length is not None:
            pieces = _within(pieces, body.length, progress, exchange)
        yield RangeResponse(body.offset, body.origin, _on_time(storage, pieces))


@contextmanager
def _noting_a_failed_range(progress: Progress, *, is_range: bool) -> Iterator[None]:
    """Note whether the host gave nothing for a range: it may still give the whole file.

    A host that was not reached has said nothing about ranges, and the bytes are kept for it.
    """
    before, progress.range_failed = progress.size, False
    try:
        yield
    except UnavailableError as problem:
        progress.range_failed = (
            is_range and progress.size == before and _may_be_of_the_range(problem)
        )
        raise
    progress.range_failed = is_range and progress.size == before


def _may_be_of_the_range(problem: UnavailableError) -> bool:
    """Return whether a request without a range may end in another way."""
    import httpx

    unreached = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
    if isinstance(problem, NotAResultError) or isinstance(problem.__cause__, unreached):
        return False
    status = problem.exchange.status if problem.exchange is not None else None
    return status is None or status >= 500


def is_short(progress: Progress, incoming: RangeResponse) -> bool:
    """Return whether an answer gave a part of the rest, and its end shall be asked for at once."""
    total = incoming.origin.total
    return total is not None and 0 < incoming.offset < progress.size < total


def check_size(progress: Progress, url: str) -> None:
    """Raise `UnavailableError` when not all announced bytes came, or more than them."""
    exchange = Exchange("GET", without_query(url))
    announced = progress.origin.total if progress.origin is not None else None
    if announced is not None and progress.size != announced:
        fact = f"the storage host announced {announced} bytes and sent {progress.size}"
        if progress.size > announced:
            progress.forget()
        raise UnavailableError(fact, exchange=exchange)
    if progress.size == 0:
        raise UnavailableError("the storage host sent an empty file", exchange=exchange)


def _on_time(storage: Storage, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        storage.limit.check("the download was not complete")


def _within(
    pieces: Iterator[bytes], length: int, progress: Progress, exchange: Exchange
) -> Iterator[bytes]:
    """Yield the pieces of a range of `length` bytes; of more than them none can be trusted."""
    for piece in pieces:
        length -= len(piece)
        if length < 0:
            raise _other_part(progress, exchange)
        yield piece


def _request_headers(progress: Progress) -> dict[str, str]:
    # The length that is announced must be that of the file.
    headers = {"Accept-Encoding": "identity"}
    validator = progress.origin.validator if progress.origin is not None else None
    if progress.size and validator is not None and not progress.range_failed:
        headers |= {"Range": f"bytes={progress.size}-", "If-Range": validator}
    return headers


def _body(response: httpx.Response, progress: Progress, exchange: Exchange) -> _Body:
    """Return what an answer holds; raises for one that is neither the whole file nor the rest."""
    if response.status_code not in (200, 206):
        if response.status_code == 416:
            progress.forget()
        raise download_refusal(response, exchange)
    content_type = response.headers.get("Content-Type", "application/octet-stream")
    validator = response.headers.get("ETag", "")
    strong = validator if _STRONG.fullmatch(validator) else None
    if response.status_code == 206:
        return _rest(response, progress, content_type, strong, exchange)
    refuse_announced_page(content_type, exchange)
    length, coding = _announced_length(response, exchange), coding_of(response, exchange)
    if coding is not None:  # what is announced is the length of other bytes
        return _Body(0, Resource(None, None, content_type), None, coding)
    return _Body(0, Resource(strong, length, content_type), length)


def _rest(
    response: httpx.Response,
    progress: Progress,
    content_type: str,
    validator: str | None,
    exchange: Exchange,
) -> _Body:
    """Return what a 206 holds: it must say that its bytes are the next ones of the same file.

    It may hold fewer than were asked for, and its length may be less than that of its range.
    """
    known = progress.origin
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if found is None or known is None or known.validator is None or validator != known.validator:
        raise _other_part(progress, exchange)
    total = known.total if found[3] == "*" else int(found[3])
    first, last = int(found[1]), int(found[2])
    if total is None or known.total not in (None, total):
        raise _other_part(progress, exchange)
    if not progress.size == first <= last < total or _has_two_ends(response):
        raise _other_part(progress, exchange)
    announced = response.headers.get("Content-Length", "")
    length = int(announced) if announced.isdecimal() else last - first + 1
    try:
        refuse_announced_page(content_type, exchange)
        is_encoded = coding_of(response, exchange) is not None
    except LumaError:
        is_encoded = True
    if is_encoded or length > last - first + 1:
        raise _other_part(progress, exchange)
    return _Body(first, known._replace(total=total), length)


def _other_part(progress: Progress, exchange: Exchange) -> LumaError:
    """Return the error for a range that cannot be trusted; the next try asks for the whole file."""
    progress.forget()
    return UnavailableError(
        "the storage host sent another part of the file than was asked for", exchange=exchange
    )


def _has_two_ends(response: httpx.Response) -> bool:
    """Return whether two peers on the way may see the answer end at two places.

    Such answers hide another one behind their end. HTTP/1.0 knows no transfer encoding.
    """
    return "Transfer-Encoding" in response.headers and (
        "Content-Length" in response.headers or response.http_version == "HTTP/1.0"
    )


def _announced_length(response: httpx.Response, exchange: Exchange) -> int | None:
    """Return how many bytes will come, `None` when the transfer itself marks its end."""
    if _has_two_ends(response):
        raise StorageRefusedError(
            "the storage host marks the end of the file in two ways that may differ",
            exchange=exchange,
        )
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal():
        return int(announced)
    if response.headers.get("Transfer-Encoding") == "chunked":
        return None
    raise StorageRefusedError(
        "the storage host does not say how long the file is, so a cut could not be noticed",
        exchange=exchange,
    )
