"""The transport of each client's connection, which ASGI hides from applications."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from luma_cli.sandbox.transport import Connection

Address = tuple[str, int]


def recording_protocol() -> tuple[type[asyncio.Protocol], dict[Address, Connection]]:
    """Return an HTTP protocol for uvicorn and its open connections by client host and port."""
    connections: dict[Address, Connection] = {}

    class RecordingProtocol(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            connection = Connection(transport)
            super().connection_made(connection)  # type: ignore[arg-type]  # delegates to a transport
            connections[_address(transport)] = connection

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            address = _address(self.transport)
            if connections.get(address) is self.transport:  # type: ignore[comparison-overlap]
                del connections[address]

    return RecordingProtocol, connections


def _address(transport: Any) -> Address:
    host, port = transport.get_extra_info("peername")[:2]
    return host, port
