"""Network errors in words, the same for the API and for the storage host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import httpx

# The extension of an httpx request that names its proxy.
PROXY_EXTENSION = "luma_proxy"
_CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"


class ProxyInUse(NamedTuple):
    """A proxy's URL without user and password, and the variable that sets it."""

    url: str
    variable: str


# 407 is the standard's; tinyproxy answers 401 to a wrong password.
_WANT_PASSWORD = (401, 407)


def what_happened(problem: httpx.RequestError, url: str) -> str:
    """Return a sentence about a request without a complete answer.

    It names the proxy if the request failed there, without its password.
    """
    import httpx

    host, proxy = _host_of(url), _proxy_of(problem)
    reason = _plain(str(problem) or type(problem).__name__)
    if isinstance(problem, httpx.TooManyRedirects):
        return f"`{host}` redirects in a loop"
    if proxy is not None and isinstance(problem, httpx.ProxyError):
        status, words = _answer_of_proxy(problem)
        code = f" ({status})" if status else ""
        return f"the proxy `{proxy.url}` refused the connection{code}: {words}"
    if _is_about_tls(problem):
        return f"no secure connection to `{host}`: {reason}"
    if proxy is not None and isinstance(problem, httpx.ConnectTimeout):
        return f"connecting to `{host}` through the proxy `{proxy.url}` timed out"
    if isinstance(problem, httpx.ConnectTimeout):
        return f"connecting to `{host}` timed out"
    if isinstance(problem, httpx.TimeoutException):
        return f"`{host}` stopped answering"
    if isinstance(problem, httpx.ConnectError):
        place = f"the proxy `{proxy.url}`" if proxy else f"`{host}`"
        return f"cannot connect to {place}: {reason}"
    return f"the connection to `{host}` broke: {reason}"


def what_to_check(problem: httpx.RequestError) -> str | None:
    """Return what to check on this machine, if the problem suggests anything."""
    import httpx

    if _is_about_tls(problem):
        return (
            "check the clock, the proxy, and `SSL_CERT_FILE` if your network has its own authority"
        )
    if (proxy := _proxy_of(problem)) is None or not isinstance(
        problem, httpx.ProxyError | httpx.ConnectError | httpx.ConnectTimeout
    ):
        return None
    if isinstance(problem, httpx.ProxyError) and _answer_of_proxy(problem)[0] in _WANT_PASSWORD:
        place = proxy.url.replace("://", "://USER:PASSWORD@", 1)
        return f"put the proxy's user and password into `{proxy.variable}`: `{place}`"
    return f"check `{proxy.variable}`; `NO_PROXY` names the hosts that need no proxy"


def is_final(problem: httpx.RequestError) -> bool:
    """Return whether a retry would certainly fail the same way.

    These are a certificate that cannot be verified, a proxy that refuses, a loop of redirects, and
    a request that cannot be sent at all.
    """
    import httpx

    if isinstance(
        problem, httpx.TooManyRedirects | httpx.UnsupportedProtocol | httpx.LocalProtocolError
    ):
        return True
    if isinstance(problem, httpx.ProxyError):
        status, _ = _answer_of_proxy(problem)
        return 400 <= status < 500 and status not in (408, 429)
    return _CERTIFICATE in str(problem) or any(
        type(cause).__name__ == "SSLCertVerificationError" for cause in _causes(problem)
    )


def _host_of(url: str) -> str:
    authority = re.split("[/?#]", url.partition("://")[2] or url, maxsplit=1)[0]
    return authority.rpartition("@")[2]


def _proxy_of(problem: httpx.RequestError) -> ProxyInUse | None:
    try:
        proxy = problem.request.extensions.get(PROXY_EXTENSION)
    except RuntimeError:  # the exception has no request
        return None
    return proxy if isinstance(proxy, ProxyInUse) else None


def _answer_of_proxy(problem: httpx.ProxyError) -> tuple[int, str]:
    """Return the status of a proxy's refusal, 0 for none, and its words."""
    found = re.fullmatch(r"(?:(\d{3})\b *)?(.*)", str(problem), re.DOTALL)
    status, words = (found[1], found[2]) if found else (None, "")
    return int(status or 0), words.strip() or "it gave no reason"


def _is_about_tls(problem: httpx.RequestError) -> bool:
    return (
        "[SSL" in str(problem)
        or _CERTIFICATE in str(problem)
        or any(type(cause).__name__.startswith("SSL") for cause in _causes(problem))
    )


def _causes(problem: BaseException) -> Iterator[BaseException]:
    cause = problem.__cause__ or problem.__context__
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _plain(reason: str) -> str:
    """Return the system's reason without numbers, as in `[Errno 111] Connection refused`."""
    text = re.sub(r"^\[(?:Errno|SSL)[^]]*\] | \(_ssl\.c:\d+\)$", "", reason)
    return text[:1].lower() + text[1:]
