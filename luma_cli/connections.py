"""Access to connections that the HTTP library hides: their sockets and unread bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    import httpx

# From a response of httpx to the parser of its connection.
_WAY_TO_PARSER = ("stream", "_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state")


def body_of(response: httpx.Response) -> Iterator[bytes]:
    """Yield the body as it was sent, and keep the connection until `leave`.

    The methods of httpx close the answer at its end. Another thread may then use the connection,
    and `leave` would look at that thread's answer.
    """
    return iter(cast("httpx.SyncByteStream", response.stream))


def leave(response: httpx.Response) -> None:
    """Close an answer, and its connection if bytes follow the end of the answer.

    The parser would read these as the next answer. The body was read by `body_of`, if at all.
    """
    connection = response.extensions.get("network_stream")
    if connection is not None and not parser_is_drained(response):
        connection.close()
    response.close()


def parser_is_drained(response: httpx.Response) -> bool:
    """Return whether the parser is known, holds no byte, and has seen no end of the connection."""
    parser: Any = response
    for name in _WAY_TO_PARSER:
        parser = getattr(parser, name, None)
    return bool(getattr(parser, "trailing_data", None) == (b"", False))


def socket_of(http: httpx.Client, request: httpx.Request) -> socket.socket | None:
    """Return the socket that a request under way has been given, if it is known."""
    transport: Any = http._transport_for_url(request.url)  # noqa: SLF001 - what this module is for
    for each in list(getattr(getattr(transport, "_pool", None), "_requests", ())):
        if each.request.extensions is request.extensions:
            connection = each.connection
            while getattr(connection, "_connection", None) is not None:
                connection = connection._connection  # noqa: SLF001 - same
            stream = getattr(connection, "_network_stream", None)
            return None if stream is None else stream.get_extra_info("socket")
    return None
