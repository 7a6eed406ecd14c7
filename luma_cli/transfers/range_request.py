"""Requesting the rest of a file from the storage host, and checking what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from luma_cli.connections import body_of
from luma_cli.errors import (
    Exchange,
    LumaError,
    NotAResultError,
    StorageRefusedError,
    UnavailableError,
)
from luma_cli.transfers.body_reader import read_chunks
from luma_cli.transfers.content_encoding import coding_of, decoded
from luma_cli.transfers.storage import Storage, send
from luma_cli.transfers.storage_errors import download_error
from luma_cli.transfers.web_pages import refuse_announced_page, refuse_page
from luma_cli.url_credentials import without_query

if TYPE_CHECKING:
    import httpx

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_STRONG = re.compile(r'"[\x21\x23-\x7e]*"')


class Resource(NamedTuple):
    """One version of a file; later responses must have the same strong ETag, `validator`."""

    validator: str | None
    total: int | None
    content_type: str


class DownloadProgress(Protocol):
    """The first `size` bytes, of `resource` if that is known.

    `range_failed`: the last range request brought no byte, so the next one is for the whole file.
    """

    resource: Resource | None
    size: int
    range_failed: bool

    def discard(self) -> None:
        """Start over with the next request."""


class RangeResponse(NamedTuple):
    """A response whose bytes start at `offset` of the file: 0 for the whole file."""

    offset: int
    resource: Resource
    chunks: Iterator[bytes]


class _Body(NamedTuple):
    """What the headers announce: the length of the body, and its content coding."""

    offset: int
    resource: Resource
    length: int | None
    coding: str | None = None


@contextmanager
def request_rest(storage: Storage, url: str, progress: DownloadProgress) -> Iterator[RangeResponse]:
    """Request the bytes after the first `progress.size`, which the block keeps up to date.

    A host may send less than was requested: then `is_short` is true, and the caller requests the
    rest at once. After a range request that brought no byte, the next request is for the whole
    file, once. Raises `NotAResultError` for a web page, `StorageRefusedError` for a response that a
    retry would not change, `UnavailableError` for missing or other bytes, and the errors of
    `exchange.send`.
    """
    headers = _request_headers(progress)
    with (
        _recording_a_failed_range(progress, is_range="Range" in headers),
        send(storage, "GET", url, headers) as (response, exchange),
    ):
        body = _body(response, progress, exchange)
        if body.coding is not None:
            chunks = decoded(body_of(response), body.coding, exchange)
        else:
            chunks = read_chunks(response, body.length)
        if body.offset == 0:
            chunks = refuse_page(chunks, exchange)
        elif body.length is not None:
            chunks = _at_most(body.length, chunks, progress, exchange)
        yield RangeResponse(body.offset, body.resource, _before_deadline(storage, chunks))


@contextmanager
def _recording_a_failed_range(progress: DownloadProgress, *, is_range: bool) -> Iterator[None]:
    """Set `range_failed` if the host sent no byte of a range: it may still send the whole file.

    A host that could not be reached may still support ranges.
    """
    before, progress.range_failed = progress.size, False
    try:
        yield
    except UnavailableError as problem:
        progress.range_failed = (
            is_range and progress.size == before and _may_depend_on_the_range(problem)
        )
        raise
    progress.range_failed = is_range and progress.size == before


def _may_depend_on_the_range(problem: UnavailableError) -> bool:
    """Return whether a request without a range may succeed."""
    import httpx

    unreached = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
    if isinstance(problem, NotAResultError) or isinstance(problem.__cause__, unreached):
        return False
    status = problem.exchange.status if problem.exchange is not None else None
    return status is None or status >= 500


def is_short(progress: DownloadProgress, response: RangeResponse) -> bool:
    """Return whether a response had only a part of the requested range."""
    total = response.resource.total
    return total is not None and 0 < response.offset < progress.size < total


def check_size(progress: DownloadProgress, url: str) -> None:
    """Raise `UnavailableError` if the size is not the announced one, or the file is empty."""
    exchange = Exchange("GET", without_query(url))
    announced = progress.resource.total if progress.resource is not None else None
    if announced is not None and progress.size != announced:
        fact = f"the storage host announced {announced} bytes and sent {progress.size}"
        if progress.size > announced:
            progress.discard()
        raise UnavailableError(fact, exchange=exchange)
    if progress.size == 0:
        raise UnavailableError("the storage host sent an empty file", exchange=exchange)


def _before_deadline(storage: Storage, chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk
        storage.limit.check("the download was not complete")


def _at_most(
    length: int, chunks: Iterator[bytes], progress: DownloadProgress, exchange: Exchange
) -> Iterator[bytes]:
    """Yield the chunks of a range; a longer body cannot be trusted."""
    for chunk in chunks:
        length -= len(chunk)
        if length < 0:
            raise _wrong_range(progress, exchange)
        yield chunk


def _request_headers(progress: DownloadProgress) -> dict[str, str]:
    # An encoded body would announce another length than that of the file.
    headers = {"Accept-Encoding": "identity"}
    validator = progress.resource.validator if progress.resource is not None else None
    if progress.size and validator is not None and not progress.range_failed:
        headers |= {"Range": f"bytes={progress.size}-", "If-Range": validator}
    return headers


def _body(response: httpx.Response, progress: DownloadProgress, exchange: Exchange) -> _Body:
    """Read the headers; raises unless the body is the whole file or the rest."""
    if response.status_code not in (200, 206):
        if response.status_code == 416:
            progress.discard()
        raise download_error(response, exchange)
    content_type = response.headers.get("Content-Type", "application/octet-stream")
    validator = response.headers.get("ETag", "")
    strong = validator if _STRONG.fullmatch(validator) else None
    if response.status_code == 206:
        return _range_body(response, progress, content_type, strong, exchange)
    refuse_announced_page(content_type, exchange)
    length, coding = _announced_length(response, exchange), coding_of(response, exchange)
    if coding is not None:  # the announced length is that of the encoded bytes
        return _Body(0, Resource(None, None, content_type), None, coding)
    return _Body(0, Resource(strong, length, content_type), length)


def _range_body(
    response: httpx.Response,
    progress: DownloadProgress,
    content_type: str,
    validator: str | None,
    exchange: Exchange,
) -> _Body:
    """Read the headers of a 206: its bytes must be the next ones of the same file.

    It may have fewer than were requested, and a length that is less than that of its range.
    """
    known = progress.resource
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if found is None or known is None or known.validator is None or validator != known.validator:
        raise _wrong_range(progress, exchange)
    total = known.total if found[3] == "*" else int(found[3])
    first, last = int(found[1]), int(found[2])
    if total is None or known.total not in (None, total):
        raise _wrong_range(progress, exchange)
    if not progress.size == first <= last < total or _has_ambiguous_length(response):
        raise _wrong_range(progress, exchange)
    announced = response.headers.get("Content-Length", "")
    length = int(announced) if announced.isdecimal() else last - first + 1
    try:
        refuse_announced_page(content_type, exchange)
        is_encoded = coding_of(response, exchange) is not None
    except LumaError:
        is_encoded = True
    if is_encoded or length > last - first + 1:
        raise _wrong_range(progress, exchange)
    return _Body(first, known._replace(total=total), length)


def _wrong_range(progress: DownloadProgress, exchange: Exchange) -> LumaError:
    """Return the error for a wrong range; the next request is for the whole file."""
    progress.discard()
    return UnavailableError(
        "the storage host sent another range of the file than the requested one", exchange=exchange
    )


def _has_ambiguous_length(response: httpx.Response) -> bool:
    """Return whether a proxy may see the response end elsewhere, as in response smuggling.

    HTTP/1.0 has no transfer encoding.
    """
    return "Transfer-Encoding" in response.headers and (
        "Content-Length" in response.headers or response.http_version == "HTTP/1.0"
    )


def _announced_length(response: httpx.Response, exchange: Exchange) -> int | None:
    """Return the length of the body, `None` if the transfer encoding marks its end."""
    if _has_ambiguous_length(response):
        raise StorageRefusedError(
            "the response of the storage host has an ambiguous length", exchange=exchange
        )
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal():
        return int(announced)
    if response.headers.get("Transfer-Encoding") == "chunked":
        return None
    raise StorageRefusedError(
        "the storage host does not announce the length of the file, so a cut could not be detected",
        exchange=exchange,
    )
