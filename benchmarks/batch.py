"""How close a batch comes to the shortest time that the limits of its account allow.

    python -m benchmarks.batch [ROUNDS]

Each case is a file of jobs on a sandbox with the limits of an account, which mostly means to wait:
a round takes about 15 minutes. The wall time, the start of the program included, is compared with
`limits_bound`, and the share of submissions that the sandbox refused with a 429 with its limit. The
last cases run two programs with one key at the same time, each with half of the jobs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.limits_bound import limits_bound
from benchmarks.measure import (
    LUMA,
    Bound,
    environment,
    heading,
    percent,
    rounds,
    row,
    serving,
    whole_seconds,
)

MOST_REFUSED = 0.01
# The sandbox draws every picture that is downloaded, on the processor that the batch runs on.
CHEAPEST = "3:1,jpeg"
WALL_TIME, REFUSED = Bound(1.05, 1.02), Bound(1.0, 0.5)


class Case(NamedTuple):
    """Jobs that each take so many seconds, on an account with these limits."""

    jobs: int
    per_minute: int
    slots: int
    latency: int
    programs: int = 1

    def __str__(self) -> str:
        text = f"{self.jobs:,} jobs of {self.latency} s"
        return text if self.programs == 1 else f"{text}, {self.programs} programs"

    @property
    def bound(self) -> float:
        return limits_bound(self.jobs, self.per_minute, self.slots, self.latency)


CASES = (
    Case(1000, 600, 200, 10),
    Case(1000, 600, 200, 30),
    Case(60, 30, 10, 10),
    Case(60, 30, 10, 30),
    Case(1000, 600, 200, 10, programs=2),
    Case(60, 30, 10, 10, programs=2),
)


class Figures(NamedTuple):
    """What a case took, and the share of its submissions that were refused."""

    seconds: float
    refused: float


def main() -> None:
    count = rounds(1)
    heading("Batches")
    for case in CASES:
        measured = [_measured(case) for _ in range(count)]
        figures = {
            f"{case}": [each.seconds for each in measured],
            f"the bound of {case.slots} at once, {case.per_minute}/min": [case.bound] * count,
            "… answered 429": [each.refused for each in measured],
            percent(MOST_REFUSED): [MOST_REFUSED] * count,
        }
        wall, bound, refused, most = figures
        row(figures, wall, bound, whole_seconds, WALL_TIME)
        row(figures, refused, most, percent, REFUSED)


def _measured(case: Case) -> Figures:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "requests.jsonl"
        with serving(_sandbox(case, log)) as base_url:
            commands = [_batch(case, folder, number) for number in range(case.programs)]
            took = _side_by_side(commands, folder, base_url)
        return Figures(took, _share_refused(log, case))


def _sandbox(case: Case, log: Path) -> Sequence[str]:
    limits = ("--rpm", str(case.per_minute), "--jobs", str(case.slots))
    latency = ("--latency", f"{case.latency}s")
    return (LUMA, "sandbox", "serve", "--port", "0", *limits, *latency, "--log", str(log))


def _batch(case: Case, folder: Path, number: int) -> Sequence[str]:
    rows = folder / f"rows-{number}.csv"
    each = case.jobs // case.programs
    lines = (f"{number}-{row},fox {row} of {number},{CHEAPEST}\n" for row in range(each))
    rows.write_text("id,prompt,aspect_ratio,output_format\n" + "".join(lines), encoding="utf-8")
    out = ("-d", str(folder / f"out-{number}"), "--yes")
    return (LUMA, "generations", "batch", str(rows), *out, "--jobs", str(case.slots))


def _side_by_side(commands: Sequence[Sequence[str]], folder: Path, base_url: str) -> float:
    """Run programs at the same time; return the seconds until the last one has ended."""
    start = time.perf_counter()
    running = []
    for number, command in enumerate(commands):
        home = folder / f"home-{number}"
        home.mkdir()
        messages = (home / "messages").open("w+b")
        env = environment(home, base_url)
        program = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=messages)
        running.append((program, messages))
    for program, messages in running:
        with messages:
            if program.wait() != 0:
                messages.seek(0)
                sys.exit(f"the batch exited with {program.returncode}: {messages.read()[-2000:]!r}")
    return time.perf_counter() - start


def _share_refused(log: Path, case: Case) -> float:
    """Return the share of submissions answered 429; all jobs must be accepted, each once."""
    with log.open(encoding="utf-8") as lines:
        requests = map(json.loads, lines)
        statuses = [each["status"] for each in requests if each["method"] == "POST"]
    if statuses.count(201) != case.jobs:
        sys.exit(f"{statuses.count(201)} of {case.jobs} jobs are accepted")
    return statuses.count(429) / len(statuses)


if __name__ == "__main__":
    main()
