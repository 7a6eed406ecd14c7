"""The HTTP client: one policy for TLS, proxies, time-outs, redirects and headers."""

from __future__ import annotations

import re
import ssl
import sys
from typing import TYPE_CHECKING

from luma_cli import __version__
from luma_cli.errors import UsageError, reason_of
from luma_cli.redaction import HEADER_NAME, the_run
from luma_cli.settings.environment import CUSTOM_HEADERS

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from luma_cli.api.trace import Trace

_MOST_REDIRECTS = 5
_MOST_CONNECTIONS = 100
_CONNECT_TIMEOUT_SECONDS = 10.0
# These headers are set by the connection.
_HEADERS_OF_THE_CONNECTION = {
    *("connection", "content-encoding", "content-length", "expect", "host", "keep-alive"),
    *("proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"),
    *("transfer-encoding", "upgrade"),
}


def import_httpx() -> None:
    """Import httpx without its command line, which loads click, rich and pygments if they exist."""
    if "httpx" in sys.modules:
        return
    # `httpx/__init__` falls back to a stub when this import fails; saves 70 ms with the sandbox
    # extra installed, because uvicorn brings click.
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
    try:
        import httpx  # noqa: F401 - imported for its effect on sys.modules
    finally:
        del sys.modules["httpx._main"]


def build_client(
    *,
    secure: bool,
    redirects: bool,
    request_timeout: float,
    transport: httpx.BaseTransport | None,
    trace: Trace | None = None,
    reuses_connections: bool = True,
) -> httpx.Client:
    """Return a client without any credential; raises `UsageError` for invalid proxy variables.

    `secure` is whether the client will request https URLs: loading the certificates of authorities
    costs 20 to 120 ms, which plain loopback http does not need. `request_timeout` is the time to
    wait for data, in seconds. `redirects` must be off where a key is sent: it must not travel.
    Without `reuses_connections`, each request has a new one. `trace` is called with every request,
    and with every answer before its body is read. The redactor learns the signature of each request
    of a client that follows redirects.
    """
    import_httpx()
    import httpx

    verify = _tls_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Plain http to the API is spoken on this machine only; a proxy would carry the key off it.
    uses_proxies = (secure or redirects) and transport is None
    limits = httpx.Limits(
        max_connections=_MOST_CONNECTIONS,
        max_keepalive_connections=_MOST_CONNECTIONS if reuses_connections else 0,
    )
    if uses_proxies:
        from luma_cli.api.proxies import mounts_of
    on_request: list[Callable[..., None]] = [_learn_signature] if redirects else []
    return httpx.Client(
        transport=transport,
        verify=verify,
        limits=limits,
        mounts=mounts_of(verify, limits) if uses_proxies else None,
        timeout=timeout_of(request_timeout),
        headers={"User-Agent": f"luma-cli/{__version__}"},
        follow_redirects=redirects,
        max_redirects=_MOST_REDIRECTS,
        trust_env=False,  # httpx would read the proxy variables by itself
        event_hooks={
            "request": [*on_request, trace.request] if trace else on_request,
            "response": [trace.response] if trace else [],
        },
    )


def _learn_signature(request: httpx.Request) -> None:
    """Teach the redactor the signature of a request: parts of its URL, and its unusual headers."""
    the_run.learn_signature(str(request.url), request.headers)


def timeout_of(seconds: float) -> httpx.Timeout:
    """Return the time limits of httpx; connecting is limited to 10 s."""
    import httpx

    return httpx.Timeout(seconds, connect=min(seconds, _CONNECT_TIMEOUT_SECONDS))


def _tls_context() -> ssl.SSLContext:
    import httpx

    try:
        return httpx.create_ssl_context()
    except OSError as problem:  # ssl.SSLError is one, too
        raise UsageError(
            f"cannot load the certificates: {reason_of(problem)}",
            hint="check `SSL_CERT_FILE` and `SSL_CERT_DIR`",
        ) from None


def parse_custom_headers(text: str) -> dict[str, str]:
    """Return the headers in `LUMA_CUSTOM_HEADERS`; lines without a colon do not count.

    Raises `UsageError`, which repeats no value, for what cannot be sent.
    """
    headers = {}
    for number, line in enumerate(text.split("\n"), 1):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not name:
            continue
        if name.lower() in _HEADERS_OF_THE_CONNECTION:
            raise UsageError(
                f"`{CUSTOM_HEADERS.name}`: the header `{name}` belongs to the connection",
                hint="remove it; it is set for each request",
            )
        if not re.fullmatch(HEADER_NAME, name):  # perhaps a value whose colon is missing
            raise UsageError(
                f"`{CUSTOM_HEADERS.name}`: line {number} cannot be sent as a header",
                hint="write `NAME: VALUE`; a name has no blanks",
            )
        if not (value.isascii() and value.isprintable()):
            raise UsageError(f"`{CUSTOM_HEADERS.name}`: the header `{name}` cannot be sent")
        headers[name] = value
    return headers
