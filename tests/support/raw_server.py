"""A server of raw sockets on loopback: what it sends is what the test wrote, byte for byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self


class Asked(NamedTuple):
    """A request as it came; the names of headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def first_byte(self) -> int:
        """The first byte that is asked for; 0 without a range."""
        return int(self.headers.get("range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))


class Reply(NamedTuple):
    """Bytes in packets; the connection is closed behind them, or waits for another request."""

    packets: Iterable[bytes]
    close: bool = False


def answer(status: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Return an answer as it stands on the wire; no header is added."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunked(body: bytes) -> bytes:
    """Return a body in two chunks, and the last one."""
    halves = [half for half in (body[: len(body) // 2], body[len(body) // 2 :]) if half]
    return b"".join(b"%x\r\n%s\r\n" % (len(half), half) for half in halves) + b"0\r\n\r\n"


@dataclass
class RawServer:
    """Answers each request with what `reply` says; keeps them all in `asked`."""

    reply: Callable[[Asked], Reply]
    asked: list[Asked] = field(default_factory=list)
    _listening: socket.socket = field(default_factory=socket.socket)
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self._open.copy():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            incoming = connection.makefile("rb")
            while (asked := self._read(incoming)) is not None:
                self.asked.append(asked)
                reply = self.reply(asked)
                for packet in reply.packets:
                    connection.sendall(packet)
                if reply.close:
                    connection.shutdown(socket.SHUT_RDWR)
                    return

    @staticmethod
    def _read(incoming: BinaryIO) -> Asked | None:
        line = incoming.readline()
        if not line:
            return None
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers: dict[str, str] = {}
        while (field := incoming.readline().decode("latin-1").strip()) != "":
            name, _, value = field.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        body = incoming.read(length) if length else b""
        return Asked(method, target, headers, body)
