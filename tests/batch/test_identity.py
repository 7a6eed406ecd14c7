"""A job is known by its id or its content, never by the place of its row."""

from __future__ import annotations

from pathlib import Path

from luma_cli.batch.place import Severity
from tests.batch.planning import lines, plan


def test_the_key_is_the_id_the_combination_and_the_number() -> None:
    content = "id,prompt\nfox,a\n"

    assert plan(content).keys == ["fox"]
    assert plan(content, candidates=3).keys == ["fox", "fox#2", "fox#3"]
    planned = plan(content, candidates=2, vary=("style=auto,manga", "output_format=png"))
    assert planned.keys == [
        "fox/output_format=png,style=auto",
        "fox/output_format=png,style=auto#2",
        "fox/output_format=png,style=manga",
        "fox/output_format=png,style=manga#2",
    ]
    assert all(job.has_id for job in planned.jobs)


def test_the_order_of_vary_does_not_change_keys() -> None:
    content, one, two = "id,prompt\nfox,a\n", "style=auto,manga", "output_format=png,jpeg"

    assert set(plan(content, vary=(one, two)).keys) == set(plan(content, vary=(two, one)).keys)


def test_without_an_id_the_key_is_the_digest_and_the_number_among_equals() -> None:
    planned = plan("prompt\na\nb\na\n")

    a, b, second = planned.jobs
    assert (a.key, b.key) == (a.digest, b.digest)
    assert second.key == f"{a.digest}#2"
    assert not a.has_id
    assert lines(planned.problems, Severity.NOTE) == [
        "shots.csv:4:1: equal to row 1: another job is made"
    ]


def test_unique_drops_equal_rows_and_keeps_candidates() -> None:
    planned = plan("prompt\na\nb\na\n", unique=True, candidates=2)

    assert [job.row for job in planned.jobs] == [1, 1, 2, 2]
    assert lines(planned.problems, Severity.NOTE) == ["shots.csv:4:1: equal to row 1: dropped"]


def test_a_larger_count_adds_jobs_and_changes_none() -> None:
    content = "prompt\na\nb\n"

    assert set(plan(content).keys) < set(plan(content, candidates=3).keys)


def test_the_count_of_a_row_overrides_the_flag() -> None:
    planned = plan("prompt,count\na,2\nb,\n", candidates=3)

    assert [job.request.body["prompt"] for job in planned.jobs] == ["a"] * 2 + ["b"] * 3


def test_files_count_by_their_content() -> None:
    for folder in ("one", "two"):
        Path(folder).mkdir()
        Path(folder, "a.gif").write_bytes(b"GIF89a" + b"\0" * 20)
    content = "prompt,ref\nx,a.gif\n"

    assert plan(content, "one/r.csv").keys == plan(content, "two/r.csv").keys


def test_a_column_that_is_no_field_does_not_change_the_key() -> None:
    one, two = (
        plan(f"prompt,{column}\nx,y\n", ignore_unknown_columns=True) for column in ("tag", "shelf")
    )
    assert one.keys == two.keys
