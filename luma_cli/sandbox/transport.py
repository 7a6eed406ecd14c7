"""A connection whose outgoing bytes can be captured and replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Connection:
    """A wrapper around the transport of the web server.

    A web server sends only legal answers. While its bytes are captured, it believes that it sends
    them, and stays in step with the protocol, so that an open connection can serve the next
    request. `write` sends other bytes in their place.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._captured: bytearray | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._captured is None:
            self._transport.write(data)
        else:
            self._captured += data

    @contextmanager
    def captured(self) -> Iterator[bytearray]:
        """Collect the bytes written during the block in place of sending them."""
        self._captured = captured = bytearray()
        try:
            yield captured
        finally:
            self._captured = None
