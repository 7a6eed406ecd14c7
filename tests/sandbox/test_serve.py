"""`sandbox serve` and the flags of both commands, as typed."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.program import Program

SECONDS = 30


@contextmanager
def started(*flags: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run `sandbox serve`; yield the process and its printed variables."""
    command = [sys.executable, "-m", "luma_cli", "sandbox", "serve", "--port", "0", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline() for _ in range(3)]
        try:
            found = (re.fullmatch(r"export (\w+)=(\S+)\n", line) for line in lines)
            yield program, {match[1]: match[2] for match in found if match}
        finally:
            program.kill()


@contextmanager
def serving(*flags: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """Run `sandbox serve`; yield the process and a client with its printed variables."""
    with started(*flags) as (program, variables):
        url, key = variables["LUMA_BASE_URL"], variables["LUMA_AGENTS_API_KEY"]
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
            yield program, client


def create(client: httpx.Client) -> httpx.Response:
    return client.post("/generations", json={"prompt": "x"})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_runs_until_signal(number: signal.Signals) -> None:
    with serving() as (program, client):
        assert create(client).status_code == 201
        program.send_signal(number)
        assert program.wait(SECONDS) in (0, -number)
        assert program.stdout is not None
        assert program.stdout.read() == ""


def test_serve_answers_with_the_printed_nonce() -> None:
    nonces = []
    for _ in range(2):
        with started("--seed", "7") as (_, variables):
            assert list(variables) == ["LUMA_BASE_URL", "LUMA_AGENTS_API_KEY", "LUMA_SANDBOX"]
            answer = httpx.get(f"{variables['LUMA_BASE_URL']}/files", trust_env=False)
            assert (answer.status_code, answer.headers["X-Luma-Sandbox"]) == (
                *(401, variables["LUMA_SANDBOX"]),
            )
            nonces.append(variables["LUMA_SANDBOX"])
    assert re.fullmatch("[0-9a-f]{32}", nonces[0])
    assert nonces[0] != nonces[1]


def test_state_keeps_the_nonce(tmp_path: Path) -> None:
    nonces = []
    for _ in range(2):
        with started("--state", str(tmp_path / "state")) as (_, variables):
            nonces.append(variables["LUMA_SANDBOX"])
    assert nonces[0] == nonces[1]


def test_serve_passes_every_flag_to_the_sandbox(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    flags = ("--rpm", "2", "--jobs", "1", "--latency", "image=0s", "--url-life", "90s")
    faults = ("--fault", "get:418:1", "--fault", "get:truncate:0%:3")
    with serving(*flags, *faults, "--log", str(log), "--seed", "7") as (_, client):
        created = create(client)
        job = f"/generations/{created.json()['id']}"
        teapot, seen = client.get(job), client.get(job)
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(job)
        again, refused = create(client), create(client)

    assert (created.headers["X-RateLimit-Limit"], teapot.status_code) == ("2", 418)
    assert "X-Amz-Expires=90&" in seen.json()["output"][0]["url"]
    assert (again.status_code, refused.json()["detail"]) == (201, "Rate limit exceeded")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["endpoint"], line["status"], line["fault"]) for line in lines] == [
        ("create", 201, None),
        ("get", 418, "get:418:1"),
        ("get", 200, None),
        ("get", 200, "get:truncate:0%:3"),
        ("create", 201, None),
        ("create", 429, None),
    ]


def test_state_survives_sigkill(tmp_path: Path) -> None:
    flags = ("--state", str(tmp_path / "state"), "--latency", "1h")
    with serving(*flags) as (program, client):
        ids = [create(client).json()["id"] for _ in range(3)]
        file = client.post("/files", json={"mime_type": "image/png", "size_bytes": 1}).json()
        program.kill()
    with serving(*flags) as (_, client):
        states = [client.get(f"/generations/{job}").json()["state"] for job in ids]
        kept = client.get("/files").json()["data"]
    assert states == ["queued"] * 3
    assert kept == [file["file"]]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--fault", "explode"], "unknown fault `explode`"),
        (["--latency", "soon"], "`soon` is not a duration"),
        (["--url-life", "soon"], "`--url-life`: `soon` is not a duration"),
        (["--log", "."], "cannot write the log `.`: is a directory"),
    ],
)
def test_serve_usage_errors(luma: Program, flags: list[str], message: str) -> None:
    result = luma("sandbox", "exec", *flags, "--", "true")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {message}\n")


def test_serve_rejects_negative_limits(luma: Program) -> None:
    for flag in ("--rpm", "--jobs"):
        assert luma("sandbox", "exec", flag, "-1", "--", "true").exit_code == 2
