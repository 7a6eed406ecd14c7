"""Bodies beyond the limits: rejected unread, without memory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from luma_cli.sandbox.api.generations import LARGEST_BODY_BYTES
from tests.sandbox.http.raw import AUTHORIZATION, SILENT, Conversation, client_of, serve

MIB = 1024 * 1024
JSON = AUTHORIZATION | {"Content-Type": "application/json"}
FORM = AUTHORIZATION | {"Content-Type": "multipart/form-data; boundary=x"}
REFUSED = {"detail": "Request body is too large"}


def test_body_limit_is_the_documented_one() -> None:
    assert LARGEST_BODY_BYTES == 256 * MIB


@pytest.mark.parametrize(
    ("path", "headers", "limit"),
    [
        ("/generations", JSON, 256 * MIB),
        ("/files", JSON, 64 * 1024),
        ("/files", FORM, 20 * MIB + 64 * 1024),
    ],
)
def test_announced_length_beyond_the_limit_is_rejected_unread(
    path: str, headers: dict[str, str], limit: int
) -> None:
    with serve() as server:
        for expect in ({}, {"Expect": "100-continue"}):
            with Conversation(f"{server.base_url}{path}") as talk:
                talk.send("POST", headers | expect | {"Content-Length": str(limit + 1)})
                assert talk.head()[0] == "HTTP/1.1 413 Request Entity Too Large"
        with Conversation(f"{server.base_url}{path}") as talk:
            talk.send("POST", headers | {"Content-Length": str(limit)})
            assert talk.rest(0.1) == (b"", SILENT)
    assert [entry.body_bytes for entry in server.log.entries] == [0, 0, 0]


def pieces(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b" " * MIB


def test_body_without_length_is_limited() -> None:
    with serve() as server, client_of(server) as client:
        refused = client.post("/generations", content=pieces(257), headers=JSON)
        assert (refused.status_code, refused.json()) == (413, REFUSED)
        assert client.post("/generations", json={"prompt": "x"}).status_code == 201
    assert 256 * MIB < server.log.entries[0].body_bytes <= 257 * MIB


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(("sent", "is_announced", "most"), [(300, True, 150), (600, False, 450)])
def test_rejected_bodies_take_no_memory(sent: int, is_announced: bool, most: int) -> None:
    command = [sys.executable, "-m", "luma_cli", "sandbox", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as program:
        assert program.stdout is not None
        try:
            base_url = program.stdout.readline().partition("=")[2].strip()
            headers = JSON | ({"Content-Length": str(sent * MIB)} if is_announced else {})
            answer = httpx.post(
                f"{base_url}/generations",
                content=pieces(sent),
                headers=headers,
                timeout=60,
                trust_env=False,
            )
            status = Path(f"/proc/{program.pid}/status").read_text()
        finally:
            program.kill()
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert answer.status_code == 413
    assert peak is not None
    assert int(peak[1]) < most * 1024
