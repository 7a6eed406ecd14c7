"""What is left of a run, and what is wrong with it before anything is sent."""

from __future__ import annotations

import json
from pathlib import Path

from tests.batch.running import Batch

NAMED = ("--name", "{key}")


def test_an_existing_file_that_is_not_of_this_run_stops_a_batch_before_it_starts(
    batch: Batch,
) -> None:
    batch.rows = 3
    Path("out").mkdir()
    Path("out/r2.png").write_text("mine")

    result = batch(*NAMED)

    assert (result.exit_code, result.stderr) == (
        1,
        "error: shots.csv:3:1: `out/r2.png` already exists\n"
        "hint: add `--overwrite` to replace it, or choose another name\n",
    )
    assert batch.api.posts == 0
    assert batch(*NAMED, "--overwrite").exit_code == 0
    assert batch.api.posts == 3


def test_skip_existing_makes_no_job_for_a_row_whose_output_exists(batch: Batch) -> None:
    batch.rows = 3
    Path("out").mkdir()
    Path("out/r2.png").write_text("mine")

    result = batch(*NAMED, "--skip-existing")

    assert result.exit_code == 0, result.stderr
    assert batch.statuses == ["saved", "skipped", "saved"]
    assert sorted(batch.api.prompts) == ["fox 1", "fox 3"]
    assert Path("out/r2.png").read_text() == "mine"


def test_the_same_rows_of_another_file_are_no_new_jobs(batch: Batch) -> None:
    batch.rows = 2
    assert batch().exit_code == 0
    again = ("generations", "batch", "copy.csv", "-d", "out")
    Path("copy.csv").write_text(Path("shots.csv").read_text())

    refused = batch.program(*again)

    path = Path("shots.csv").absolute()
    assert (refused.exit_code, refused.stderr) == (
        2,
        f"error: the run `{path}` has rows of this file already\n"
        f"hint: `--run '{path}'` continues it, `--fresh` pays for all rows again\n",
    )
    assert batch.program(*again, "--run", str(path)).exit_code == 0
    assert batch.api.posts == 2


def test_status_of_a_run_needs_no_file(batch: Batch) -> None:
    batch.rows = 2
    assert batch("--run", "shoes").exit_code == 0
    Path("shots.csv").unlink()

    result = batch.program("generations", "batch", "--status", "--run", "shoes")

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(line["row"], line["key"], line["status"]) for line in lines] == [
        (1, "r1", "saved"),
        (2, "r2", "saved"),
    ]


def test_status_of_an_unknown_run(batch: Batch) -> None:
    result = batch.program("generations", "batch", "--status", "--run", "boots")

    assert (result.exit_code, result.stderr) == (2, "error: the history has no run `boots`\n")


BAD_ROWS = """\
id,prompt,ref
r1,fox 1,
r2,fox 2,missing.png
r3,fox 3,,one cell more
r4,fox 4,
"""


def test_a_row_that_is_skipped_for_its_errors_has_a_result(batch: Batch) -> None:
    batch.rows, batch.table = 4, BAD_ROWS

    result = batch("--skip-invalid", "--ordered")

    assert result.exit_code == 12
    assert "2 of 4 jobs skipped" in result.stderr
    assert batch.statuses == ["saved", "skipped", "skipped", "saved"]
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["row"], line["key"]) for line in lines] == [
        (1, "r1"),
        (2, "r2"),
        (3, "#3"),
        (4, "r4"),
    ]
    assert lines[1]["error"]["message"].startswith("shots.csv:3:10: ref: cannot read")
    assert batch.api.posts == 2
    again = batch("--skip-invalid")
    assert again.exit_code == 12
    assert batch.api.posts == 2


def test_a_report_has_the_cells_of_a_skipped_row(batch: Batch) -> None:
    batch.rows, batch.table = 4, BAD_ROWS

    batch("--skip-invalid", "--report", "report.csv")

    rows = Path("report.csv").read_text().splitlines()
    assert rows[2].startswith("r2,fox 2,missing.png,skipped,")
    assert rows[3].startswith("r3,fox 3,,skipped,")


def test_the_only_row_that_is_skipped_ends_with_its_own_error(batch: Batch) -> None:
    batch.rows, batch.table = 1, "id,prompt,ref\nr1,fox 1,missing.png\n"

    assert batch("--skip-invalid").exit_code == 2
    assert batch.statuses == ["skipped"]


def test_the_status_of_a_file_has_its_skipped_rows(batch: Batch) -> None:
    batch.rows, batch.table = 4, BAD_ROWS
    batch("--skip-invalid")

    result = batch("--skip-invalid", "--status")

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["status"] for line in lines] == ["skipped"] * 4
    assert [line["error"] is None for line in lines] == [True, False, False, True]
    assert result.exit_code == 12


def test_a_row_that_takes_the_id_of_another_is_known_by_its_number(batch: Batch) -> None:
    batch.rows, batch.table = 2, "id,prompt\nr1,fox 1\nr1,fox 2\n"

    assert batch("--skip-invalid").exit_code == 12
    assert batch.statuses == ["saved", "skipped"]
