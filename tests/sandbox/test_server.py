"""The server: ports, threads, open connections."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from luma_cli.errors import MissingExtraError, UsageError
from luma_cli.sandbox.options import SandboxOptions, parse_latency
from luma_cli.sandbox.server import SandboxServer, serve_forever

AUTHORIZATION = {"Authorization": "Bearer luma-api-x"}


def test_server_stops_with_an_open_connection() -> None:
    with httpx.Client(headers=AUTHORIZATION, trust_env=False) as client:
        with SandboxServer(SandboxOptions()) as server:
            url = f"{server.base_url}/files"
            assert client.get(url).status_code == 200
            began = time.monotonic()
        assert time.monotonic() - began < 3
        with pytest.raises(httpx.TransportError):
            client.get(url)
    assert "sandbox" not in {thread.name for thread in threading.enumerate()}


def test_port_in_use_is_a_usage_error() -> None:
    with SandboxServer(SandboxOptions()) as server:
        port = urlsplit(server.base_url).port
        assert port is not None
        with pytest.raises(UsageError) as refusal:
            SandboxServer(SandboxOptions(port=port))
    assert (
        refusal.value.message == f"cannot listen on 127.0.0.1 port {port}: address already in use"
    )


def test_server_listens_on_host() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with SandboxServer(SandboxOptions(host="localhost", port=port)) as server:
        assert server.base_url == f"http://127.0.0.1:{port}/v1"


def test_missing_sandbox_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError) as refusal:
        SandboxServer(SandboxOptions())
    assert (
        refusal.value.hint
        == "install it with the extra `sandbox`, as in `pip install '.[sandbox]'`"
    )


def test_server_handles_200_concurrent_clients() -> None:
    options = SandboxOptions(latency=parse_latency("0"), requests_per_minute=0, jobs_at_once=0)
    # Making one costs more than all the rest.
    shared: dict[str, Any] = {"verify": ssl.create_default_context(), "trust_env": False}
    shared["timeout"] = 60

    async def create(client: httpx.AsyncClient) -> tuple[str, str]:
        """Return the id of a new job and the link to its picture."""
        created = await client.post("/generations", json={"prompt": "x", "aspect_ratio": "3:1"})
        job = created.json()["id"]
        seen = await client.get(f"/generations/{job}")
        return job, seen.json()["output"][0]["url"]

    async def one(client: httpx.AsyncClient, link: str) -> tuple[str, bytes]:
        async with client, httpx.AsyncClient(**shared) as storage:
            job, _ = await create(client)
            return job, (await storage.get(link)).content

    async def all_clients(base_url: str) -> list[tuple[str, bytes]]:
        def connect() -> httpx.AsyncClient:
            return httpx.AsyncClient(base_url=base_url, headers=AUTHORIZATION, **shared)

        async with connect() as client:
            _, link = await create(client)
        return await asyncio.gather(*(one(connect(), link) for _ in range(200)))

    with SandboxServer(options) as server:
        results = asyncio.run(all_clients(server.base_url))

    assert len({job for job, _ in results}) == 200
    assert {data[:4] for _, data in results} == {b"\x89PNG"}
    assert len({data for _, data in results}) == 1
    assert len(server.log.entries) == 602


def test_server_stops_on_early_interrupt() -> None:
    addresses: list[str] = []

    def interrupt(base_url: str, _: str) -> None:
        addresses.append(base_url)
        raise KeyboardInterrupt

    serve_forever(SandboxOptions(port=0), on_ready=interrupt)

    assert len(addresses) == 1


def test_disconnecting_client_logs_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    options = SandboxOptions(port=0, latency=parse_latency("0"))
    with SandboxServer(options) as server, httpx.Client(base_url=server.base_url) as client:
        body = {"prompt": "[size 100MB]", "model": "uni-1"}
        job = client.post("/generations", json=body, headers=AUTHORIZATION).json()
        done = client.get(f"/generations/{job['id']}", headers=AUTHORIZATION).json()
        link = urlsplit(done["output"][0]["url"])
        for _ in range(5):
            with socket.create_connection((link.hostname, link.port)) as leaving:
                leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                path = f"{link.path}?{link.query}"
                leaving.sendall(f"GET {path} HTTP/1.1\r\nHost: {link.netloc}\r\n\r\n".encode())
                leaving.recv(1)
        assert client.get(f"/generations/{job['id']}", headers=AUTHORIZATION).is_success

    assert caplog.records == []
