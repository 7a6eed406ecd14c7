"""Trouble with connections in words, the same for the API and for the storage host."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


def what_happened(problem: httpx.RequestError, url: str) -> str:
    """Return a sentence for a request that has no answer, or not all of it."""
    import httpx

    host = url.split("/")[2]
    if isinstance(problem, httpx.ConnectTimeout):
        return f"no connection to `{host}` in time"
    if isinstance(problem, httpx.TimeoutException):
        return f"`{host}` stopped answering"
    reason = str(problem) or type(problem).__name__
    if _is_about_tls(problem):
        return f"no secure connection to `{host}`: {reason}"
    if isinstance(problem, httpx.ConnectError):
        return f"cannot connect to `{host}`: {_plain(reason)}"
    return f"the connection to `{host}` broke: {_plain(reason)}"


def what_to_check(problem: httpx.RequestError) -> str | None:
    """Return what may be the reason on this side, if the trouble hints at one."""
    if not _is_about_tls(problem):
        return None
    return "check the clock, the proxy, and `SSL_CERT_FILE` if your network has its own authority"


def _is_about_tls(problem: httpx.RequestError) -> bool:
    return "SSL" in str(problem) or "CERTIFICATE_VERIFY_FAILED" in str(problem)


def _plain(reason: str) -> str:
    """Return the system's reason without its number: `[Errno 111] Connection refused`."""
    text = reason.split("] ", 1)[-1] if reason.startswith("[Errno") else reason
    return text[:1].lower() + text[1:]
