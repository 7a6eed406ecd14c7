"""How late `wait` knows the end of jobs, and what it costs for each of many.

    python -m benchmarks.waiting [ROUNDS]

Each answer takes 100 ms, and the jobs end within 30 s. A poll interval is 5 s, and for more than
250 jobs as long as 50 requests a second take to ask for each. The processor's time for a job that
is complete at the first poll is compared between 8,000 jobs and 1,000, as it must not grow.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx

from benchmarks.measure import (
    LUMA,
    Bound,
    compare,
    environment,
    heading,
    microseconds,
    rounds,
    row,
    seconds,
    serving,
    whole_seconds,
)

SERVER = (sys.executable, "-m", "benchmarks.delayed_server")
DELAY, WINDOW = 0.1, 30.0
JOBS, PROCESSES = 500, 10
FEW, MANY = 1000, 8000


def main() -> None:
    count = rounds(1)
    heading("Waiting")
    for name, groups in (
        (f"`wait` for {JOBS} jobs", [ids(JOBS)]),
        (f"{PROCESSES} times `wait` for 1 job", [[each] for each in ids(PROCESSES)]),
    ):
        interval = max(5.0, len(groups[0]) / 50)
        results = [_lateness(groups) for _ in range(count)]
        figures = {
            f"{name}, latest": [max(late) for late, _ in results],
            f"{name}, median": [statistics.median(late) for late, _ in results],
            f"interval of {interval:.0f} s": [interval] * count,
        }
        latest, median, base = figures
        row(figures, latest, base, whole_seconds, Bound(1.0, 1.0))
        row(figures, median, base, whole_seconds)
        requests = statistics.median(requests for _, requests in results)
        print(f"  {requests / sum(map(len, groups)):.1f} requests a job")
    runs = {
        f"each of {MANY:,} jobs": partial(_processor_seconds, MANY),
        f"each of {FEW:,}": partial(_processor_seconds, FEW),
    }
    compare(count, runs, microseconds, Bound(1.3, 1.0), warm_up=False)


def ids(count: int) -> list[str]:
    """Return the ids of so many generations of the delayed server."""
    return [f"{number:08x}-2f55-4d0a-9a3e-5a1f0d9e6c42" for number in range(count)]


def _lateness(groups: Sequence[Sequence[str]]) -> tuple[list[float], int]:
    """Wait for each group in a process; return the seconds from end to answer, and the requests."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving((*SERVER, str(DELAY), str(WINDOW))) as base_url,
        ThreadPoolExecutor(len(groups)) as pool,
    ):
        env = environment(Path(folder), base_url)
        list(pool.map(lambda group: _wait(group, env), groups))
        report = httpx.get(base_url.replace("/v1", "/report"), trust_env=False).json()
    return report["lateness"], report["requests"]


def _processor_seconds(count: int) -> float:
    """Return the processor's time for one of so many jobs that are complete."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving((*SERVER, "0", "0")) as base_url,
    ):
        before = os.times()
        _wait(ids(count), environment(Path(folder), base_url))
        after = os.times()
    spent = after.children_user + after.children_system
    return (spent - before.children_user - before.children_system) / count


def _wait(generation_ids: Sequence[str], env: dict[str, str]) -> None:
    command = (LUMA, "generations", "wait", "--format", "jsonl")
    seconds(command, env, stdin="\n".join(generation_ids))


if __name__ == "__main__":
    main()
