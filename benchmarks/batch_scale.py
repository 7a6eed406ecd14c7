"""A batch of 100,000 rows: what it takes to check it, and to find that all is done.

    python -m benchmarks.batch_scale [ROUNDS]

The program itself runs. Checking is `--dry-run`, which ends in the requests of all rows. For the
other, a history is written in which every job is saved, and a small file for each.
"""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from benchmarks.batch_rows import LONGEST_SECONDS, MOST_BYTES, ROWS, WITHIN, written_csv
from benchmarks.measure import (
    LUMA,
    Run,
    environment,
    heading,
    megabytes,
    peak_bytes,
    rounds,
    row,
    seconds,
    side_by_side,
    whole_seconds,
)
from luma_cli.batch.job import BatchOptions, PlannedJob
from luma_cli.batch.place import Problem
from luma_cli.batch.plan import plan_jobs
from luma_cli.batch.readers.formats import read_table
from luma_cli.host import Clock, Host
from luma_cli.journal.account import Account
from luma_cli.journal.history import History
from luma_cli.journal.journal import Journal
from luma_cli.journal.runs import start_run
from luma_cli.workflows.session import UploadRule

BASE_URL = "https://api.test/v1"
LONGEST_SECOND_RUN = 10.0
_OUTPUT = b"picture"
_MADE_AT = 1_767_225_600.0


def main() -> None:
    count = rounds(1)
    heading(f"A batch of {ROWS:,} rows")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = written_csv(folder / "rows.csv")
        command = (LUMA, "generations", "batch", str(table), "-d", str(folder / "out"))
        env = environment(folder, BASE_URL)
        _measure(count, "checking it", (*command, "--dry-run"), env, LONGEST_SECONDS)
        _finish(folder, table)
        _measure(count, "all done", command, env, LONGEST_SECOND_RUN)


def _measure(
    count: int, name: str, command: tuple[str, ...], env: dict[str, str], longest: float
) -> None:
    runs: dict[str, Run] = {
        f"{name}, time": partial(seconds, command, env),
        f"{longest:.0f} s": lambda: longest,
        f"{name}, peak memory": partial(peak_bytes, command, env),
        megabytes(MOST_BYTES): lambda: MOST_BYTES,
    }
    figures = side_by_side(count, runs, warm_up=False)
    time, most_time, memory, most_memory = runs
    row(figures, time, most_time, whole_seconds, WITHIN)
    row(figures, memory, most_memory, megabytes, WITHIN)


def _finish(folder: Path, table: Path) -> None:
    """Write a history in which all jobs of a table are saved."""
    account = Account(BASE_URL, "default")
    journal = Journal(folder / "state" / "history.db", print, account=account)
    run = start_run(journal, str(table))
    with sqlite3.connect(journal.path) as connection:
        for number, job in enumerate(_planned(table, folder / "out")):
            path = job.target.parent / f"{job.key}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_OUTPUT)
            _save(connection, run.run, number, job, path)


def _planned(table: Path, folder: Path) -> Iterable[PlannedJob]:
    host = Host(io.StringIO(), sys.stdout, sys.stderr, {})
    history = History({}, Account("", ""), print, Clock(), is_kept=True, source="")
    rule = UploadRule("auto", 8 * 1024 * 1024)
    return plan_jobs(
        str(table),
        read_table(str(table), None, host),
        BatchOptions(folder),
        [],
        host=host,
        history=history,
        upload_rule=rule,
        on_problem=_fail,
    )


def _fail(problem: Problem) -> None:
    sys.exit(str(problem))


def _save(
    connection: sqlite3.Connection, run: int, number: int, job: PlannedJob, path: Path
) -> None:
    digest = hashlib.sha256(_OUTPUT).hexdigest()
    file = {"path": str(path), "bytes": len(_OUTPUT), "sha256": digest, "content_type": "image/png"}
    entry = connection.execute(
        "INSERT INTO submissions (created_at, profile, base_url, type, model, prompt, request,"
        " cost, plan, process, outcome, generation_id, state, ended_at, is_done, run, files)"
        " VALUES (?, 'default', ?, 'image', 'uni-1', 'a red fox', '{}', '0.0404',"
        " '{\"wait\": true}', 1, 'accepted', ?, 'completed', ?, 1, ?, ?)",
        (
            *(_MADE_AT, BASE_URL, f"{number:08x}-2f55-4d0a-9a3e-5a1f0d9e6c42", _MADE_AT, run),
            json.dumps([file]),
        ),
    ).lastrowid
    status = path.stat()
    checked = {str(path): [digest, status.st_size, status.st_mtime_ns]}
    connection.execute(
        "INSERT INTO batch_jobs (run, key, digest, entry, checked) VALUES (?, ?, ?, ?, ?)",
        (run, job.key, job.digest, entry, json.dumps(checked)),
    )


if __name__ == "__main__":
    main()
