"""Shards of one table: together they make each row once, and a new row moves no other."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.batch_api import BatchApi
from tests.support.program import Program

ROWS, PARTS = 30, 3


def written(rows: int) -> str:
    lines = ["id,prompt", *(f"r{number},fox {number}" for number in range(rows))]
    Path("shots.csv").write_text("\n".join(lines) + "\n")
    return "shots.csv"


def keys_of_shards(program: Program, rows: int) -> list[list[str]]:
    """Return the keys of the jobs that each shard would submit."""
    table = written(rows)
    parts = []
    for part in range(1, PARTS + 1):
        words = (table, "--shard", f"{part}/{PARTS}", "--dry-run")
        result = program("generations", "batch", *words)
        assert result.exit_code == 0, result.stderr
        parts.append([json.loads(line)["key"] for line in result.stdout.splitlines()])
    return parts


def test_all_shards_together_make_each_row_once(program: Program, batch_api: BatchApi) -> None:
    table = written(ROWS)
    for part in range(1, PARTS + 1):
        words = (table, "--shard", f"{part}/{PARTS}", "-d", f"part-{part}")
        result = program("generations", "batch", *words)
        assert result.exit_code == 0, result.stderr

    assert sorted(batch_api.prompts) == sorted(f"fox {number}" for number in range(ROWS))
    assert len(list(Path.cwd().glob("part-*/*.png"))) == ROWS

    manifests = [f"part-{part}/manifest.jsonl" for part in range(1, PARTS + 1)]
    merged = program("generations", "batch", "--merge", *manifests, "--report", "all.csv")
    assert merged.exit_code == 0, merged.stderr
    assert len(Path("all.csv").read_text().splitlines()) == 1 + ROWS


def test_no_shard_is_empty_and_a_new_row_moves_no_other(program: Program) -> None:
    before = keys_of_shards(program, ROWS)
    after = keys_of_shards(program, ROWS + 10)

    assert all(before)
    for few, more in zip(before, after, strict=True):
        assert more[: len(few)] == few
