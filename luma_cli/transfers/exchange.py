"""One request to the storage host: its redirects, its limits, and its errors in our words."""

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
from luma_cli.transfers.limits import TimeLimit, Watch, watched
from luma_cli.url_credentials import without_query

if TYPE_CHECKING:
    import httpx

    ClientFor = Callable[[str], httpx.Client]

_MOST_REDIRECTS = 5
# 303 asks for a GET of something else: for a PUT that is no place to send the bytes to.
_REDIRECTS = {"GET": (301, 302, 303, 307, 308), "PUT": (301, 302, 307, 308)}
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_LAST_PORT = 65535
_DOING = {"GET": "download", "PUT": "upload"}
_LINK = {"GET": "the link to the output", "PUT": "the link for the upload"}


class Storage(NamedTuple):
    """How the storage host is reached: `client_for(url)` carries no API key.

    `deadline`, in seconds of `clock.now()`, ends every transfer.
    """

    client_for: ClientFor
    clock: Clock
    deadline: float = math.inf

    @property
    def limit(self) -> TimeLimit:
        """The end of all transfers."""
        return TimeLimit(self.clock, self.deadline)


class Answered(NamedTuple):
    """An answer whose body is still to be read, and the exchange that errors name."""

    response: httpx.Response
    exchange: Exchange


@contextmanager
def ask(
    storage: Storage,
    method: str,
    url: str,
    headers: Mapping[str, str],
    content: Callable[[], Iterator[bytes]] | None = None,
) -> Iterator[Answered]:
    """Send a request, follow its redirects, and give an answer that is none to the block.

    `content` is called for each place that the bytes are sent to. Raises `LinkRefusedError` for a
    link that is no web address, `StorageRefusedError` for redirects that lead nowhere,
    `WaitTimeoutError` after the deadline, and `UnavailableError` for a network error, also for one
    in the block.
    """
    import httpx

    _check_link(url, method)
    for _ in range(_MOST_REDIRECTS + 1):
        with _errors_in_our_words(storage, method, url):
            client = storage.client_for(url)
            watch = Watch(storage.limit, client.timeout.read)
            request = client.build_request(
                method,
                url,
                headers=headers,
                content=content() if content is not None else None,
                timeout=storage.limit.timeouts(client.timeout),
                extensions={"trace": watch.hears},
            )
            with watched(watch):
                response = _send(client, request, _exchange(method, url))
                try:
                    exchange = _exchange(method, url)._replace(status=response.status_code)
                    location = response.headers.get("Location")
                    if location is None or response.status_code not in _REDIRECTS[method]:
                        yield Answered(response, exchange)
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
    except (httpx.InvalidURL, UnicodeError):  # it reads where a redirect leads all the same
        raise _no_address(exchange) from None


def _exchange(method: str, url: str) -> Exchange:
    return Exchange(method, without_query(url))


@contextmanager
def _errors_in_our_words(storage: Storage, method: str, url: str) -> Iterator[None]:
    import httpx

    doing = _DOING[method]
    try:
        storage.limit.check(f"the {doing} was not complete")
        yield
    except httpx.RequestError as problem:
        storage.limit.check(f"the {doing} was not complete")
        raise UnavailableError(
            f"the {doing} broke off: {what_happened(problem, url)}",
            hint=what_to_check(problem),
            exchange=_exchange(method, url),
            is_final=is_final(problem),
        ) from problem
    except (httpx.HTTPError, httpx.StreamError, httpx.CookieConflict) as problem:
        raise UnavailableError(
            f"the {doing} broke off: {type(problem).__name__}", exchange=_exchange(method, url)
        ) from problem


def _check_link(url: str, method: str) -> None:
    """Raise `LinkRefusedError` for what is no web address, without repeating it."""
    if not _is_web_address(url):
        raise LinkRefusedError(f"{_LINK[method]} is no web address")


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
    """Return where a redirect leads; raises `StorageRefusedError` for what must not be followed."""
    import httpx

    try:
        there = url.join(location)
    except (httpx.InvalidURL, ValueError):
        there = httpx.URL("")
    if not _is_web_address(str(there)):
        raise _no_address(exchange)
    if url.scheme == "https" and there.scheme == "http":
        raise StorageRefusedError(
            "the storage host redirects from https to http, which anyone on the way could read",
            exchange=exchange,
        )
    return str(there)


def _no_address(exchange: Exchange) -> StorageRefusedError:
    return StorageRefusedError(
        "the storage host redirects to what is no web address", exchange=exchange
    )
