"""Which transport belongs to which client: what ASGI does not tell an application."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

Address = tuple[str, int]


def recording_protocol() -> tuple[type[asyncio.Protocol], dict[Address, asyncio.Transport]]:
    """Return uvicorn's HTTP protocol, and the open transports by the client's host and port."""
    connections: dict[Address, asyncio.Transport] = {}

    class RecordingProtocol(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            connections[_address(transport)] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            if connections.get(_address(self.transport)) is self.transport:
                del connections[_address(self.transport)]

    return RecordingProtocol, connections


def _address(transport: Any) -> Address:
    host, port = transport.get_extra_info("peername")[:2]
    return host, port
