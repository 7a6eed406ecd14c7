"""A client that sends and reads raw bytes."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions, parse_latency
from luma_cli.sandbox.server import SandboxServer

AUTHORIZATION = {"Authorization": "Bearer luma-api-tests"}
BODY = b'{"prompt": "x", "aspect_ratio": "3:1"}'
# How reading ended.
RESET, CLOSED, SILENT = "reset", "closed", "silent"
PATIENCE = 5.0


def serve(*faults: str) -> SandboxServer:
    """Return a sandbox without latency and with a fixed clock."""
    parsed = tuple(parse_fault(text) for text in faults)
    options = SandboxOptions(latency=parse_latency("0"), faults=parsed, requests_per_minute=0)
    return SandboxServer(options, clock=lambda: 1_788_000_000.0)


@contextmanager
def client_of(server: SandboxServer) -> Iterator[httpx.Client]:
    """Yield a client of the API with a valid key."""
    with httpx.Client(base_url=server.base_url, headers=AUTHORIZATION, trust_env=False) as client:
        yield client


def finished(server: SandboxServer, body: bytes = BODY) -> tuple[str, bytes]:
    """Return the link to the picture of a finished job, and its bytes."""
    with client_of(server) as client:
        job = client.post("/generations", content=body).json()["id"]
        link = str(client.get(f"/generations/{job}").json()["output"][0]["url"])
    return link, httpx.get(link, trust_env=False).content


class Conversation:
    """A connection for consecutive requests."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        address = (str(self._parts.hostname), self._parts.port or 80)
        self._socket = socket.create_connection(address, PATIENCE)
        self._unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def send(
        self,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        path: str | None = None,
    ) -> None:
        if path is None:
            path = f"{self._parts.path}?{self._parts.query}"
        sent = {"Host": self._parts.netloc, **(headers or {})}
        if body:
            sent["Content-Length"] = str(len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self._socket.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)

    def head(self) -> tuple[str, dict[str, str]]:
        """Read a head; return its first line and its headers by lower-case name."""
        top, *lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        return top, dict(line.lower().split(": ", 1) for line in filter(None, lines))

    def raw_head(self) -> bytes:
        """Read a head unchanged, except for the date."""
        return re.sub(rb"(?i)date: [^\r]*\r\n", b"", self._until(b"\r\n\r\n"))

    def read(self, size: int) -> bytes:
        """Read exactly `size` bytes."""
        while len(self._unread) < size:
            self._unread += self._receive()
        data, self._unread = self._unread[:size], self._unread[size:]
        return data

    def rest(self, patience: float = 0.5) -> tuple[bytes, str]:
        """Read until the connection ends or is silent for a while."""
        data, self._unread = self._unread, b""
        self._socket.settimeout(patience)
        while True:
            try:
                piece = self._socket.recv(65536)
            except ConnectionResetError:
                return data, RESET
            except TimeoutError:
                return data, SILENT
            if not piece:
                return data, CLOSED
            data += piece

    def _until(self, end: bytes) -> bytes:
        while end not in self._unread:
            self._unread += self._receive()
        data, _, self._unread = self._unread.partition(end)
        return data + end

    def _receive(self) -> bytes:
        self._socket.settimeout(PATIENCE)
        piece = self._socket.recv(65536)
        assert piece, "the connection ended too early"
        return piece
