"""What it costs to plan a batch of 100,000 rows, all of whose jobs are kept in memory.

    python -m benchmarks.batch_rows [ROUNDS]

The time and the peak memory are compared with the limits of the product, and with a program that
only reads the same file into a list: `csv.DictReader`, or `json.loads` of each line.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.measure import (
    Bound,
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

ROWS = 100_000
LONGEST_SECONDS, MOST_BYTES = 60.0, 500e6
WITHIN = Bound(1.0, 0.5)
PLAN = """
import io, sys
from pathlib import Path
from luma_cli.batch.job import BatchOptions
from luma_cli.batch.plan import plan_jobs
from luma_cli.batch.readers.formats import read_table
from luma_cli.host import Clock, Host
from luma_cli.journal.account import Account
from luma_cli.journal.history import History
from luma_cli.workflows.session import UploadRule

host = Host(io.StringIO(), sys.stdout, sys.stderr, {})
history = History({}, Account("", ""), print, Clock(), is_kept=True, source="")
rule = UploadRule("auto", 8 * 1024 * 1024)
jobs = list(
    plan_jobs(
        sys.argv[1], read_table(sys.argv[1], None, host), BatchOptions(Path("out")), [], host=host,
        history=history, upload_rule=rule, on_problem=sys.exit,
    )
)
assert len(jobs) == int(sys.argv[2])
"""
READ_CSV = """
import csv, sys
assert len(list(csv.DictReader(open(sys.argv[1], encoding="utf-8")))) == int(sys.argv[2])
"""
READ_JSON_LINES = """
import json, sys
assert len([json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]) == int(sys.argv[2])
"""


def main() -> None:
    count = rounds(3)
    heading(f"Planning {ROWS:,} rows")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(folder, "https://api.test/v1")
        for title, path, baseline in (
            ("CSV", written_csv(folder / "rows.csv"), READ_CSV),
            ("JSON lines", _written_lines(folder / "rows.jsonl"), READ_JSON_LINES),
        ):
            plan, read = (
                (sys.executable, "-c", program, str(path), str(ROWS))
                for program in (PLAN, baseline)
            )
            time, memory = f"{title}, time", f"{title}, peak memory"
            runs: dict[str, Run] = {
                time: partial(seconds, plan, env),
                "reading it": partial(seconds, read, env),
                f"{LONGEST_SECONDS:.0f} s": lambda: LONGEST_SECONDS,
                memory: partial(peak_bytes, plan, env),
                "reading it into memory": partial(peak_bytes, read, env),
                megabytes(MOST_BYTES): lambda: MOST_BYTES,
            }
            figures = side_by_side(count, runs, warm_up=False)
            _, read_time, most_time, _, read_memory, most_memory = runs
            row(figures, time, read_time, whole_seconds)
            row(figures, time, most_time, whole_seconds, WITHIN)
            row(figures, memory, read_memory, megabytes)
            row(figures, memory, most_memory, megabytes, WITHIN)


def _rows() -> Iterator[dict[str, str]]:
    ratios = ("1:1", "16:9", "9:16", "3:2")
    for number in range(ROWS):
        yield {
            "id": f"sku-{number}",
            "prompt": f"product {number} on a wooden table, soft light, studio photograph",
            "aspect_ratio": ratios[number % len(ratios)],
            "tag": f"shelf {number % 40}",
        }


def written_csv(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["id", "prompt", "aspect_ratio", "tag"])
        writer.writeheader()
        writer.writerows(_rows())
    return path


def _written_lines(path: Path) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row) + "\n" for row in _rows())
    return path


if __name__ == "__main__":
    main()
