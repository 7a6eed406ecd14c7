"""The server's life: ports, threads, connections that stay open."""

from __future__ import annotations

import socket
import sys
import threading
import time
from urllib.parse import urlsplit

import httpx
import pytest

from luma_cli.errors import MissingExtraError, UsageError
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer

AUTHORIZATION = {"Authorization": "Bearer luma-api-x"}


def test_it_stops_at_once_though_a_client_keeps_its_connection() -> None:
    with httpx.Client(headers=AUTHORIZATION, trust_env=False) as client:
        with SandboxServer(SandboxOptions()) as server:
            url = f"{server.base_url}/files"
            assert client.get(url).status_code == 200
            began = time.monotonic()
        assert time.monotonic() - began < 3
        with pytest.raises(httpx.TransportError):
            client.get(url)
    assert "sandbox" not in {thread.name for thread in threading.enumerate()}


def test_a_port_in_use_is_a_usage_error() -> None:
    with SandboxServer(SandboxOptions()) as server:
        port = urlsplit(server.base_url).port
        assert port is not None
        with pytest.raises(UsageError) as refusal:
            SandboxServer(SandboxOptions(port=port))
    assert (
        refusal.value.message == f"cannot listen on 127.0.0.1 port {port}: Address already in use"
    )


def test_it_listens_where_it_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with SandboxServer(SandboxOptions(host="localhost", port=port)) as server:
        assert server.base_url == f"http://127.0.0.1:{port}/v1"


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError) as refusal:
        SandboxServer(SandboxOptions())
    assert (
        refusal.value.hint
        == "install it with the extra `sandbox`, as in `pip install '.[sandbox]'`"
    )
