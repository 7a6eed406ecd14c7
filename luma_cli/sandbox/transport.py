"""A connection whose bytes can be looked at, and replaced, before they go out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Connection:
    """The transport under the web server, which takes this for the transport itself.

    A web server sends only what is legal. With its bytes held, it believes that it answers, and
    keeps its place in the protocol (a connection that stays open goes on with the next request),
    while `write` sends something else.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._held: bytearray | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._held is None:
            self._transport.write(data)
        else:
            self._held += data

    @contextmanager
    def held(self) -> Iterator[bytearray]:
        """Gather what is written meanwhile, in place of sending it."""
        self._held = held = bytearray()
        try:
            yield held
        finally:
            self._held = None
