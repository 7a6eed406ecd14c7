"""Starting and stopping servers: each by its own process object, none by a name."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

SECONDS_TO_START = 20.0
SECONDS_TO_STOP = 5.0
HOST = "127.0.0.1"


def program(name: str) -> str:
    """Return the path of an installed program; the test is skipped where it is missing."""
    path = shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin")
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def unused_port() -> int:
    """Return a port of loopback on which nothing listens."""
    with listening_socket() as listening:
        return int(listening.getsockname()[1])


def listening_socket() -> socket.socket:
    """Return a socket that listens on a free port of loopback."""
    listening = socket.create_server((HOST, 0), backlog=64)
    listening.set_inheritable(True)
    return listening


@contextmanager
def process(
    command: Sequence[str],
    log: Path,
    *,
    environ: Mapping[str, str],
    inherited: Sequence[int] = (),
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server for the time of the block; what it prints goes into the file `log`."""
    with (
        log.open("ab") as output,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environ,
            pass_fds=inherited,
        ) as server,
    ):
        try:
            yield server
        finally:
            server.terminate()
            try:
                server.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                server.kill()


def wait_for_port(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when `server` takes connections; raises `AssertionError` when it never does."""
    deadline = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"{server.args!r} does not listen: {log.read_text()}")
