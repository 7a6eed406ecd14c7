"""What the journal of a batch costs: 100,000 jobs, all of them saved.

    python -m benchmarks.batch_journal [JOBS]

The figures have no bound: time on the clock and of the processor, and the growth of the process.
The whole second run of a batch of this size is to take less than 10 s and 500 MB.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks.measure import rounds
from luma_cli.batch.job import PlannedJob
from luma_cli.batch.place import Place
from luma_cli.batch.reconcile import Action, Decision, ReconcileOptions, reconcile
from luma_cli.body.request import Request
from luma_cli.journal.account import Account
from luma_cli.journal.entry import NewSubmission
from luma_cli.journal.journal import Journal
from luma_cli.journal.run_job import RunJob
from luma_cli.journal.runs import (
    Run,
    begin_job,
    elsewhere,
    find_run,
    jobs_of,
    record_checked,
    start_run,
)
from luma_cli.journal.spending import spent_by_run, spent_since
from luma_cli.rules.prices import Price
from luma_cli.transfers.target import Target

MANY, FEW = 100_000, 20
BASE_URL, NAME = "https://api.test/v1", "/home/ann/shots.csv"
_NOW, _OUTPUT, _FOLDERS = 1_795_000_000.0, b"an output", 100
_UNITS_PER_KIB = 1024 if sys.platform == "darwin" else 1

Result = TypeVar("Result")


def main() -> None:
    count = rounds(MANY)
    print(f"Journal of a batch of {count:,} jobs\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        journal = Journal(folder / "state" / "history.db", print, Account(BASE_URL, "default"))
        run = start_run(journal, NAME)
        _fill(journal, run.run, folder / "out", count)
        print(f"history.db: {journal.path.stat().st_size / 1e6:.0f} MB")
        _run_again(journal, run, folder / "out", count)
        _timed(f"begin {FEW} jobs", lambda: _submit(journal, run))


def _run_again(journal: Journal, run: Run, folder: Path, count: int) -> None:
    planned = [_planned(number, folder) for number in range(count)]
    _timed("find the run", lambda: find_run(journal, NAME))
    for looks in ("hash their files", "look at their files"):
        known = _timed("load the jobs", lambda: jobs_of(journal, run.run))
        decide = partial(_decisions, planned, known)
        checked = {key: each.checked for key, each in _timed(looks, decide) if each.checked}
        _timed(
            f"store {len(checked):,} digests", partial(record_checked, journal, run.run, checked)
        )
    digests = {job.key: job.digest for job in planned}
    _timed("look for the same jobs in other runs", lambda: elsewhere(journal, NAME, digests))
    _timed("… of a renamed file", lambda: elsewhere(journal, "/home/ann/new.csv", digests))
    _timed("sum what the run has spent", lambda: spent_by_run(journal, run.run))
    _timed("sum what the day has spent", lambda: spent_since(journal, _NOW))


def _decisions(
    planned: Iterable[PlannedJob], known: Mapping[str, RunJob]
) -> list[tuple[str, Decision]]:
    options = ReconcileOptions()
    decisions = [(job.key, reconcile(job, known[job.key], options)) for job in planned]
    if {decision.action for _, decision in decisions} != {Action.DONE}:
        sys.exit("not all jobs are done")
    return decisions


def _submit(journal: Journal, run: Run) -> None:
    """Begin a few jobs, with a history of this size and a limit of the day."""
    draft = NewSubmission("default", BASE_URL, {}, Decimal("0.0404"), {"wait": True})
    for number in range(FEW):
        key = f"new-{number}"
        begin_job(*(journal, run.run, key, key, draft), check=lambda: spent_since(journal, _NOW))


def _timed(name: str, call: Callable[[], Result]) -> Result:
    start, used, peak = time.perf_counter(), time.process_time(), _peak_bytes()
    result = call()
    took, used = time.perf_counter() - start, time.process_time() - used
    grown = (_peak_bytes() - peak) / 1e6
    print(f"{name:40}{took:8.2f} s{used:8.2f} s CPU{grown:8.0f} MB more", flush=True)
    return result


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // _UNITS_PER_KIB


def _planned(number: int, folder: Path) -> PlannedJob:
    return PlannedJob(
        *(number + 1, f"sku-{number}", True, _digest(number), Request({}), Price(None, "")),
        *(Target(_output(folder, number)), None, {}, Place("shots.csv", number + 2)),
    )


def _output(folder: Path, number: int) -> Path:
    return folder / str(number % _FOLDERS) / f"{number:06}-a-red-fox.png"


def _digest(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def _fill(journal: Journal, run: int, folder: Path, count: int) -> None:
    """Write completed jobs whose output, the same of all, is on disk."""
    sha256 = hashlib.sha256(_OUTPUT).hexdigest()
    for number in range(_FOLDERS):
        (folder / str(number)).mkdir(parents=True)
    output = folder / "output"
    output.write_bytes(_OUTPUT)
    with journal.transaction():
        for number in range(count):
            path = _output(folder, number)
            path.hardlink_to(output)
            fields = {"path": str(path), "bytes": len(_OUTPUT), "sha256": sha256}
            entry = journal.write(
                "INSERT INTO submissions (created_at, profile, base_url, type, model, prompt,"
                " request, cost, plan, process, outcome, generation_id, state, ended_at, is_done,"
                " body_digest, run, files, attempts) VALUES (?, 'default', ?, 'image', 'uni-1',"
                " 'a red fox', '{}', '0.0404', '{\"wait\": true}', 1, 'accepted', ?, 'completed',"
                " ?, 1, ?, ?, ?, ?)",
                *(_NOW, BASE_URL, f"{number:08x}-2f55-4d0a-9a3e-5a1f0d9e6c42", _NOW),
                *(_digest(number), run, json.dumps([{**fields, "content_type": "image/png"}])),
                json.dumps([{"request_id": "0b8e4f0a-2f55-4d0a-9a3e-5a1f0d9e6c42", "at": _NOW}]),
            )
            journal.write(
                "INSERT INTO batch_jobs (run, key, digest, entry) VALUES (?, ?, ?, ?)",
                *(run, f"sku-{number}", _digest(number), entry),
            )
    os.sync()


if __name__ == "__main__":
    main()
