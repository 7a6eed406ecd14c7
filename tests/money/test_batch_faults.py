"""Batches as real processes: two at once, a full disk, a closed stdout, bad networks."""

from __future__ import annotations

import re
import resource
from pathlib import Path

import pytest

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.money.test_batch_signals import AnsweringApi
from tests.support.batch_runs import BatchRun, draw_small_pictures, ended, wait_for_requests
from tests.support.raw_api import raw_api

ROWS = 8
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@pytest.fixture(autouse=True)
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_small_pictures(monkeypatch)


def sandbox(*faults: str, seconds: float = 0.3) -> SandboxServer:
    options = SandboxOptions(
        latency={"image": seconds, "file": 0.1},
        requests_per_minute=0,
        jobs_at_once=0,
        faults=tuple(map(parse_fault, faults)),
    )
    return SandboxServer(options)


def posts(server: SandboxServer) -> int:
    return sum(entry.endpoint == "create" for entry in server.log.entries)


def test_a_second_process_on_one_run_does_nothing(tmp_path: Path) -> None:
    with sandbox(seconds=3) as server:
        run = BatchRun(tmp_path / "run", server.base_url, ROWS)
        with run.start() as first:
            wait_for_requests(first, server, ROWS)
            second = run("--format-error", "json")
            assert second.returncode == 1
            assert '"run_locked"' in second.stderr
            assert f"process {first.pid}" in second.stderr
            assert second.stdout == ""
            assert ended(first).returncode == 0
        assert posts(server) == ROWS
        run.check_report()


def test_a_closed_stdout_ends_the_printing_and_not_the_saving(tmp_path: Path) -> None:
    with sandbox() as server:
        run = BatchRun(tmp_path / "run", server.base_url, ROWS)
        run.write_rows(["fox"] * (ROWS - 1) + ["[fails]"])
        with run.start() as child:
            assert child.stdout is not None
            assert child.stdout.readline().startswith('{"row":')
            child.stdout.close()
            child.stdout = None
            done = ended(child)
        assert done.returncode == 12, done.stderr
        assert run.check_report() == {"saved": ROWS - 1, "failed": 1}


@pytest.mark.parametrize("requests", [1, 4, ROWS + 2, 2 * ROWS])
def test_a_disk_that_takes_no_more_hides_no_id(requests: int, tmp_path: Path) -> None:
    """The history, the manifest, the outputs and the report: all are refused from one moment on."""
    with sandbox() as server:
        run = BatchRun(tmp_path / "run", server.base_url, ROWS, words=("--jobs", "3"))
        with run.start() as child:
            wait_for_requests(child, server, requests)
            resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (0, 0))
            done = ended(child)
        paid = {e.id for e in server.log.entries if e.endpoint == "create" and e.id}
        assert paid <= run.stored_ids() | set(IDS.findall(done.stderr)), done.stderr
        assert done.returncode != 0, done.stderr
        again = run()
        unknown = run.check_report()["unknown"]
        assert again.returncode == (11 if unknown else 0), again.stderr
        assert posts(server) == ROWS
        assert unknown == len(paid - run.stored_ids())


FAULTS = {
    "429 storm": ("create:429:1s:0.2",),
    "429 storm without Retry-After": ("create:429-bare:0.2",),
    "503 of the API": ("create:503:0.4",),
    "reads fail": ("get:503:0.15", "get:reset-after-read:0.1", "get:cut:50%:0.1"),
    "downloads break": ("download:cut:30%:0.4", "download:expire:50%:0.3"),
    "uploads break": ("upload:reset-after-read:0.3", "file-create:503:0.3"),
    "half answers": ("create:cut:50%:0.5",),
    "answers with other bytes": ("create:trailing-bytes:0.5",),
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_faults_that_a_batch_survives(faults: tuple[str, ...], tmp_path: Path) -> None:
    with sandbox(*faults) as server:
        run = BatchRun(tmp_path / "run", server.base_url, ROWS, pictures=2)
        done = run()
        assert done.returncode == 0, done.stderr
        assert run.check_report() == {"saved": ROWS}
        created = [e.id for e in server.log.entries if e.endpoint == "create" and e.id]
        assert len(created) == ROWS


@pytest.mark.parametrize("fault", ["create:reset-after-read:0.4", "create:502-html:0.4"])
def test_lost_answers_are_unknown(fault: str, tmp_path: Path) -> None:
    with sandbox(fault) as server:
        run = BatchRun(tmp_path / "run", server.base_url, ROWS)
        for _ in range(2):
            assert run().returncode == 11
            statuses = run.check_report()
            assert statuses["unknown"] > 0
            assert statuses["saved"] + statuses["skipped"] + statuses["unknown"] == ROWS
            assert posts(server) == ROWS


def test_the_limit_of_a_day_holds_for_two_batches_at_once(tmp_path: Path) -> None:
    server = AnsweringApi(0)
    server.is_done = True
    with raw_api(server.respond) as api:
        server.api = api
        words = ("--max-cost-per-day", "0.50")  # twelve jobs
        environ = {"LUMA_STATE_DIR": str(tmp_path / "state")}
        runs = [
            BatchRun(tmp_path / name, api.base_url, 10, words=words, environ=environ)
            for name in ("a", "b")
        ]
        runs[1].write_rows(["owl"] * 10)
        with runs[0].start() as first, runs[1].start() as second:
            codes = {ended(first).returncode, ended(second).returncode}
        assert 5 in codes
        assert codes <= {0, 5}
        assert len(server.ids) == 12
