"""The request log: its entries, without secrets."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest

from luma_cli.errors import UsageError
from luma_cli.sandbox.log import RequestLog
from luma_cli.sandbox.options import SandboxOptions, parse_latency
from luma_cli.sandbox.server import SandboxServer
from tests.sandbox.conftest import Sandbox


def test_request_log_has_every_request(sandbox: Sandbox) -> None:
    created = sandbox.ask("POST", "/v1/generations", {"prompt": "x"}).json()["id"]
    sandbox.ask("POST", "/v1/generations", {"prompt": ""}, headers={"X-Request-Id": "mine"})
    sandbox.time += 3600.5
    link = sandbox.get(created)["output"][0]["url"]
    sandbox.ask("HEAD", link, headers={"Range": "bytes=0-9"})
    sandbox.ask("GET", "/v1/generations/x", key="sk-x")

    begin, later = "2026-08-29T10:40:00.000+00:00", "2026-08-29T11:40:00.500+00:00"
    download = f"/storage/generations/{created}/output.png"
    assert [tuple(asdict(entry).values()) for entry in sandbox.log.entries] == [
        (1, begin, "POST", "/v1/generations", "create", None, None, created, 14, 201, None),
        (2, begin, "POST", "/v1/generations", "create", "mine", None, None, 13, 400, None),
        (3, later, "GET", f"/v1/generations/{created}", "get", None, None, created, 0, 200, None),
        (4, later, "HEAD", download, "download", None, "bytes=0-9", created, 0, 206, None),
        (5, later, "GET", "/v1/generations/x", "get", None, None, None, 0, 401, None),
    ]


def test_request_log_file_has_the_same_entries_without_secrets(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    options = SandboxOptions(latency=parse_latency("0"), log=path)
    with SandboxServer(options) as server, httpx.Client(trust_env=False) as client:
        headers = {"Authorization": "Bearer luma-api-secret-of-mine"}
        answer = client.post(
            f"{server.base_url}/generations", headers=headers, json={"prompt": "hush"}
        )
        assert len(path.read_text().splitlines()) == 1  # written before the answer
        url = f"{server.base_url}/generations/{answer.json()['id']}"
        link = client.get(url, headers=headers).json()["output"][0]["url"]
        client.get(link)

    text = path.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines == [asdict(entry) for entry in server.log.entries]
    assert [line["endpoint"] for line in lines] == ["create", "get", "download"]
    for secret in ("secret-of-mine", "Signature", link.partition("Signature=")[2], "hush"):
        assert secret not in text


def test_request_log_is_appended(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("{}\n")
    RequestLog(path).close()
    assert path.read_text() == "{}\n"


def test_unwritable_request_log_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refusal:
        RequestLog(tmp_path)
    assert refusal.value.message == f"cannot write the log `{tmp_path}`: is a directory"


def test_request_log_numbers_are_unique_with_concurrent_clients() -> None:
    with SandboxServer(SandboxOptions()) as server:
        url = f"{server.base_url}/files"

        def ask() -> None:
            with httpx.Client(trust_env=False) as client:
                for _ in range(10):
                    client.get(url)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(entry.number for entry in server.log.entries) == list(range(1, 81))
