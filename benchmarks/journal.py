"""What the journal costs, as differences and ratios of runs made side by side.

    python -m benchmarks.journal [ROUNDS]

A submission with the journal beside one without, the list of a hundred entries beside the list of
two hundred thousand, and the peak memory of programs that go through as many.
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
from contextlib import suppress
from pathlib import Path

from luma_cli.journal.journal import Journal
from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer

LUMA = str(Path(sys.executable).parent / "luma-agents-cli")
CREATE = [LUMA, "generations", "create", "--prompt", "a red fox"]
LIST_ALL = [LUMA, "generations", "list", "--limit", "0", "--refresh=false"]
UNDONE = """
import sys
from pathlib import Path
from luma_cli.journal.find import undone
from luma_cli.journal.journal import Journal

print(sum(1 for _ in undone(Journal(Path(sys.argv[1]) / "history.db", print))))
"""
# A process begins with the peak of the one that started it, so that has to be a small one.
MEASURE = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print("failed" if status else usage.ru_maxrss, file=sys.stderr)
"""
FEW, MANY = 100, 200_000


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with (
        tempfile.TemporaryDirectory() as folder,
        SandboxServer(SandboxOptions(requests_per_minute=0, jobs_at_once=0)) as server,
    ):
        env = dict(os.environ)
        env |= {"LUMA_BASE_URL": server.base_url, "LUMA_AGENTS_API_KEY": SANDBOX_KEY}
        few, many = (
            _filled(Path(folder) / str(count), count, server.base_url) for count in (FEW, MANY)
        )
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
    with tempfile.TemporaryDirectory() as folder:
        few, many = (
            _filled(Path(folder) / str(count), count, "https://api.test/v1")
            for count in (FEW, MANY)
        )
        _compare_memory(few, many)


def _compare_memory(few: Path, many: Path) -> None:
    """Print the peak memory of going through many entries, beside that of a few."""
    env = dict(os.environ) | {"LUMA_BASE_URL": "https://api.test/v1"}
    print(f"\n{'':32} {'peak':>9}   ratio")
    for name, command, terminal in (
        ("`list`, as JSON", [*LIST_ALL, "--format", "jsonl"], False),
        ("`list`, as a table", LIST_ALL, True),
        ("what `resume` finds", [sys.executable, "-c", UNDONE], False),
    ):
        peaks = []
        for folder in (few, many):
            more = [str(folder)] if command[-1] == UNDONE else []
            state = env | {"LUMA_STATE_DIR": str(folder)}
            peaks.append(_peak_bytes([*command, *more], state, terminal=terminal))
        print(f"{name + f' of {FEW}':32} {peaks[0] / 2**20:6.1f} MB")
        ratio = peaks[1] / peaks[0]
        print(
            f"{f'… of {MANY:,}':32} {peaks[1] / 2**20:6.1f} MB   {ratio:5.2f}  must be at most 1.3"
        )


def _peak_bytes(command: list[str], env: dict[str, str], *, terminal: bool) -> int:
    """Run a command to its end and return the most memory it had; its output is thrown away."""
    ours, its = os.openpty() if terminal else os.pipe()
    launch = [sys.executable, "-S", "-c", MEASURE, *command]
    with subprocess.Popen(launch, env=env, stdout=its, stderr=subprocess.PIPE, text=True) as child:
        os.close(its)
        with suppress(OSError):  # a pseudo-terminal ends with an error
            while os.read(ours, 65536):
                pass
        os.close(ours)
        _, said = child.communicate()
    return int(said) * (1 if sys.platform == "darwin" else 1024)


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


def _filled(folder: Path, count: int, base_url: str) -> Path:
    """Write a journal of so many ended jobs, of which the outputs are not saved yet."""
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
