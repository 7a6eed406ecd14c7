"""Faults that alter JSON answers, byte by byte."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from luma_cli.sandbox.server import SandboxServer
from tests.sandbox.http.raw import AUTHORIZATION, BODY, SILENT, Conversation, client_of, serve


def created(server: SandboxServer) -> tuple[bytes, bytes]:
    """Submit twice on one connection; return both bodies."""
    bodies = []
    with Conversation(f"{server.base_url}/generations") as talk:
        for _ in range(2):
            talk.send("POST", AUTHORIZATION, BODY)
            top, headers = talk.head()
            assert (top, headers["content-type"]) == ("HTTP/1.1 201 Created", "application/json")
            bodies.append(talk.read(int(headers["content-length"])))
        assert talk.rest(0.05) == (b"", SILENT)
    return bodies[0], bodies[1]


CASES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("bom", lambda good: b"\xef\xbb\xbf" + good),
    ("trailing-bytes", lambda good: good + b"\n--\n"),
    ("utf-16", lambda good: good.decode().encode("utf-16")),
    ("huge-number", lambda good: good[:-1] + b',"extra":' + b"9" * 4301 + b"}"),
    ("deep-json", lambda good: good[:-1] + b',"extra":' + b"[" * 1000 + b"]" * 1000 + b"}"),
    ("invalid-json", lambda good: good[: len(good) // 2]),
    ("empty-body", lambda _: b""),
]


@pytest.mark.parametrize(("fault", "edit"), CASES, ids=[name for name, _ in CASES])
def test_altered_json_answer(fault: str, edit: Callable[[bytes], bytes]) -> None:
    with serve(f"create:{fault}:1") as server:
        seen, good = created(server)
    first, second = server.log.entries
    assert seen == edit(good.replace(str(second.id).encode(), str(first.id).encode()))
    assert (first.status, first.fault) == (201, f"create:{fault}:1")


def test_number_id_finds_the_job() -> None:
    with serve("create:number-id:1") as server:
        seen, good = created(server)
        number = json.loads(seen)["id"]
        with client_of(server) as client:
            answer = client.get(f"/generations/{number}").json()
    first, second = server.log.entries[0], server.log.entries[1]
    assert isinstance(number, int)
    assert seen == good.replace(f'"{second.id}"'.encode(), str(number).encode())
    assert answer["id"] == first.id


@pytest.mark.parametrize(
    "fault", ["number-id", "huge-number", "deep-json", "bom", "trailing-bytes", "utf-16"]
)
def test_altered_json_keeps_empty_answer(fault: str) -> None:
    with serve(f"file-delete:{fault}", f"file-list:{fault}") as server, client_of(server) as client:
        assert client.get("/files").status_code == 200
        file = client.post("/files", json={"mime_type": "image/png", "size_bytes": 1}).json()
        deleted = client.delete(f"/files/{file['id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
