"""An API of raw sockets: it answers with whatever bytes a test wants, when the test wants it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.support.fake_api import generation

GENERATION_ID = "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"


@dataclass
class Request:
    """A request that was read whole, and the connection that waits for its answer."""

    connection: socket.socket
    method: str
    path: str
    body: bytes


@dataclass
class RawApi:
    """What was asked, and what answers: `respond` is called with each request, in a thread."""

    respond: Callable[[Request], None]
    base_url: str = ""
    asked: list[Request] = field(default_factory=list)

    def count(self, method: str) -> int:
        return sum(request.method == method for request in self.asked)


@contextmanager
def raw_api(respond: Callable[[Request], None]) -> Iterator[RawApi]:
    """Serve on a free port of the loopback; connections still open are cut at the end."""
    api = RawApi(respond)
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        api.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    connections.append(connection)
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        def serve(connection: socket.socket) -> None:
            with suppress(OSError), connection:
                while (request := _read(connection)) is not None:
                    api.asked.append(request)
                    api.respond(request)

        threading.Thread(target=accept, daemon=True).start()
        yield api
        listening.shutdown(socket.SHUT_RDWR)
    for connection in connections:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def _read(connection: socket.socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    while len(body) < int(headers.get("content-length", 0)):
        piece = connection.recv(65536)
        if not piece:  # given up in the middle of the body
            return None
        body += piece
    method, path, _ = first.split(" ")
    return Request(connection, method, path, body)


def job(state: str = "queued", **fields: Any) -> dict[str, Any]:
    """Return a generation as the API answers it."""
    return generation(state, **{"id": GENERATION_ID} | fields)


def answer(
    body: bytes | dict[str, Any],
    status: int = 200,
    *,
    headers: str = "",
    length: int | None = None,
) -> bytes:
    """Return the bytes of an answer; `length` is what it announces, if that is not the truth."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    announced = len(content) if length is None else length
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {announced}"
    return f"{head}\r\n{headers}\r\n".encode() + content
