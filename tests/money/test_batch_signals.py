"""A batch that is interrupted at any moment: all ids are kept, and the same command continues.

`LUMA_SIGNALS=100` makes as many tries as the project promises; `make torture` does so.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.support.batch_runs import BatchRun, draw_small_pictures, ended, wait_for_requests
from tests.support.raw_api import RawApi, Request, answer, job, raw_api

SIGNALS = int(os.environ.get("LUMA_SIGNALS", "4"))
AT_ONCE = 2
ROWS = 12
LONGEST_MOMENT_SECONDS = 0.02
KINDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Before the program handles signals they kill it, which sends nothing.
KILLED = {-kind for kind in KINDS}
MESSAGE = re.compile(
    r"error: (\d+) of (\d+) saved((?:, \d+ (?:failed|running|unknown|not sent))*)\n"
)


@dataclass
class Strike:
    """Signals for one batch, each after a pause; `moment` is a share of its requests."""

    moment: float
    kinds: list[signal.Signals]
    pauses: list[float]

    def send_to(self, child: subprocess.Popen[str]) -> None:
        for kind, pause in zip(self.kinds, self.pauses, strict=True):
            time.sleep(pause)
            child.send_signal(kind)


def strikes(seed: int) -> list[Strike]:
    chance = random.Random(seed)  # noqa: S311 - moments, no secrets
    made = []
    for _ in range(SIGNALS):
        kinds = chance.choices(KINDS, k=chance.choice((1, 1, 2)))
        pauses = [chance.uniform(0, LONGEST_MOMENT_SECONDS) for _ in kinds]
        made.append(Strike(chance.random(), kinds, pauses))
    return made


def check_told(done: subprocess.CompletedProcess[str], rows: int) -> str:
    """Check what an interrupted batch says; return how it ended."""
    if done.returncode in KILLED:
        return "killed"
    assert done.returncode in (0, 130), (done.returncode, done.stderr)
    if done.returncode == 0:
        return "finished"
    if (told := MESSAGE.search(done.stderr)) is None:
        assert "error: interrupted" in done.stderr, done.stderr
        assert done.stdout == ""
        return "interrupted before the run"
    counts = [int(number) for number in re.findall(r"\d+", told[0])]
    assert counts[1] == rows == counts[0] + sum(counts[2:]), told[0]
    assert "run the same command to continue" in done.stderr
    return "interrupted"


def test_a_signal_at_any_moment_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_small_pictures(monkeypatch)
    options = SandboxOptions(
        latency={"image": 0.3, "file": 0.1},
        requests_per_minute=0,
        jobs_at_once=0,
        faults=(parse_fault("create:slow:200ms:0.3"),),
    )

    def interrupt_and_continue(number: int, strike: Strike) -> str:
        with SandboxServer(options) as server:
            run = BatchRun(tmp_path / str(number), server.base_url, rows=ROWS, pictures=1)
            with run.start() as child:
                wait_for_requests(child, server, round(strike.moment * requests))
                strike.send_to(child)
                done = ended(child)
            ending = check_told(done, ROWS)
            paid = {e.id for e in server.log.entries if e.endpoint == "create" and e.id}
            assert paid <= run.stored_ids(), done.stderr
            if ending == "interrupted":
                statuses = run.statuses()
                assert sum(statuses.values()) == ROWS
                assert statuses["saved"] + statuses["running"] == len(paid), done.stderr
            again = run()
            assert again.returncode == 0, again.stderr
            run.check_report()
            assert sum(e.endpoint == "create" for e in server.log.entries) == ROWS
        return ending

    with SandboxServer(options) as server, ThreadPoolExecutor(AT_ONCE) as pool:
        assert BatchRun(tmp_path / "whole", server.base_url, rows=ROWS)().returncode == 0
        requests = len(server.log.entries)
        endings = Counter(pool.map(interrupt_and_continue, range(SIGNALS), strikes(20261127)))
    print(f"{SIGNALS} signals at any moment: {dict(endings)}")  # noqa: T201 - for `make torture`
    assert endings["interrupted"] > 0, endings


class AnsweringApi:
    """Accepts all jobs, which run until `is_done`, and strikes after the answer to one of them."""

    def __init__(self, strike_after: int) -> None:
        self.ids: list[str] = []
        self.is_done = False
        self.struck = threading.Event()
        self._strike_after, self._lock = strike_after, threading.Lock()
        self.api: RawApi | None = None

    def respond(self, request: Request) -> None:
        if request.method == "POST":
            with self._lock:
                new_id = f"7b0c4c1e-2f55-4d0a-9a3e-{len(self.ids):012}"
                self.ids.append(new_id)
                count = len(self.ids)
            request.connection.sendall(answer(job(id=new_id), 201))
            if count == self._strike_after:
                self.struck.set()
            return
        an_id = request.path.rpartition("/")[2]
        if "/files/" in request.path:
            picture = answer(an_id.encode()).replace(b"application/json", b"image/png")
            request.connection.sendall(picture)
            return
        assert self.api is not None
        url = f"{self.api.base_url}/files/{an_id}"
        output = [{"type": "image", "url": url}] if self.is_done else []
        state = "completed" if self.is_done else "dreaming"
        request.connection.sendall(answer(job(state, id=an_id, output=output)))


def test_a_signal_after_an_answer_keeps_the_id(tmp_path: Path) -> None:
    def interrupt_and_continue(number: int, strike: Strike) -> str:
        server = AnsweringApi(1 + number % ROWS)
        with raw_api(server.respond) as api:
            server.api = api
            run = BatchRun(tmp_path / str(number), api.base_url, rows=ROWS)
            with run.start() as child:
                assert server.struck.wait(60)
                strike.send_to(child)
                done = ended(child)
            assert check_told(done, ROWS) == "interrupted", done.stderr
            assert set(server.ids) <= run.stored_ids() | set(
                re.findall(r"[0-9a-f-]{36}", done.stderr)
            )
            assert run.statuses() == {"running": len(server.ids)} | (
                {"not_sent": ROWS - len(server.ids)} if len(server.ids) < ROWS else {}
            ), done.stderr
            server.is_done = True
            again = run()
            assert again.returncode == 0, again.stderr
            run.check_report()
            assert api.count("POST") == ROWS
        return f"{len(server.ids)} sent"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        moments = strikes(20261128)
        assert len(list(pool.map(interrupt_and_continue, range(SIGNALS), moments))) == SIGNALS
