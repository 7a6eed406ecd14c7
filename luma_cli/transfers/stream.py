"""The bytes of an answer, as fast as the connection gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

_PIECE_BYTES = 256 * 1024


def pieces_of(response: httpx.Response, left: int | None) -> Iterator[bytes]:
    """Yield the body of an answer that is not encoded, of which `left` bytes are to come.

    The parser hands every byte through three buffers, which costs half the time of a large file. Of
    a body whose length is known it gets the beginning, with what came beside the headers; the rest
    is read from the connection, which is not used again. Raises `httpx.RequestError`.
    """
    connection = response.extensions.get("network_stream")
    pieces = response.iter_bytes()
    if connection is None or left is None or response.http_version != "HTTP/1.1":
        yield from pieces
        return
    for first in pieces:
        yield first
        left -= len(first)
        break
    while left > 0 and (piece := _read(connection, left, response)):
        yield piece
        left -= len(piece)


def _read(connection: Any, left: int, response: httpx.Response) -> bytes:
    import httpcore
    import httpx

    silence = response.request.extensions.get("timeout", {}).get("read")
    try:
        piece: bytes = connection.read(min(left, _PIECE_BYTES), timeout=silence)
    except httpcore.ReadTimeout:
        raise httpx.ReadTimeout("the storage host stopped sending") from None
    except httpcore.ReadError as problem:
        raise httpx.ReadError(str(problem)) from None
    if not piece:
        raise httpx.RemoteProtocolError("the connection ended early")
    return piece
