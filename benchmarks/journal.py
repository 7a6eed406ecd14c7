"""What the journal costs, as differences and ratios of runs made side by side.

    python -m benchmarks.journal [ROUNDS]

A submission with the journal beside one without, and the list of a hundred entries beside the list
of a hundred thousand.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from luma_cli.journal.journal import Journal
from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer

LUMA = str(Path(sys.executable).parent / "luma-agents-cli")
CREATE = [LUMA, "generations", "create", "--prompt", "a red fox"]
FEW, MANY = 100, 100_000


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with (
        tempfile.TemporaryDirectory() as folder,
        SandboxServer(SandboxOptions(requests_per_minute=0, jobs_at_once=0)) as server,
    ):
        env = dict(os.environ)
        env |= {"LUMA_BASE_URL": server.base_url, "LUMA_AGENTS_API_KEY": SANDBOX_KEY}
        few, many = _filled(Path(folder) / "few", FEW), _filled(Path(folder) / "many", MANY)
        with_journal, without, short, long = _times(
            rounds,
            (
                (CREATE, env | {"LUMA_STATE_DIR": str(Path(folder) / "own")}),
                ([*CREATE, "--no-history"], env),
                ([LUMA, "generations", "list"], env | {"LUMA_STATE_DIR": str(few)}),
                ([LUMA, "generations", "list"], env | {"LUMA_STATE_DIR": str(many)}),
            ),
        )
    added = statistics.median(a - b for a, b in zip(with_journal, without, strict=True)) * 1000
    print(f"{'':32} {'median':>9}   ratio")
    _report("`create` without a journal", without, without, "")
    _report("`create` with the journal", with_journal, without, f"{added:+.1f} ms, at most 10")
    _report(f"`list` of {FEW}", short, short, "")
    _report(f"`list` of {MANY:,}", long, short, "must be at most 2")


def _report(name: str, times: list[float], base: list[float], must: str) -> None:
    ratio = statistics.median(a / b for a, b in zip(times, base, strict=True))
    print(f"{name:32} {statistics.median(times) * 1000:6.1f} ms   {ratio:5.2f}  {must}".rstrip())


def _times(rounds: int, commands: Sequence[tuple[list[str], dict[str, str]]]) -> list[list[float]]:
    """Run every command once a round, in turn; the first round warms the caches."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds + 1):
        for seconds, (command, env) in zip(times, commands, strict=True):
            start = time.perf_counter()
            subprocess.run(command, env=env, capture_output=True, check=True)
            seconds.append(time.perf_counter() - start)
    return [seconds[1:] for seconds in times]


def _filled(folder: Path, count: int) -> Path:
    journal = folder / "history.db"
    Journal(journal, print)
    with sqlite3.connect(journal) as connection:
        connection.executemany(
            "INSERT INTO submissions (created_at, profile, base_url, type, model, prompt, request,"
            " cost, plan, process, outcome, generation_id, state, is_done) VALUES"
            " (?, 'default', 'u', 'image', 'uni-1', 'a red fox', '{}', '0.0404', '{}', 1,"
            " 'accepted', ?, 'completed', 1)",
            (
                (float(number), f"{number:08x}-2f55-4d0a-9a3e-5a1f0d9e6c42")
                for number in range(count)
            ),
        )
    return folder


if __name__ == "__main__":
    main()
