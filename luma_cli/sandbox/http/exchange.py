"""A request, its answer and its connection, as faults see them."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from luma_cli.sandbox.log import LogEntry, RequestLog
from luma_cli.sandbox.transport import Connection

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]

_SECONDS_TO_READ = 0.05
# Closing discards unsent bytes and sends a reset.
_NO_LINGER = struct.pack("ii", 1, 0)


class Exchange:
    """The operations that faults are composed of.

    The entry is logged once, before the first byte of the answer or the end of the connection, so
    that a client that sees either finds the entry in the log.
    """

    def __init__(
        self,
        scope: Any,
        receive: Receive,
        send: Send,
        app: App,
        log: tuple[RequestLog, LogEntry],
        connection: Connection | None,
    ) -> None:
        self.scope, self._receive, self._send, self._app = scope, receive, send, app
        self._log, self.entry = log
        self._connection = connection
        self._is_logged = False

    @property
    def is_disconnected(self) -> bool:
        """Whether the connection is closed."""
        return self._connection is not None and bool(self._connection.is_closing())

    @property
    def has_body(self) -> bool:
        """Whether the answer has a body: not for HEAD."""
        return bool(self.scope["method"] != "HEAD")

    async def execute(self, send: Send | None = None, receive: Receive | None = None) -> None:
        """Run the application, with `send` and `receive` in place of the server's."""
        await self._app(self.scope, receive or self.receive, send or self.send)

    async def receive(self) -> Message:
        message = await self._receive()
        self.entry.body_bytes += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.entry.status = message["status"]
            self.log_once()
        if self.is_disconnected:  # asyncio logs each write; yield for the server to notice
            await asyncio.sleep(0)
            return
        await self._send(message)

    async def captured(self, message: Message) -> bytes:
        """Return the bytes that the server would send for a part of the answer.

        Not for the last part, after which the server may close the connection.
        """
        with self._connected().captured() as data:
            await self.send(message)
        return bytes(data)

    def write(self, data: bytes) -> None:
        """Send bytes in place of `captured` ones."""
        self.log_once()
        if not self.is_disconnected:
            self._connected().write(data)

    async def read(self, size: int | None = None) -> None:
        """Read up to `size` bytes of the request, or all of it."""
        while size is None or self.entry.body_bytes < size:
            message = await self.receive()
            if not message.get("more_body"):
                return

    async def reset(self) -> None:
        """Reset the connection."""
        self.log_once()
        if self._connection is None:
            raise ConnectionResetError("the sandbox broke the connection on purpose")
        if self.entry.status is not None:
            # A reset discards bytes that the client has not read yet.
            await asyncio.sleep(_SECONDS_TO_READ)
        raw = self._connection.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._connection.abort()
        await self.wait_for_disconnect()

    async def close(self) -> None:
        """Flush and close the connection."""
        self.log_once()
        if self._connection is None:
            raise ConnectionAbortedError("the sandbox closed the connection on purpose")
        self._connection.close()
        await self.wait_for_disconnect()

    async def silence(self, seconds: float | None) -> bool:
        """Wait, until the client disconnects at most; return whether it is still connected."""
        self.log_once()
        try:
            async with asyncio.timeout(seconds):
                await self.wait_for_disconnect()
        except TimeoutError:
            return True
        return False

    async def wait_for_disconnect(self) -> None:
        """Wait for the end of the connection and drop incoming bytes."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _connected(self) -> Connection:
        if self._connection is None:
            raise ConnectionAbortedError("the sandbox has no connection to write to")
        return self._connection

    def log_once(self) -> None:
        """Log the request, once."""
        if not self._is_logged:
            self._is_logged = True
            self._log.add(self.entry)
