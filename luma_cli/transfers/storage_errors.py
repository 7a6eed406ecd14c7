"""Errors of the storage host: S3 sends an XML document with a `<Code>`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.connections import body_of
from luma_cli.errors import (
    Exchange,
    LinkRefusedError,
    LumaError,
    StorageRefusedError,
    UnavailableError,
)
from luma_cli.transfers.content_encoding import coding_of, decoded

if TYPE_CHECKING:
    import httpx

_MOST_BYTES = 64 * 1024
_CODE = re.compile(rb"<Code>\s*([A-Za-z0-9.]{1,64})\s*</Code>")
_EXPIRED = re.compile(rb"expired", re.IGNORECASE)
_CLOCK_HINT = "set the clock of this machine: it is far from that of the storage host"
_PASSING_STATUSES = (408, 425, 429)
_PASSING_CODES = ("RequestTimeout", "OperationAborted", "SlowDown", "InternalError")
_EXPIRED_CODES = ("ExpiredToken", "TokenRefreshRequired", "RequestExpired")


class ErrorDocument(NamedTuple):
    """The `code` of an error document, and whether it means that the link has expired."""

    code: str | None
    is_expired: bool


def read_error_document(response: httpx.Response) -> ErrorDocument:
    """Read an error document, at most 64 KiB of it."""
    import httpx

    text = b""
    # The status is enough if the document breaks off or cannot be decoded.
    with suppress(httpx.RequestError, httpx.StreamError, LumaError):
        for chunk in _document(response):
            text += chunk
            if len(text) >= _MOST_BYTES:
                break
    found = _CODE.search(text[:_MOST_BYTES])
    code = found[1].decode() if found else None
    return ErrorDocument(code, code in _EXPIRED_CODES or _EXPIRED.search(text) is not None)


def _document(response: httpx.Response) -> Iterator[bytes]:
    exchange = Exchange(response.request.method, "", response.status_code)
    coding, chunks = coding_of(response, exchange), body_of(response)
    return chunks if coding is None else decoded(chunks, coding, exchange)


def download_error(response: httpx.Response, exchange: Exchange) -> LumaError:
    """Return the error for a response to a GET that has no bytes of the file."""
    status = response.status_code
    if status == 416 or status < 400 or status >= 500 or status in _PASSING_STATUSES:
        return UnavailableError(f"the storage host answered HTTP {status}", exchange=exchange)
    code, is_expired = read_error_document(response)
    if code == "RequestTimeTooSkewed":
        return _final("download", status, code, exchange)
    if is_expired or status == 403:
        reason = "has expired" if is_expired else "may have expired"
        return LinkRefusedError(
            f"the storage host refused the download: the link {reason}", exchange=exchange
        )
    return LinkRefusedError(f"the storage host answered HTTP {status}", exchange=exchange)


def upload_error(response: httpx.Response, exchange: Exchange) -> LumaError:
    """Return the error for a failed PUT.

    After `LinkRefusedError` a new link may help, after `UnavailableError` a retry, after any other
    error neither.
    """
    status, (code, is_expired) = response.status_code, read_error_document(response)
    if status >= 500 or status in _PASSING_STATUSES or code in _PASSING_CODES:
        return UnavailableError(
            f"the storage host answered {_described(status, code)}", exchange=exchange
        )
    if is_expired or (status == 403 and code is None):
        return LinkRefusedError(
            f"the storage host refused the upload: {_described(status, code)}", exchange=exchange
        )
    if status < 400:
        return StorageRefusedError(
            f"the storage host answered the upload with {_described(status, code)}, which names no"
            " place for the bytes",
            exchange=exchange,
        )
    return _final("upload", status, code, exchange)


def _final(doing: str, status: int, code: str | None, exchange: Exchange) -> LumaError:
    return StorageRefusedError(
        f"the storage host refused the {doing}: {_described(status, code)}",
        hint=_CLOCK_HINT if code == "RequestTimeTooSkewed" else None,
        exchange=exchange,
    )


def _described(status: int, code: str | None) -> str:
    return f"HTTP {status}" if code is None else f"HTTP {status}, `{code}`"
