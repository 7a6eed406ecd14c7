"""Faults that change the status: redirects, S3 errors, proxies, new jobs not found at first."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.faults.kinds import REDIRECTS, STORAGE_CODES
from luma_cli.sandbox.options import SandboxOptions, parse_latency
from luma_cli.sandbox.server import SandboxServer
from tests.sandbox.http.raw import BODY, Conversation, client_of, finished, serve

DATA = b"0123456789"


def envelope(server: SandboxServer) -> dict[str, Any]:
    with client_of(server) as client:
        body = {"mime_type": "text/plain", "size_bytes": len(DATA)}
        return dict(client.post("/files", json=body).json()["upload"])


def log_of(server: SandboxServer) -> list[tuple[str, str, int | None, str | None]]:
    """Return the requests since the set-up, without ids."""
    return [
        (entry.method, re.sub(r"[\da-f-]{36}", "ID", entry.path), entry.status, entry.fault)
        for entry in server.log.entries
        if entry.endpoint in ("upload", "download")
    ]


@pytest.mark.parametrize("status", REDIRECTS)
def test_redirect_of_upload(status: int) -> None:
    fault = f"upload:{status}-redirect"
    with serve(fault) as server:
        upload = envelope(server)
        with Conversation(upload["url"]) as talk:
            talk.send("PUT", upload["headers"], DATA)
            top, headers = talk.head()
            talk.read(int(headers["content-length"]))
            parts = urlsplit(upload["url"])
            origin = f"{parts.scheme}://{parts.netloc}"
            moved = f"{origin}/moved{parts.path}?{parts.query}"
            assert (int(top.split()[1]), headers["location"]) == (status, moved.lower())
            talk.send("PUT", upload["headers"], DATA, path=moved.removeprefix(origin))
            assert talk.head()[0] == "HTTP/1.1 200 OK"
    assert log_of(server) == [
        ("PUT", "/storage/files/ID", status, fault),
        ("PUT", "/moved/storage/files/ID", 200, None),
    ]


@pytest.mark.parametrize("status", REDIRECTS)
def test_redirect_of_download(status: int) -> None:
    with serve(f"download:{status}-redirect:2+") as server:
        link, picture = finished(server)
        answer = httpx.get(link, follow_redirects=True, trust_env=False)
    assert (answer.status_code, answer.content, len(answer.history)) == (200, picture, 1)
    assert answer.history[0].status_code == status


@pytest.mark.parametrize("word", ["302-loop", "307-loop", "redirect-loop"])
def test_redirect_loop(word: str) -> None:
    with serve(f"download:{word}:2+") as server:
        link, _ = finished(server)
        answer = httpx.get(link, trust_env=False)
        assert (answer.status_code // 100, answer.headers["Location"]) == (3, link)
        with pytest.raises(httpx.TooManyRedirects):
            httpx.get(link, follow_redirects=True, trust_env=False)
    assert len(server.log.entries) == len({entry.number for entry in server.log.entries})


def test_redirect_of_api_request() -> None:
    with serve("get:307-redirect", "create:308-redirect:2+") as server, client_of(server) as client:
        job = client.post("/generations", content=BODY).json()["id"]
        seen = client.get(f"/generations/{job}", follow_redirects=True)
        again = client.post("/generations", content=BODY, follow_redirects=True)
    assert (seen.json()["id"], again.status_code) == (job, 201)
    assert [entry.id is not None for entry in server.log.entries] == [
        True,
        False,
        True,
        False,
        True,
    ]


def test_redirected_request_counts_for_other_faults() -> None:
    with serve("upload:307-redirect", "upload:503:2") as server:
        upload = envelope(server)
        answer = httpx.put(
            upload["url"],
            content=DATA,
            headers=upload["headers"],
            follow_redirects=True,
            trust_env=False,
        )
    assert answer.status_code == 503
    assert log_of(server)[-1] == ("PUT", "/moved/storage/files/ID", 503, "upload:503:2")


def test_redirect_to_portal() -> None:
    with serve("get:302") as server, client_of(server) as client:
        refused = client.get("/generations/x")
        page = client.get("/generations/x", follow_redirects=True)
        origin = server.base_url.removesuffix("/v1")
    assert refused.status_code == 302
    assert refused.headers["Location"] == f"{origin}/portal"
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.text.startswith("<!doctype html>\n<html><head><title>Log in</title>")


def test_status_407_has_proxy_authenticate() -> None:
    with serve("get:407-html") as server, client_of(server) as client:
        answer = client.get("/generations/x")
    assert (answer.status_code, answer.headers["Proxy-Authenticate"]) == (
        *(407, 'Basic realm="sandbox"'),
    )
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize(("status", "phrase"), [(408, "Request Timeout"), (425, "Too Early")])
def test_temporary_status(status: int, phrase: str) -> None:
    with serve(f"get:{status}:1") as server, client_of(server) as client:
        job = client.post("/generations", content=BODY).json()["id"]
        seen = [client.get(f"/generations/{job}") for _ in range(2)]
    assert [answer.status_code for answer in seen] == [status, 200]
    assert seen[0].json() == {"detail": phrase}


@pytest.mark.parametrize("code", STORAGE_CODES)
def test_s3_error_codes(code: str) -> None:
    status, message = STORAGE_CODES[code]
    with serve(f"{code}:2+", f"upload:{code}") as server:
        link, _ = finished(server)
        upload = envelope(server)
        refused = [
            httpx.get(link, trust_env=False),
            httpx.put(upload["url"], content=DATA, headers=upload["headers"], trust_env=False),
        ]
    for answer in refused:
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/xml")
        assert answer.text == (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        )


def test_json_form_applies_to_storage() -> None:
    with serve("download:200-json:2") as server:
        link, _ = finished(server)
        answer = httpx.get(link, trust_env=False)
    assert (answer.status_code, answer.headers["Content-Type"], answer.json()) == (
        *(200, "application/json", {"detail": "OK"}),
    )


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("/generations", {"prompt": "x"}, "Generation not found"),
        ("/files", {"mime_type": "image/png", "size_bytes": 1}, "File not found"),
    ],
)
@pytest.mark.parametrize(("fault", "seconds"), [("404-after-201", 5), ("404-after-201:30s", 30)])
def test_404_after_201_hides_new_resource(
    fault: str, seconds: float, path: str, body: dict[str, Any], detail: str
) -> None:
    now = 1_788_000_000.0
    parsed = (parse_fault(f"GET:{fault}"),)
    options = SandboxOptions(latency=parse_latency("0"), faults=parsed)
    with SandboxServer(options, clock=lambda: now) as server, client_of(server) as client:
        made = client.post(path, json=body).json()["id"]
        early = client.get(f"{path}/{made}")
        now += seconds - 0.5
        late = client.get(f"{path}/{made}")
        now += 0.5
        there = client.get(f"{path}/{made}")
        never = client.get(f"{path}/x")
    assert [answer.status_code for answer in (early, late, there, never)] == [404, 404, 200, 404]
    assert early.json() == late.json() == {"detail": detail}
    assert [entry.fault for entry in server.log.entries] == [
        *(None, f"GET:{fault}", f"GET:{fault}", None, None),
    ]


def test_404_after_201_ignores_create_and_list() -> None:
    with serve("api:404-after-201") as server, client_of(server) as client:
        assert client.post("/generations", content=BODY).status_code == 201
        assert client.get("/files").status_code == 200
