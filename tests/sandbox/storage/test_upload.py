"""Uploads through presigned links: complete, with the signed headers and without a key."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from luma_cli.rules.constants import LARGEST_FILE_BYTES
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.sandbox.conftest import Sandbox
from tests.sandbox.http.raw import Conversation, client_of, serve

DATA = b"0123456789"


def envelope(sandbox: Sandbox, **fields: Any) -> dict[str, Any]:
    body = {"mime_type": "text/plain", "size_bytes": len(DATA), **fields}
    return dict(sandbox.ask("POST", "/v1/files", body).json())


def put(
    sandbox: Sandbox,
    created: dict[str, Any],
    data: bytes = DATA,
    changes: Mapping[str, str | None] | None = None,
) -> httpx.Response:
    """Upload the bytes with the signed headers; a change to `None` omits a header."""
    headers = {**created["upload"]["headers"], **(changes or {})}
    sent = {name: value for name, value in headers.items() if value is not None}
    return sandbox.ask("PUT", created["upload"]["url"], content=data, headers=sent)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.text.partition("<Code>")[2].partition("</Code>")[0]


def test_upload_answers_with_etag(sandbox: Sandbox) -> None:
    answer = put(sandbox, envelope(sandbox))
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["ETag"] == f'"{hashlib.md5(DATA, usedforsecurity=False).hexdigest()}"'


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"Content-Type": "image/png"}, (403, "SignatureDoesNotMatch")),
        ({"Content-Type": None}, (403, "SignatureDoesNotMatch")),
        ({"x-amz-meta-file-id": None}, (403, "SignatureDoesNotMatch")),
        ({"x-amz-meta-file-id": "other"}, (403, "SignatureDoesNotMatch")),
        ({"Authorization": "Bearer luma-api-tests"}, (400, "InvalidArgument")),
    ],
)
def test_upload_requires_signed_headers(
    sandbox: Sandbox, changes: dict[str, str | None], refusal: tuple[int, str]
) -> None:
    created = envelope(sandbox)
    assert code_of(put(sandbox, created, changes=changes)) == refusal
    assert put(sandbox, created).status_code == 200


@pytest.mark.parametrize(
    ("data", "code"), [(DATA[:-1], "IncompleteBody"), (DATA + b"x", "EntityTooLarge")]
)
def test_upload_requires_the_announced_size(sandbox: Sandbox, data: bytes, code: str) -> None:
    created = envelope(sandbox)
    assert code_of(put(sandbox, created, data)) == (400, code)
    complete = sandbox.ask("POST", f"/v1/files/{created['id']}/complete")
    assert complete.status_code == 409


def test_upload_link_is_valid_for_one_file_and_method(sandbox: Sandbox) -> None:
    one, other = envelope(sandbox), envelope(sandbox)
    query = urlsplit(one["upload"]["url"]).query
    path = urlsplit(other["upload"]["url"]).path
    other["upload"]["url"] = f"{path}?{query}"
    assert code_of(put(sandbox, other)) == (403, "SignatureDoesNotMatch")
    assert sandbox.ask("GET", one["upload"]["url"]).status_code == 405


def test_upload_link_expires() -> None:
    sandbox = Sandbox(SandboxOptions(url_life_seconds=60))
    created = envelope(sandbox)
    sandbox.time += 61
    answer = put(sandbox, created)
    assert (code_of(answer), "Request has expired" in answer.text) == ((403, "AccessDenied"), True)


def test_upload_to_deleted_file_is_rejected(sandbox: Sandbox) -> None:
    created = envelope(sandbox)
    sandbox.ask("DELETE", f"/v1/files/{created['id']}")
    assert code_of(put(sandbox, created)) == (404, "NoSuchKey")


def test_upload_can_be_repeated_until_complete(sandbox: Sandbox) -> None:
    created = envelope(sandbox)
    assert [put(sandbox, created).status_code for _ in range(2)] == [200, 200]
    sandbox.ask("POST", f"/v1/files/{created['id']}/complete")
    assert code_of(put(sandbox, created)) == (409, "OperationAborted")


def test_interrupted_upload_is_dropped() -> None:
    headers = {"Authorization": "Bearer luma-api-tests"}
    with (
        SandboxServer(SandboxOptions()) as server,
        httpx.Client(base_url=server.base_url, headers=headers, trust_env=False) as client,
    ):
        body = {"mime_type": "text/plain", "size_bytes": len(DATA)}
        created = client.post("/files", json=body).json()
        parts = urlsplit(created["upload"]["url"])
        head = (
            f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
        )
        head += "".join(f"{k}: {v}\r\n" for k, v in created["upload"]["headers"].items())
        with socket.create_connection((str(parts.hostname), parts.port or 0)) as connection:
            connection.sendall(head.encode() + b"\r\n01234")
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        assert client.post(f"/files/{created['id']}/complete").status_code == 409


def test_oversized_upload_is_rejected_unread() -> None:
    with serve() as server, client_of(server) as client:
        body = {"mime_type": "text/plain", "size_bytes": LARGEST_FILE_BYTES}
        upload = client.post("/files", json=body).json()["upload"]
        answers = []
        for length in (LARGEST_FILE_BYTES, LARGEST_FILE_BYTES + 1):
            with Conversation(upload["url"]) as talk:
                talk.send("PUT", upload["headers"] | {"Content-Length": str(length)})
                answers.append(talk.rest(0.5)[0])
        refused = client.post("/files", json=body | {"size_bytes": LARGEST_FILE_BYTES + 1})
    assert LARGEST_FILE_BYTES == 5 * 1024**3
    assert answers[0] == b""  # it waits for the bytes
    assert answers[1].startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"<Code>EntityTooLarge</Code>" in answers[1]
    assert refused.status_code == 413


def test_upload_without_length_is_rejected() -> None:
    headers = {"Authorization": "Bearer luma-api-tests"}
    with (
        SandboxServer(SandboxOptions()) as server,
        httpx.Client(trust_env=False) as client,
    ):
        body = {"mime_type": "text/plain", "size_bytes": len(DATA)}
        url = f"{server.base_url}/files"
        upload = client.post(url, json=body, headers=headers).json()["upload"]
        answer = client.put(upload["url"], content=iter([DATA]), headers=upload["headers"])
    assert code_of(answer) == (411, "MissingContentLength")
