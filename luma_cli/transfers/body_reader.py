"""Reading the body of a response at the speed of the connection.

The parser of the HTTP library copies every byte three times, which takes half the time of a large
file. So the rest of a long body is read directly from the connection, but only where
`may_bypass_parser` is certain that the next bytes on the connection are the body and nothing else.
All of this must hold:

* the response is HTTP/1.1, as other versions have other framing;
* it has no `Transfer-Encoding`, so there are no chunk headers between the bytes;
* it has exactly one `Content-Length`, and that is the length that the caller expects, for a 206 the
  length of the range;
* it has no `Content-Encoding`: the bytes on the connection are those of the file;
* the parser's buffer is empty. The parser reads up to 64 KiB at once, also beyond the headers, and
  yields all it has of a body of known length first;
* the library's parser was found. With a version of the library that keeps it elsewhere, and for
  short bodies, which leave the connection usable for the next file, the library reads everything.

A connection that was read this way is not used again: its parser still waits for the body. Nor is
one with bytes behind the end of a response, which the parser would take for the next response.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from luma_cli.connections import body_of, parser_is_drained

if TYPE_CHECKING:
    import httpx

_CHUNK_BYTES = 256 * 1024
LEAST_BYTES_TO_BYPASS = 1024 * 1024


def read_chunks(response: httpx.Response, length: int | None) -> Iterator[bytes]:
    """Yield the body of a response without encoding; it has `length` bytes if that is known.

    Raises `httpx.RequestError` when the connection breaks, or ends before the body does.
    """
    chunks = body_of(response)
    for first in chunks:
        yield first
        if length is not None and may_bypass_parser(response, length):
            yield from _read_connection(response, length - len(first))
            return
        break
    yield from chunks


def may_bypass_parser(response: httpx.Response, length: int) -> bool:
    """Return whether the rest of a body may be read from the connection: the rule above."""
    headers = response.headers
    return (
        length >= LEAST_BYTES_TO_BYPASS
        and response.http_version == "HTTP/1.1"
        and "Transfer-Encoding" not in headers
        and "Content-Encoding" not in headers
        and headers.get_list("Content-Length") == [str(length)]
        and "network_stream" in response.extensions
        and parser_is_drained(response)
    )


def _read_connection(response: httpx.Response, left: int) -> Iterator[bytes]:
    import httpcore
    import httpx

    connection = response.extensions["network_stream"]
    timeout = response.request.extensions.get("timeout", {}).get("read")
    while left > 0:
        try:
            chunk: bytes = connection.read(min(left, _CHUNK_BYTES), timeout=timeout)
        except httpcore.ReadTimeout:
            raise httpx.ReadTimeout("the storage host stopped sending") from None
        except httpcore.ReadError as problem:
            raise httpx.ReadError(str(problem)) from None
        if not chunk:
            raise httpx.RemoteProtocolError("the connection ended early")
        left -= len(chunk)
        yield chunk
