"""How fast the sandbox is, beside servers that do nothing but answer.

    python -m benchmarks.sandbox [ROUNDS]

Submissions: 16 connections keep a server busy from another process; the baseline is an application
on the same web server that answers every request with the same 201. Downloads: curl fetches 1 GiB
and throws it away; the baseline is a socket that sends a file from the disk cache. What the sandbox
must not do is hide how fast a client is, so the client's own download to disk stands beside it.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from luma_cli.sandbox.options import SANDBOX_KEY

PROGRAM = str(Path(sys.executable).parent / "luma-agents-cli")
SUBMISSIONS, CONNECTIONS = 3000, 16
BODY = b'{"prompt":"a red fox","aspect_ratio":"16:9"}'
REQUEST = (
    b"POST /v1/generations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    + f"Authorization: Bearer {SANDBOX_KEY}\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
    + BODY
)
GIB = 1024**3
SANDBOX = (
    PROGRAM,
    "sandbox",
    "serve",
    "--port",
    "0",
    "--rpm",
    "0",
    "--jobs",
    "0",
    "--latency",
    "0",
)
CONSTANT = (sys.executable, "-m", "benchmarks.constant_server")
PLAIN = (sys.executable, "-m", "benchmarks.plain_server")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    _submissions(rounds)
    _downloads(rounds)


def _submissions(rounds: int) -> None:
    with _serving(SANDBOX) as sandbox, _serving(CONSTANT) as constant:
        pairs = [(_rate(sandbox), _rate(constant)) for _ in range(rounds + 1)][1:]
    rate = statistics.median(ours for ours, _ in pairs)
    ratio = statistics.median(ours / bare for ours, bare in pairs)
    print(
        f"submissions    {rate:7.0f} /s   {ratio:5.2f} of a constant 201  must be at least 300 /s"
    )


def _rate(base_url: str) -> float:
    began = time.perf_counter()
    asyncio.run(_submit_all(base_url))
    return SUBMISSIONS / (time.perf_counter() - began)


async def _submit_all(base_url: str) -> None:
    parts = urlsplit(base_url)
    each = SUBMISSIONS // CONNECTIONS + 1
    await asyncio.gather(*(_submit(parts.port, each) for _ in range(CONNECTIONS)))


async def _submit(port: int | None, count: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(count):
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 201 " not in head[:16]:
            raise SystemExit(f"not accepted: {head!r}")
        length = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
        await reader.readexactly(int(length))
    writer.close()


def _downloads(rounds: int) -> None:
    with (
        _serving(SANDBOX) as sandbox,
        _serving(PLAIN) as plain,
        tempfile.TemporaryDirectory() as folder,
    ):
        job = _finished_job(sandbox)
        client = (PROGRAM, "-q", "generations", "download", job, "--overwrite", "-o", "gib.png")
        times: dict[str, list[float]] = {"sandbox": [], "plain": [], "disk": [], "client": []}
        for _ in range(rounds + 1):
            link = _link(sandbox, job)
            times["sandbox"].append(_run(("curl", "-sf", "-o", "/dev/null", link), folder))
            times["plain"].append(_run(("curl", "-sf", "-o", "/dev/null", plain), folder))
            times["disk"].append(_run(("curl", "-sf", "-o", "gib.png", link), folder))
            times["client"].append(_run(client, folder, LUMA_BASE_URL=sandbox))
    for name, base, text in (
        ("sandbox", "plain", "1 GiB to curl, of a plain server's time"),
        ("client", "sandbox", "1 GiB to disk by the client, of that"),
        ("client", "disk", "1 GiB to disk by the client, of curl's to disk"),
    ):
        pairs = list(zip(times[name][1:], times[base][1:], strict=True))
        ratio = statistics.median(ours / other for ours, other in pairs)
        speed = statistics.median(GIB / ours for ours, _ in pairs) / 1e6
        print(f"{name:12} {speed:7.0f} MB/s   {ratio:5.2f}   {text}")


def _finished_job(base_url: str) -> str:
    body = {"prompt": "[size 1GiB]", "output_format": "png"}
    answer = httpx.post(f"{base_url}/generations", json=body, headers=_headers(), trust_env=False)
    return str(answer.raise_for_status().json()["id"])


def _link(base_url: str, job: str) -> str:
    answer = httpx.get(f"{base_url}/generations/{job}", headers=_headers(), trust_env=False)
    return str(answer.raise_for_status().json()["output"][0]["url"])


def _headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {SANDBOX_KEY}"}


@contextmanager
def _serving(command: tuple[str, ...]) -> Iterator[str]:
    """Run a server that prints its address, perhaps as `export NAME=ADDRESS`, and yield that."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101 - asked for
        try:
            yield server.stdout.readline().strip().rpartition("=")[2]
        finally:
            server.terminate()


def _run(command: tuple[str, ...], folder: str, **environ: str) -> float:
    env = {**os.environ, "LUMA_AGENTS_API_KEY": SANDBOX_KEY, **environ}
    began = time.perf_counter()
    subprocess.run(command, check=True, cwd=folder, env=env, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
