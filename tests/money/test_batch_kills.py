"""A batch that is killed at any moment: the same command finishes exactly the rest.

`LUMA_KILLS=100` makes as many tries as the project promises; `make torture` does so.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.support.batch_runs import BatchRun, draw_small_pictures

KILLS = int(os.environ.get("LUMA_KILLS", "4"))
# Each batch is killed, continued, and killed again.
KILLS_OF_A_BATCH = 2
AT_ONCE = 2


def test_a_killed_batch_pays_each_row_once_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_small_pictures(monkeypatch)
    chance = random.Random(20261125)  # noqa: S311 - moments, no secrets
    moments = [chance.random() for _ in range(KILLS)]
    batches = [moments[n : n + KILLS_OF_A_BATCH] for n in range(0, KILLS, KILLS_OF_A_BATCH)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        requests = requests_of_a_whole_batch(tmp_path / "whole")
        endings = list(
            pool.map(
                lambda n: kill_and_continue(tmp_path / str(n), requests, batches[n]),
                range(len(batches)),
            )
        )
    total = sum(endings, Counter[str]())
    print(f"{KILLS} kills, {len(batches)} batches: {dict(total)}")  # noqa: T201 - what `make torture` is for
    assert total["saved"] + total["skipped"] > 0


OPTIONS = SandboxOptions(
    latency={"image": 0.3, "file": 0.1},
    requests_per_minute=0,
    jobs_at_once=0,
    faults=(parse_fault("create:slow:200ms:0.3"),),  # some kills are to hit a POST itself
)


def batch(folder: Path, base_url: str) -> BatchRun:
    return BatchRun(folder, base_url, pictures=5)


def requests_of_a_whole_batch(folder: Path) -> int:
    """Return how many requests an undisturbed run makes: moments to strike at are within that."""
    with SandboxServer(OPTIONS) as server:
        assert batch(folder, server.base_url)().returncode == 0
        return len(server.log.entries)


def kill_and_continue(folder: Path, requests: int, moments: list[float]) -> Counter[str]:
    """Kill a batch at some moments, finish it, and check what is there; count the statuses."""
    with SandboxServer(OPTIONS) as server:
        run = batch(folder, server.base_url)
        for moment in moments:
            run.kill_after(server, round(moment * requests))
        done = run()
        statuses = run.check_report()
        unknown = statuses["unknown"]
        assert statuses["saved"] + statuses["skipped"] + unknown == run.rows, done.stderr
        assert done.returncode == (11 if unknown else 0), done.stderr
        posts = sum(e.endpoint == "create" for e in server.log.entries)
        assert run.rows - unknown <= posts <= run.rows
        assert len(run.stored_ids()) == run.rows - unknown

        again = run()
        assert again.returncode == done.returncode
        assert run.check_report()["skipped"] == run.rows - unknown
        assert sum(e.endpoint == "create" for e in server.log.entries) == posts
    return statuses
