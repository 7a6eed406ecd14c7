"""The effect of each fault on a client, byte by byte, and its entry in the log."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions, parse_latency
from luma_cli.sandbox.server import SandboxServer

AUTHORIZATION = {"Authorization": "Bearer luma-api-tests"}
BODY = b'{"prompt": "x", "aspect_ratio": "3:1"}'
# The status line, the body and how the connection ended.
ANSWERED, RESET, CLOSED, SILENT = "answered", "reset", "closed", "silent"


class Seen(NamedTuple):
    """An answer: status or 0, headers by lower-case name, bytes of the body, and the end."""

    status: int
    headers: dict[str, str]
    body: bytes
    end: str


def serve(*faults: str) -> SandboxServer:
    parsed = tuple(parse_fault(text) for text in faults)
    options = SandboxOptions(latency=parse_latency("0"), faults=parsed)
    return SandboxServer(options, clock=lambda: 1_788_000_000.0)


def ask(
    url: str,
    method: str = "GET",
    body: bytes = b"",
    patience: float = 5,
    headers: Mapping[str, str] | None = None,
) -> Seen:
    """Send a raw request and read until the answer is complete or the connection ends."""
    parts = urlsplit(url)
    sent = {"Host": parts.netloc, "Content-Length": str(len(body)), **(headers or {})}
    head = f"{method} {parts.path}?{parts.query} HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in sent.items()) + "\r\n"
    with socket.create_connection((str(parts.hostname), parts.port or 80), patience) as connection:
        connection.sendall(head.encode() + body)
        data, end = _read(connection)
    top, _, rest = data.partition(b"\r\n\r\n")
    lines = top.decode().split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:])
    return Seen(int(lines[0].split()[1]) if data else 0, fields, rest, end)


def _read(connection: socket.socket) -> tuple[bytes, str]:
    data = b""
    while True:
        try:
            piece = connection.recv(65536)
        except ConnectionResetError:
            return data, RESET
        except TimeoutError:
            return data, SILENT
        if not piece:
            return data, CLOSED
        data += piece
        head, separator, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        if separator and length and len(body) >= int(length[1]):
            return data, ANSWERED


def create(server: SandboxServer, patience: float = 5) -> Seen:
    return ask(f"{server.base_url}/generations", "POST", BODY, patience, AUTHORIZATION)


def finished(server: SandboxServer) -> str:
    """Return the link to the picture of a finished job."""
    with httpx.Client(base_url=server.base_url, headers=AUTHORIZATION, trust_env=False) as client:
        job = client.post("/generations", content=BODY).json()["id"]
        return str(client.get(f"/generations/{job}").json()["output"][0]["url"])


CREATE = [
    # fault, status seen (0: none), what is left of the body (None: the whole), the end, accepted
    ("reset-before-read", 0, b"", RESET, False),
    ("reset-before-read:50%", 0, b"", RESET, False),
    ("reset-after-read", 0, b"", RESET, True),
    ("cut:0%", 201, b"", RESET, True),
    ("cut:10B", 201, 10, RESET, True),
    ("truncate:10B", 201, 10, CLOSED, True),
    ("wrong-length", 201, None, CLOSED, True),
    ("empty-body", 201, b"", ANSWERED, True),
    ("stall:0.1s", 201, None, ANSWERED, True),
    ("stall:10B:0.1s", 201, None, ANSWERED, True),
    ("stall-before-read:0.1s", 201, None, ANSWERED, True),
    ("stall-before-read:50%:0.1s", 201, None, ANSWERED, True),
    ("slow:0.3s", 201, None, ANSWERED, True),
    ("slow:1KiB/s", 201, None, ANSWERED, True),
    ("503", 503, b'{"detail":"Media URL ingestion is unavailable"}', ANSWERED, False),
    ("502", 502, b'{"detail":"Upstream service unavailable"}', ANSWERED, False),
    ("500", 500, b'{"detail":"Internal Server Error"}', ANSWERED, False),
    ("500-after", 500, b'{"detail":"Internal Server Error"}', ANSWERED, True),
    ("504-empty", 504, b"", ANSWERED, False),
    ("201-empty-after", 201, b"", ANSWERED, True),
    ("429", 429, b'{"detail":"Rate limit exceeded"}', ANSWERED, False),
    ("429-bare", 429, b'{"detail":"Rate limit exceeded"}', ANSWERED, False),
    ("418", 418, b'{"detail":"I\'m a Teapot"}', ANSWERED, False),
    ("599", 599, b'{"detail":"Trouble"}', ANSWERED, False),
]


@pytest.mark.parametrize(("fault", "status", "body", "end", "accepted"), CREATE)
def test_faults_of_create(
    fault: str, status: int, body: bytes | int | None, end: str, accepted: bool
) -> None:
    with serve(f"create:{fault}:1") as server:
        seen = create(server)
        good = create(server)

    assert (good.status, good.end) == (201, ANSWERED)
    whole = _with_id_of(seen.body, good.body)
    expected = whole[:body] if isinstance(body, int) else whole if body is None else body
    assert (seen.status, seen.body, seen.end) == (status, expected, end)
    first, second = server.log.entries
    assert (first.fault, first.status or 0) == (f"create:{fault}:1", status)
    assert ((first.id is not None), second.fault, second.id is not None) == (accepted, None, True)


def _with_id_of(seen: bytes, good: bytes) -> bytes:
    """Return the expected answer with the id of the received one, if it has one."""
    id_ends = len(b'{"id":"7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"')
    return seen[:id_ends] + good[min(len(seen), id_ends) :] if seen.startswith(b'{"id"') else good


def test_invalid_json_announces_its_own_length() -> None:
    with serve("invalid-json") as server:
        seen = create(server)
    assert (seen.status, seen.end, int(seen.headers["content-length"])) == (
        *(201, ANSWERED),
        len(seen.body),
    )
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(seen.body)


def test_html_error() -> None:
    with serve("html-error") as server:
        seen = create(server)
    assert (seen.status, seen.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert seen.body.startswith(b"<!doctype html>")
    assert "x-request-id" not in seen.headers


def test_stall_ends_when_the_client_disconnects() -> None:
    with serve("create:stall", "get:stall-before-read") as server:
        assert create(server, patience=0.2)[2:] == (b"", SILENT)
        looked = ask(f"{server.base_url}/generations/x", "GET", b"", 0.2, AUTHORIZATION)
        assert looked[2:] == (b"", SILENT)
    assert [entry.status for entry in server.log.entries] == [None, None]


@pytest.mark.parametrize(
    ("fault", "headers"),
    [
        ("429:7s", {"retry-after": "7", "x-ratelimit-limit": "30", "x-ratelimit-remaining": "0"}),
        ("429", {"retry-after": "1", "x-ratelimit-limit": "30", "x-ratelimit-remaining": "0"}),
        ("429-bare", {}),
    ],
)
def test_fault_429_headers(fault: str, headers: dict[str, str]) -> None:
    with serve(fault) as server:
        submission = create(server).headers
        look = ask(f"{server.base_url}/generations/x", headers=AUTHORIZATION).headers
    said = ("retry-after", "x-ratelimit-limit", "x-ratelimit-remaining")
    assert {name: submission[name] for name in said if name in submission} == headers
    assert look.get("retry-after") == headers.get("retry-after")
    assert "x-ratelimit-limit" not in look


def test_expire_in_mid_file() -> None:
    with serve("download:expire:100B:1") as server:
        link = finished(server)
        broken = ask(link)
        dead = ask(link, headers={"Range": "bytes=100-"})
        fresh = ask(finished(server))
    assert (broken.status, len(broken.body), broken.end) == (200, 100, RESET)
    assert (dead.status, b"Request has expired" in dead.body) == (403, True)
    assert fresh.status == 200


def test_expire_at_the_start() -> None:
    with serve("expire:0%") as server:
        assert ask(finished(server)).status == 403


def test_change_in_mid_file() -> None:
    with serve("download:change:100B:1") as server:
        link = finished(server)
        broken = ask(link)
        etag = broken.headers["etag"]
        resumed = ask(link, headers={"Range": "bytes=100-", "If-Range": etag})
        again = ask(link)
    assert (len(broken.body), broken.end) == (100, RESET)
    assert (resumed.status, resumed.headers["etag"] != etag) == (200, True)
    assert resumed.body == again.body
    assert resumed.body[:100] != broken.body or len(resumed.body) != int(
        broken.headers["content-length"]
    )


def test_ignore_range() -> None:
    with serve("ignore-range") as server:
        link = finished(server)
        part, whole = ask(link, headers={"Range": "bytes=5-"}), ask(link)
    assert (part.status, part.body) == (200, whole.body)
    assert "content-range" not in part.headers


def test_cut_at_amount() -> None:
    with serve(
        "download:cut:33%:1", "download:cut:7B:2", "storage:503:3", "slow:1MiB/s:4"
    ) as server:
        link = finished(server)
        third, seven, refused, whole = (ask(link) for _ in range(4))
    length = len(whole.body)
    assert (third.body, third.end) == (whole.body[: length * 33 // 100], RESET)
    assert (seven.body, seven.end) == (whole.body[:7], RESET)
    assert (refused.status, refused.headers["content-type"]) == (503, "application/xml")
    assert b"<Code>ServiceUnavailable</Code>" in refused.body


def test_unknown_paths_are_logged_without_faults() -> None:
    with serve("any:503") as server:
        assert ask(f"{server.base_url}/elsewhere", headers=AUTHORIZATION).status == 404
    (entry,) = server.log.entries
    assert (entry.endpoint, entry.path, entry.status) == (None, "/v1/elsewhere", 404)
