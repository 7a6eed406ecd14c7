"""Requests to the storage host: redirects, time limits, and errors."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.connections import leave
from luma_cli.errors import Exchange, LinkRefusedError, StorageRefusedError, UnavailableError
from luma_cli.host import Clock
from luma_cli.network import is_final, what_happened, what_to_check
from luma_cli.transfers.time_limits import ExchangeLimits, TimeLimit, enforced
from luma_cli.url_credentials import without_query

if TYPE_CHECKING:
    import httpx

    ClientFor = Callable[[str], httpx.Client]

_MOST_REDIRECTS = 5
# 303 asks for a GET of another resource, so a PUT must not follow it.
_REDIRECTS = {"GET": (301, 302, 303, 307, 308), "PUT": (301, 302, 307, 308)}
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_LAST_PORT = 65535
_DOING = {"GET": "download", "PUT": "upload"}
_LINK = {"GET": "the link to the output", "PUT": "the link for the upload"}


class Storage(NamedTuple):
    """How to reach the storage host: `client_for(url)` sends no API key.

    `deadline`, in seconds of `clock.now()`, ends every transfer.
    """

    client_for: ClientFor
    clock: Clock
    deadline: float = math.inf

    @property
    def limit(self) -> TimeLimit:
        """The end of all transfers."""
        return TimeLimit(self.clock, self.deadline)


class OpenResponse(NamedTuple):
    """A response whose body is not read yet, and the exchange that errors name."""

    response: httpx.Response
    exchange: Exchange


@contextmanager
def send(
    storage: Storage,
    method: str,
    url: str,
    headers: Mapping[str, str],
    content: Callable[[], Iterator[bytes]] | None = None,
) -> Iterator[OpenResponse]:
    """Send a request, follow redirects, and give the final response to the block.

    `content` is called again after each redirect. Raises `LinkRefusedError` unless the link is a
    web address, `StorageRefusedError` for redirects that lead nowhere, `WaitTimeoutError` after the
    deadline, and `UnavailableError` for a network error, also for one in the block.
    """
    import httpx

    _check_link(url, method)
    for _ in range(_MOST_REDIRECTS + 1):
        with _converted_errors(storage, method, url):
            client = storage.client_for(url)
            limits = ExchangeLimits(storage.limit, client.timeout.read)
            request = client.build_request(
                method,
                url,
                headers=headers,
                content=content() if content is not None else None,
                timeout=storage.limit.timeouts(client.timeout),
                extensions={"trace": limits.on_event},
            )
            with enforced(limits):
                response = _send(client, request, _exchange(method, url))
                try:
                    exchange = _exchange(method, url)._replace(status=response.status_code)
                    location = response.headers.get("Location")
                    if location is None or response.status_code not in _REDIRECTS[method]:
                        yield OpenResponse(response, exchange)
                        return
                finally:
                    leave(response)
            url = _redirected(httpx.URL(url), location, exchange)
    raise StorageRefusedError(
        f"the storage host redirects the {_DOING[method]} more than {_MOST_REDIRECTS} times",
        exchange=exchange,
    )


def _send(client: httpx.Client, request: httpx.Request, exchange: Exchange) -> httpx.Response:
    import httpx

    try:
        return client.send(request, stream=True, follow_redirects=False)
    except (httpx.InvalidURL, UnicodeError):  # the library parses the redirect in any case
        raise _bad_redirect(exchange) from None


def _exchange(method: str, url: str) -> Exchange:
    return Exchange(method, without_query(url))


@contextmanager
def _converted_errors(storage: Storage, method: str, url: str) -> Iterator[None]:
    import httpx

    doing = _DOING[method]
    try:
        storage.limit.check(f"the {doing} was not complete")
        yield
    except httpx.RequestError as problem:
        storage.limit.check(f"the {doing} was not complete")
        raise UnavailableError(
            f"the {doing} was interrupted: {what_happened(problem, url)}",
            hint=what_to_check(problem),
            exchange=_exchange(method, url),
            is_final=is_final(problem),
        ) from problem
    except (httpx.HTTPError, httpx.StreamError, httpx.CookieConflict) as problem:
        raise UnavailableError(
            f"the {doing} was interrupted: {type(problem).__name__}",
            exchange=_exchange(method, url),
        ) from problem


def _check_link(url: str, method: str) -> None:
    """Raise `LinkRefusedError` unless `url` is a web address; the message does not repeat it."""
    if not _is_web_address(url):
        raise LinkRefusedError(f"{_LINK[method]} is not a web address")


def _is_web_address(url: str) -> bool:
    import httpx

    try:
        address = httpx.URL(url)
        host, port = address.raw_host.decode("ascii"), address.port or 443
    except (httpx.InvalidURL, ValueError):
        return False
    is_host = _HOST.fullmatch(host) is not None
    return address.scheme in ("http", "https") and is_host and port <= _LAST_PORT


def _redirected(url: httpx.URL, location: str, exchange: Exchange) -> str:
    """Return the target of a redirect; raises `StorageRefusedError` if it must not be followed."""
    import httpx

    try:
        target = url.join(location)
    except (httpx.InvalidURL, ValueError):
        target = httpx.URL("")
    if not _is_web_address(str(target)):
        raise _bad_redirect(exchange)
    if url.scheme == "https" and target.scheme == "http":
        raise StorageRefusedError(
            "the storage host redirects from https to http, which is not encrypted",
            exchange=exchange,
        )
    return str(target)


def _bad_redirect(exchange: Exchange) -> StorageRefusedError:
    return StorageRefusedError(
        "the storage host redirects to something that is not a web address", exchange=exchange
    )
