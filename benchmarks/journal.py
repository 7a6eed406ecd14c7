"""What the journal costs.

    python -m benchmarks.journal [ROUNDS]

A submission with the journal is compared with one without, and the time and the peak memory of
commands that go through a journal of 100,000 entries with those for a journal of 100.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.measure import (
    LUMA,
    Bound,
    compare,
    environment,
    heading,
    megabytes,
    milliseconds,
    peak_bytes,
    rounds,
    seconds,
)
from luma_cli.journal.journal import Journal
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer

FEW, MANY = 100, 100_000
CREATE = (LUMA, "generations", "create", "--prompt", "a red fox")
LIST = (LUMA, "generations", "list")
LIST_ALL = (*LIST, "--limit", "0", "--refresh=false")
# What `resume` does before its first request.
UNFINISHED = """
import os
from pathlib import Path
from luma_cli.journal.find import unfinished_entries
from luma_cli.journal.journal import Journal

journal = Journal(Path(os.environ["LUMA_STATE_DIR"]) / "history.db", print)
print(sum(1 for _ in unfinished_entries(journal)))
"""
FLAT = Bound(1.3, 1.05)


def main() -> None:
    count = rounds(5)
    heading("Journal")
    _compare_submissions(count)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(folder, "https://api.test/v1")
        few, many = (
            env | {"LUMA_STATE_DIR": str(_filled(folder / str(size), size, env["LUMA_BASE_URL"]))}
            for size in (FEW, MANY)
        )
        _compare_times(count, few, many)
        _compare_memory(few, many)


def _compare_submissions(count: int) -> None:
    options = SandboxOptions(requests_per_minute=0, jobs_at_once=0)
    with tempfile.TemporaryDirectory() as folder, SandboxServer(options) as server:
        env = environment(Path(folder), server.base_url)
        runs = {
            "`create`": partial(seconds, CREATE, env),
            "`create --no-history`": partial(seconds, (*CREATE, "--no-history"), env),
        }
        compare(3 * count, runs, milliseconds)


def _compare_times(count: int, few: Mapping[str, str], many: Mapping[str, str]) -> None:
    page, everything = (
        {
            f"{name} of {MANY:,}": partial(seconds, command, many),
            f"{name} of {FEW}": partial(seconds, command, few),
        }
        for name, command in (("`list`", LIST), ("`list --limit 0`", LIST_ALL))
    )
    compare(3 * count, page, milliseconds, Bound(2.0, 1.0))
    compare(1, everything, milliseconds, warm_up=False)


def _compare_memory(few: Mapping[str, str], many: Mapping[str, str]) -> None:
    for name, command, terminal in (
        ("`list --limit 0`", LIST_ALL, False),
        ("… as lines of JSON", (*LIST_ALL, "--format", "jsonl"), False),
        ("… as a table", LIST_ALL, True),
        ("what `resume` finds", (sys.executable, "-c", UNFINISHED), False),
    ):
        runs = {
            f"{name} of {MANY:,}": partial(peak_bytes, command, many, terminal=terminal),
            f"{name} of {FEW}": partial(peak_bytes, command, few, terminal=terminal),
        }
        compare(1, runs, megabytes, FLAT, warm_up=False)


def _filled(folder: Path, count: int, base_url: str) -> Path:
    """Write a journal of so many completed jobs, whose outputs are not saved yet."""
    journal = folder / "history.db"
    Journal(journal, print)
    with sqlite3.connect(journal) as connection:
        connection.executemany(
            "INSERT INTO submissions (created_at, profile, base_url, type, model, prompt, request,"
            " cost, plan, process, outcome, generation_id, state, is_done) VALUES"
            " (?, 'default', ?, 'image', 'uni-1', 'a red fox', '{}', '0.0404', '{}', 1,"
            " 'accepted', ?, 'completed', 0)",
            (
                (float(number), base_url, f"{number:08x}-2f55-4d0a-9a3e-5a1f0d9e6c42")
                for number in range(count)
            ),
        )
    return folder


if __name__ == "__main__":
    main()
