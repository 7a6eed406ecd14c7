"""Asking the storage host for what is missing of a file, and reading what it says of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from luma_cli.errors import Exchange, LinkRefusedError, LumaError, UnavailableError
from luma_cli.network import what_happened, what_to_check
from luma_cli.transfers.stream import pieces_of

if TYPE_CHECKING:
    import httpx

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")


class Origin(NamedTuple):
    """What bytes are of; `validator` is the strong ETag that later ones must have."""

    validator: str | None
    total: int | None
    content_type: str


class SoFar(Protocol):
    """The `size` bytes that came already, of `origin` if that is known."""

    origin: Origin | None
    size: int

    def forget(self) -> None:
        """Begin anew the next time."""


class Incoming(NamedTuple):
    """An answer whose bytes begin at `offset` of a file; 0 is the whole, whatever was asked for."""

    offset: int
    origin: Origin
    pieces: Iterator[bytes]


@contextmanager
def ask_for_rest(http: httpx.Client, url: str, so_far: SoFar) -> Iterator[Incoming]:
    """Ask for what is missing; the block takes the pieces and counts them in `so_far.size`.

    Raises `LinkRefusedError` when the link is no good, and `UnavailableError` when the bytes do not
    come, are not those that were asked for, or are not as many as announced.
    """
    import httpx

    exchange = Exchange("GET", url.split("?", maxsplit=1)[0])
    try:
        with http.stream("GET", url, headers=_request_headers(so_far)) as response:
            offset, origin = _beginning(response, so_far, exchange)
            left = None if origin.total is None else origin.total - offset
            yield Incoming(offset, origin, pieces_of(response, left))
    except (httpx.InvalidURL, UnicodeError):
        raise LinkRefusedError("the link to the output is no web address") from None
    except httpx.RequestError as problem:
        raise UnavailableError(
            f"the download broke off: {what_happened(problem, url)}",
            hint=what_to_check(problem),
            exchange=exchange,
        ) from problem


def check_size(so_far: SoFar, url: str) -> None:
    """Raise `UnavailableError` when not all announced bytes came, or more than them."""
    exchange = Exchange("GET", url.split("?", maxsplit=1)[0])
    announced = so_far.origin.total if so_far.origin is not None else None
    if announced is not None and so_far.size != announced:
        fact = f"the storage host announced {announced} bytes and sent {so_far.size}"
        if so_far.size > announced:
            so_far.forget()
        raise UnavailableError(fact, exchange=exchange)
    if so_far.size == 0:
        raise UnavailableError("the storage host sent an empty file", exchange=exchange)


def check_link(url: str) -> None:
    """Raise `LinkRefusedError` for what is no web address, without repeating it."""
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in ("https", "http"):
        raise LinkRefusedError("the link to the output is no web address")


def _request_headers(so_far: SoFar) -> dict[str, str]:
    # The length that is announced must be that of the file.
    headers = {"Accept-Encoding": "identity"}
    if so_far.size and so_far.origin is not None and so_far.origin.validator is not None:
        headers |= {"Range": f"bytes={so_far.size}-", "If-Range": so_far.origin.validator}
    return headers


def _beginning(response: httpx.Response, so_far: SoFar, exchange: Exchange) -> tuple[int, Origin]:
    """Return at which byte an answer begins, and what it is of.

    0 is the whole file, whatever was asked for: the host may not know ranges, or the file is
    another one now. Raises for an answer that is neither that nor the rest.
    """
    if response.status_code not in (200, 206):
        if response.status_code == 416:
            so_far.forget()
        exchange = exchange._replace(status=response.status_code)
        raise _refusal(response.status_code, exchange)
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise UnavailableError("the storage host encoded the file unasked", exchange=exchange)
    content_type = response.headers.get("Content-Type", "application/octet-stream")
    validator = response.headers.get("ETag", "")
    strong = validator if validator.startswith('"') else None
    if response.status_code == 200:
        return 0, Origin(strong, _announced_length(response, exchange), content_type)
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    known = so_far.origin
    if found is None or known is None or int(found[1]) != so_far.size or strong != known.validator:
        so_far.forget()
        raise UnavailableError(
            "the storage host sent another part of the file than was asked for", exchange=exchange
        )
    return so_far.size, known._replace(total=int(found[3]))


def _announced_length(response: httpx.Response, exchange: Exchange) -> int | None:
    """Return how many bytes will come, `None` when the transfer itself marks its end."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal():
        return int(announced)
    if response.headers.get("Transfer-Encoding") == "chunked":
        return None
    raise UnavailableError(
        "the storage host does not say how long the file is, so nobody would know if it is whole",
        exchange=exchange,
    )


def _refusal(status: int, exchange: Exchange) -> LumaError:
    if status == 403:
        return LinkRefusedError(
            "the storage host refused the download: the link may have expired", exchange=exchange
        )
    if status != 416 and 400 <= status < 500:
        return LinkRefusedError(f"the storage host answered HTTP {status}", exchange=exchange)
    return UnavailableError(f"the storage host answered HTTP {status}", exchange=exchange)
