"""A TCP forwarder that breaks connections off after as many bytes as a test says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.real_servers.processes import HOST, listening_socket

_PIECE_BYTES = 16 * 1024


@contextmanager
def forwarder(
    port: int, cuts: list[int], on_cut: Callable[[], None] = lambda: None
) -> Iterator[int]:
    """Forward connections to `port` and give the port to connect to.

    `cuts` are the bytes that come back before a connection ends; one is used up by each connection
    that brings as many. `on_cut` is called before the end. It is no reset, which would also take
    back bytes that are on their way.
    """
    threads: list[threading.Thread] = []
    ending = threading.Event()

    def accept(listening: socket.socket) -> None:
        while not ending.is_set():
            with suppress(OSError):
                client, _ = listening.accept()
                serve = threading.Thread(target=_serve, args=(client, port, cuts, on_cut))
                threads.append(serve)
                serve.start()

    with listening_socket() as listening:
        accepting = threading.Thread(target=accept, args=(listening,))
        accepting.start()
        try:
            yield listening.getsockname()[1]
        finally:
            ending.set()
            listening.shutdown(socket.SHUT_RDWR)
            for thread in [accepting, *threads]:
                thread.join(10)


def _serve(client: socket.socket, port: int, cuts: list[int], on_cut: Callable[[], None]) -> None:
    with client, socket.create_connection((HOST, port)) as server:
        there = threading.Thread(target=_pass_on, args=(client, server))
        there.start()
        left = cuts[0] if cuts else None
        with suppress(OSError):
            while piece := server.recv(_PIECE_BYTES if left is None else min(_PIECE_BYTES, left)):
                client.sendall(piece)
                left = left and left - len(piece)
                if left == 0:
                    cuts.pop(0)
                    on_cut()
                    break
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        there.join(10)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(_PIECE_BYTES):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
