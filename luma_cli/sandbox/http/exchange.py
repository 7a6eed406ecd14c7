"""One request, its answer, and the connection under both."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from luma_cli.sandbox.log import Entry, RequestLog
from luma_cli.sandbox.transport import Connection

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]

_SECONDS_TO_READ = 0.05
# Closes at once and discards what is unsent: the other side sees a reset, not an end.
_NO_LINGER = struct.pack("ii", 1, 0)


class Exchange:
    """What the kinds of trouble are made of.

    The entry is logged once, before the first byte of an answer, or before the connection breaks:
    whoever sees either finds it in the log.
    """

    def __init__(
        self,
        scope: Any,
        receive: Receive,
        send: Send,
        app: App,
        log: tuple[RequestLog, Entry],
        connection: Connection | None,
    ) -> None:
        self.scope, self._receive, self._send, self._app = scope, receive, send, app
        self._log, self.entry = log
        self._connection = connection
        self._noted = False

    @property
    def is_gone(self) -> bool:
        """Whether the connection has ended."""
        return self._connection is not None and bool(self._connection.is_closing())

    @property
    def has_body(self) -> bool:
        """Whether an answer may have one: that to a HEAD has none."""
        return bool(self.scope["method"] != "HEAD")

    async def execute(self, send: Send | None = None, receive: Receive | None = None) -> None:
        """Let the application answer, through `send` and `receive` if there are any."""
        await self._app(self.scope, receive or self.receive, send or self.send)

    async def receive(self) -> Message:
        message = await self._receive()
        self.entry.body_bytes += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.entry.status = message["status"]
            self.note()
        if self.is_gone:  # asyncio complains of every piece on stderr; let the server notice
            await asyncio.sleep(0)
            return
        await self._send(message)

    async def held(self, message: Message) -> bytes:
        """Return what the server makes of a part of the answer, in place of sending it.

        Not for the last part, at which the server may close the connection.
        """
        with self._connected().held() as data:
            await self.send(message)
        return bytes(data)

    def write(self, data: bytes) -> None:
        """Send bytes of our own in place of what was `held`."""
        self.note()
        if not self.is_gone:
            self._connected().write(data)

    async def read(self, size: int | None = None) -> None:
        """Read the request up to so many bytes, or to its end."""
        while size is None or self.entry.body_bytes < size:
            message = await self.receive()
            if not message.get("more_body"):
                return

    async def reset(self) -> None:
        """Break the connection."""
        self.note()
        if self._connection is None:
            raise ConnectionResetError("the sandbox broke the connection on purpose")
        if self.entry.status is not None:
            # A reset overtakes what was sent and is not read yet.
            await asyncio.sleep(_SECONDS_TO_READ)
        raw = self._connection.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._connection.abort()
        await self.until_gone()

    async def close(self) -> None:
        """Send what is under way and end the connection."""
        self.note()
        if self._connection is None:
            raise ConnectionAbortedError("the sandbox closed the connection on purpose")
        self._connection.close()
        await self.until_gone()

    async def silence(self, seconds: float | None) -> bool:
        """Do nothing for a while, or until the client is gone; return whether it is still there."""
        self.note()
        try:
            async with asyncio.timeout(seconds):
                await self.until_gone()
        except TimeoutError:
            return True
        return False

    async def until_gone(self) -> None:
        """Wait until the connection has ended; what still comes in is dropped."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _connected(self) -> Connection:
        if self._connection is None:
            raise ConnectionAbortedError("the sandbox has no connection to write to")
        return self._connection

    def note(self) -> None:
        """Log the request, if that was not done yet."""
        if not self._noted:
            self._noted = True
            self._log.add(self.entry)
