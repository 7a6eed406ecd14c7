"""The second table of `docs/submissions.md`: how `create` ends once the job is paid for."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.money.test_faults import LUMA, PAGE, environ

FAULTS = {
    "404 for one second": "get:404-after-201:1s",
    "401 while waiting": "get:401",
    "403 while waiting": "get:403",
    "no answer while waiting": "get:reset-after-read",
    "500 while waiting": "get:500",
    "storage cannot be reached": "download:reset-before-read:0B",
    "storage answers 503": "download:503",
    "storage rejects every link": "download:403",
    "the output is gone": "download:404",
    "a web page instead of the image": "download:page",
    "another program takes the name": "get:slow:1s",
    "Ctrl-C": "get:stall:0B:30s",
}
PROMPTS = {
    "the job fails": "x [fails]",
    "the job is moderated": "x [moderated]",
    "the balance runs out during the job": "x [no-budget]",
}


class Row(NamedTuple):
    """A row of the table."""

    trouble: str
    exit_code: str
    code: str
    message: str


ROWS = [
    Row(*(cell.strip() for cell in line.strip("|").split("|")))
    for line in PAGE.partition("## Once the id is known")[2].splitlines()
    if re.match(r"\| [^|]+ \| \d", line)
]


def test_the_table_is_read() -> None:
    assert len(ROWS) == 17


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.trouble)
def test_a_job_that_is_paid_for(row: Row, tmp_path: Path) -> None:
    fault, log = FAULTS.get(row.trouble), tmp_path / "requests.jsonl"
    options = SandboxOptions(
        latency={"image": 0.1}, log=log, faults=(parse_fault(fault),) if fault else ()
    )
    words = ["--timeout", "3s"] if row.exit_code == "9" else []
    with SandboxServer(options) as server:
        done = create(row.trouble, words, tmp_path, server.base_url)
    asked = [json.loads(line) for line in log.read_text().splitlines()]

    assert done.returncode == int(row.exit_code), done.stderr
    assert row.message in done.stderr
    (paid,) = (line["id"] for line in asked if line["endpoint"] == "create")
    if row.exit_code != "0":
        assert paid in done.stderr
        assert f'"code": "{row.code}"' in done.stderr
        assert f'"generation_id": "{paid}"' in done.stderr


def create(
    trouble: str, words: list[str], folder: Path, base_url: str
) -> subprocess.CompletedProcess[str]:
    prompt, target = PROMPTS.get(trouble, "x"), folder / "fox.png"
    with (
        Path("/dev/full" if trouble == "stdout is full" else "stdout").open("w") as stdout,
        subprocess.Popen(
            [
                *(LUMA, "generations", "create", "--prompt", prompt, "-o", "fox.png", *words),
                *("--format-error", "json"),
            ],
            cwd=folder,
            env=environ(folder, base_url) | {"LUMA_REQUEST_TIMEOUT": "10s"},
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        ) as child,
    ):
        assert child.stderr is not None
        first = child.stderr.readline()  # the id: the job is paid for
        if trouble == "another program takes the name":
            target.write_text("somebody else's")
        if trouble == "Ctrl-C":
            child.send_signal(signal.SIGINT)
        rest = child.communicate(timeout=60)[1]
    if trouble == "another program takes the name":
        assert target.read_text() == "somebody else's"
    return subprocess.CompletedProcess([], child.returncode, "", first + rest)
