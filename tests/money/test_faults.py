"""The table of `docs/submissions.md`, run by real processes against a real sandbox."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

import luma_cli
from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer

PAGE = (Path(luma_cli.__file__).parents[1] / "docs" / "submissions.md").read_text()
LUMA = str(Path(sys.executable).parent / "luma-agents-cli")
FAULTS = {
    "reset before the request is read": "create:reset-before-read:0B",
    "reset after the request was read": "create:reset-after-read",
    "reset before the id of the answer": "create:cut:5B",
    "reset after the id of the answer": "create:cut:50%",
    "no answer": "create:stall:0B:30s",
    "429, Retry-After": "create:429",
    "429, no Retry-After": "create:429-bare",
    "429 once": "create:429:1",
    "502 of the API": "create:502",
    "502 of a proxy": "create:502-html",
    "503 of the API": "create:503",
    "503 of the API once": "create:503:1",
    "503 with an empty body": "create:503-empty",
    "200 with a web page": "create:200-html",
    "201 with an empty body": "create:empty-body",
    "201 with half of the JSON": "create:invalid-json",
    "201 with a byte order mark": "create:bom",
    "201 with other bytes after the JSON": "create:trailing-bytes",
    "201 with fewer bytes than announced": "create:wrong-length",
    "201 without its last chunk": "create:no-last-chunk:90%",
    "201 in UTF-16": "create:utf-16",
    "201 with a number as the id": "create:number-id",
    "201 with a number of 4,301 digits": "create:huge-number",
    "201 with lists of 1,000 levels": "create:deep-json",
    "201 chunked and with a length": "create:both-lengths",
    "201 at one byte per second": "create:drip:1s",
    "endless 103": "create:early-hints",
    "407 with a web page": "create:407-html",
}
# What is late by design: a sandbox on a busy machine may be slow, too, and is to get its time.
LATE = {"connect timeout", "no answer", "201 at one byte per second", "endless 103"}


class Row(NamedTuple):
    """A row of the table."""

    trouble: str
    posts: str
    exit_code: str
    history: str
    message: str


ROWS = [
    Row(*(cell.strip() for cell in line.strip("|").split("|")))
    for line in PAGE.partition("## Once the id is known")[0].splitlines()
    if re.match(r"\| [^|]+ \| \d", line)
]


def test_the_table_is_read() -> None:
    assert len(ROWS) == 41


@pytest.mark.parametrize("waits", [False, True], ids=["create", "create --wait"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.trouble)
def test_a_failing_submission_ends_as_documented(row: Row, waits: bool, tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    with trouble(row.trouble, log) as base_url:
        done = subprocess.run(
            [LUMA, "generations", "create", "--prompt", "x", *(["--wait"] if waits else [])],
            env=environ(tmp_path, base_url)
            | {"LUMA_REQUEST_TIMEOUT": "1s" if row.trouble in LATE else "30s"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == int(row.exit_code), done.stderr
    assert row.message in done.stderr
    posts = re.findall(r'"endpoint": ?"create"', log.read_text() if log.exists() else "")
    assert len(posts) == int(row.posts)
    assert (done.stdout != "") == (row.history == "accepted")
    ((outcome, generation_id),) = entries(tmp_path)
    assert outcome == row.history
    assert (generation_id is not None) == (row.history == "accepted")
    assert generation_id is None or generation_id in done.stdout + done.stderr


def environ(tmp_path: Path, base_url: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LUMA_STATE_DIR": str(tmp_path / "state"),
        "LUMA_BASE_URL": base_url,
        "LUMA_AGENTS_API_KEY": "luma-api-sandbox",
        "LUMA_MAX_RETRIES": "1",
    }


def entries(tmp_path: Path) -> list[tuple[str, str | None]]:
    with sqlite3.connect(tmp_path / "state" / "history.db") as journal:
        return journal.execute("SELECT outcome, generation_id FROM submissions").fetchall()


@contextmanager
def trouble(name: str, log: Path) -> Iterator[str]:
    """Have the trouble ready and give the base URL that leads into it."""
    if name == "connection refused":
        yield f"http://127.0.0.1:{unused_port()}/v1"
    elif name == "connect timeout":
        with full_queue() as port:
            yield f"http://127.0.0.1:{port}/v1"
    else:
        status = re.fullmatch(r"\d{3}", name)
        fault = f"create:{name}" if status else FAULTS.get(name)
        options = SandboxOptions(
            latency={"image": 0.1}, log=log, faults=(parse_fault(fault),) if fault else ()
        )
        with SandboxServer(options) as server:
            secure = name == "server without TLS"
            yield server.base_url.replace("http:", "https:" if secure else "http:")


def unused_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


@contextmanager
def full_queue() -> Iterator[int]:
    """Listen, with so many connections waiting that the system takes no more."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 - no keyword there
            waiting.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]
