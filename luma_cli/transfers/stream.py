"""The bytes of an answer's body, as fast as the connection gives them.

The parser of the HTTP library hands every byte through three buffers, which costs half the time of
a large file. So the rest of a long body is read from the connection, behind the parser's back, but
only where `may_bypass_parser` knows that these bytes are what comes next on the connection, and
nothing else is. All of this must hold:

* the answer is HTTP/1.1: its framing is not that of another version;
* there is no `Transfer-Encoding`, so no chunk sizes stand between the bytes;
* there is exactly one `Content-Length`, and it is what the caller expects, for a 206 the length of
  the range that it announces;
* there is no `Content-Encoding`: the bytes on the connection are those of the file;
* the parser holds no byte: what came beside the headers has been handed out. It reads up to 64 KiB
  at once, and gives all it has of a body of known length at the first request;
* this is known, not guessed: with a version of the library that keeps its parser elsewhere, and for
  short bodies, which leave the connection usable for the next file, the library reads everything.

A connection that was read this way is not used again: its parser waits for bytes it never gets. Nor
is one with bytes behind the end of an answer, which the parser would take for the next answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

_PIECE_BYTES = 256 * 1024
LEAST_BYTES_TO_BYPASS = 1024 * 1024
# From a response of httpx to the parser of its connection.
_WAY_TO_PARSER = ("stream", "_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state")


def pieces_of(response: httpx.Response, length: int | None) -> Iterator[bytes]:
    """Yield the body of an answer that is not encoded; it has `length` bytes if that is known.

    Raises `httpx.RequestError` when the connection breaks, or ends before the body does.
    """
    pieces = response.iter_bytes()
    for first in pieces:
        yield first
        if length is not None and may_bypass_parser(response, length):
            yield from _read_connection(response, length - len(first))
            return
        break
    yield from pieces


def may_bypass_parser(response: httpx.Response, length: int) -> bool:
    """Return whether the rest of a body may be read from the connection; see above for the rule."""
    headers = response.headers
    return (
        length >= LEAST_BYTES_TO_BYPASS
        and response.http_version == "HTTP/1.1"
        and "Transfer-Encoding" not in headers
        and "Content-Encoding" not in headers
        and headers.get_list("Content-Length") == [str(length)]
        and "network_stream" in response.extensions
        and _parser_is_drained(response)
    )


def leave(response: httpx.Response) -> None:
    """Close an answer, and its connection unless nothing stands behind the answer's end."""
    connection = response.extensions.get("network_stream")
    if connection is not None and not _parser_is_drained(response):
        connection.close()
    response.close()


def _parser_is_drained(response: httpx.Response) -> bool:
    """Return whether the parser is known, holds no byte, and has seen no end of the connection."""
    parser: Any = response
    for name in _WAY_TO_PARSER:
        parser = getattr(parser, name, None)
    return bool(getattr(parser, "trailing_data", None) == (b"", False))


def _read_connection(response: httpx.Response, left: int) -> Iterator[bytes]:
    import httpcore
    import httpx

    connection = response.extensions["network_stream"]
    silence = response.request.extensions.get("timeout", {}).get("read")
    while left > 0:
        try:
            piece: bytes = connection.read(min(left, _PIECE_BYTES), timeout=silence)
        except httpcore.ReadTimeout:
            raise httpx.ReadTimeout("the storage host stopped sending") from None
        except httpcore.ReadError as problem:
            raise httpx.ReadError(str(problem)) from None
        if not piece:
            raise httpx.RemoteProtocolError("the connection ended early")
        left -= len(piece)
        yield piece
