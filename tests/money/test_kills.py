"""Killed at any moment: at most one submission a job, and `resume` finishes the rest.

`LUMA_KILLS=200` makes as many tries as the project promises; `make torture` does so.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer

LUMA = str(Path(sys.executable).parent / "luma-agents-cli")
COMMAND = (LUMA, "generations", "create", "--prompt", "x", "-o", "fox.png")
KILLS = int(os.environ.get("LUMA_KILLS", "24"))
AT_ONCE = 2


def test_a_killed_program_loses_and_repeats_nothing(tmp_path: Path) -> None:
    moments = random.Random(20261123)  # noqa: S311 - moments, no secrets
    options = SandboxOptions(
        latency={"image": 0.3},
        requests_per_minute=0,
        jobs_at_once=0,
        log=tmp_path / "log.jsonl",
        faults=(parse_fault("create:slow:200ms:0.5"),),  # some kills are to hit the POST itself
    )
    with SandboxServer(options) as server, ThreadPoolExecutor(AT_ONCE) as pool:
        whole = seconds_of_a_whole_run(tmp_path / "whole", server.base_url)
        (tmp_path / "log.jsonl").write_text("")
        runs = [
            pool.submit(kill_and_resume, tmp_path / str(n), server.base_url, moment)
            for n, moment in enumerate(moments.uniform(0, whole) for _ in range(KILLS))
        ]
        endings = Counter(run.result() for run in runs)
        log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]

    print(f"{KILLS} kills: {dict(endings)}")  # noqa: T201 - what `make torture` is for
    jobs = [line for line in log if line["endpoint"] == "create"]
    assert endings["finished"] <= len(jobs) <= endings["finished"] + endings["unknown"]
    assert endings["finished"] > 0, endings


def seconds_of_a_whole_run(folder: Path, base_url: str) -> float:
    """Return how long an undisturbed run takes now: moments to strike at are within that."""
    folder.mkdir()
    started = time.monotonic()
    subprocess.run(
        [*COMMAND, "--poll-interval", "100ms"],
        cwd=folder,
        env=environ_of(folder, base_url),
        capture_output=True,
        timeout=60,
        check=True,
    )
    return time.monotonic() - started


def environ_of(folder: Path, base_url: str) -> dict[str, str]:
    """Return the environment of a process whose home and history are in a folder of its own."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LUMA_STATE_DIR": str(folder / "state"),
        "LUMA_BASE_URL": base_url,
        "LUMA_AGENTS_API_KEY": "luma-api-sandbox",
    }


def kill_and_resume(folder: Path, base_url: str, moment: float) -> str:
    """Kill one `create`, resume it, check what is there; return how it ended."""
    folder.mkdir()
    environ = environ_of(folder, base_url)
    started = time.monotonic()
    with subprocess.Popen(
        [*COMMAND, "--poll-interval", "100ms"],
        cwd=folder,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as child:
        try:
            child.wait(max(moment - (time.monotonic() - started), 0))
        except subprocess.TimeoutExpired:
            child.kill()

    resumed = [
        subprocess.run(
            [LUMA, "generations", "resume", "--poll-interval", "100ms"],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        for _ in range(2)
    ]
    outcome = outcome_of(folder)
    if outcome in (None, "refused"):
        assert [run.returncode for run in resumed] == [0, 0], resumed
        assert not (folder / "fox.png").exists()
        return "not sent"
    if outcome == "unknown":
        assert [run.returncode for run in resumed] == [11, 0], resumed
        assert "may or may not have been accepted" in resumed[0].stderr
        return "unknown"
    assert [run.returncode for run in resumed] == [0, 0], resumed
    with Image.open(folder / "fox.png") as picture:
        picture.load()
    again = subprocess.run(
        [LUMA, "generations", "download", "@last", "-o", "-"],
        cwd=folder,
        env=environ,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert (folder / "fox.png").read_bytes() == again.stdout
    return "finished"


def outcome_of(folder: Path) -> str | None:
    journal = folder / "state" / "history.db"
    if not journal.exists():
        return None
    with sqlite3.connect(journal) as connection:
        rows = connection.execute("SELECT outcome FROM submissions").fetchall()
    assert len(rows) <= 1
    return rows[0][0] if rows else None


def test_twenty_at_once(tmp_path: Path) -> None:
    options = SandboxOptions(requests_per_minute=0, jobs_at_once=0)
    with SandboxServer(options) as server:
        environ = environ_of(tmp_path, server.base_url)
        children = [
            subprocess.Popen(
                [LUMA, "generations", "create", "--prompt", str(n)],
                env=environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for n in range(20)
        ]
        answers = [child.communicate(timeout=120) for child in children]

    ids = {json.loads(answer)["id"] for answer, _ in answers}
    for answer, errors in answers:  # an id that has to wait for the journal is told first
        assert errors in ("", f"note: submitted as {json.loads(answer)['id']}\n")
    with sqlite3.connect(tmp_path / "state" / "history.db") as connection:
        rows = connection.execute("SELECT generation_id, prompt FROM submissions").fetchall()
    assert len(rows) == len(ids) == 20
    assert {generation_id for generation_id, _ in rows} == ids
