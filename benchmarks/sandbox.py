"""How fast the sandbox is, beside servers that do nothing but answer.

    python -m benchmarks.sandbox [ROUNDS]

Submissions: 16 connections keep a server busy; the baseline answers every request with the same
201, on the same web server. The sandbox must take 300 a second. Downloads: curl fetches 1 GiB and
throws it away; the baseline sends a file from the disk cache.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.measure import (
    SANDBOX,
    compare,
    environment,
    heading,
    microseconds,
    rounds,
    seconds,
    serving,
    whole_seconds,
)
from benchmarks.transfers import PLAIN_SERVER
from luma_cli.sandbox.options import SANDBOX_KEY

SUBMISSIONS, CONNECTIONS = 3200, 16
BODY = b'{"prompt":"a red fox","aspect_ratio":"16:9"}'
REQUEST = (
    b"POST /v1/generations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    + f"Authorization: Bearer {SANDBOX_KEY}\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
    + BODY
)
CONSTANT = (sys.executable, "-m", "benchmarks.constant_server")


def main() -> None:
    count = rounds(5)
    heading("Sandbox")
    with serving(SANDBOX) as sandbox, serving(CONSTANT) as constant:
        runs = {
            "a submission": partial(_seconds_per_submission, sandbox),
            "a constant 201": partial(_seconds_per_submission, constant),
        }
        compare(count, runs, microseconds)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(SANDBOX) as sandbox,
        serving(PLAIN_SERVER) as plain,
    ):
        env, link = environment(Path(folder), sandbox), _finished_job(sandbox)
        curl = ("curl", "-sf", "-o", "/dev/null")
        runs = {
            "1 GiB to curl": partial(seconds, (*curl, link), env),
            "1 GiB from a plain server": partial(seconds, (*curl, plain), env),
        }
        compare(count, runs, whole_seconds)


def _seconds_per_submission(base_url: str) -> float:
    start = time.perf_counter()
    asyncio.run(_submit_all(base_url))
    return (time.perf_counter() - start) / SUBMISSIONS


async def _submit_all(base_url: str) -> None:
    each = SUBMISSIONS // CONNECTIONS
    port = urlsplit(base_url).port
    await asyncio.gather(*(_submit(port, each) for _ in range(CONNECTIONS)))


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


def _finished_job(base_url: str) -> str:
    """Return the link of an output of 1 GiB."""
    headers = {"Authorization": f"Bearer {SANDBOX_KEY}"}
    with httpx.Client(headers=headers, trust_env=False) as client:
        body = {"prompt": "[size 1GiB]", "output_format": "png"}
        job = client.post(f"{base_url}/generations", json=body).raise_for_status().json()["id"]
        while not (output := client.get(f"{base_url}/generations/{job}").json()["output"]):
            pass
    return str(output[0]["url"])


if __name__ == "__main__":
    main()
