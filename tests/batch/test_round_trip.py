"""A report in CSV given back as the input: its own columns are known, and no row is paid again."""

from __future__ import annotations

from pathlib import Path

import pytest

from luma_cli.batch.result_columns import (
    RESULT_COLUMNS,
    earlier_results,
    result_columns,
    without_earlier_results,
)
from tests.batch.planning import plan
from tests.support.batch_api import BatchApi
from tests.support.program import Program

# As Excel in German writes it.
EXCEL = 'id;prompt;aspect_ratio\r\n1;"Tasse; rot,\r\n""groß"" auf Holz";1:1\r\n2;-5 Grad;16:9\r\n'
GOOGLE_SHEETS = 'id,prompt,aspect_ratio\r\n1,"a ""red"" mug,\nlarge",1:1\r\n2,vase,16:9'


@pytest.mark.parametrize(
    "content",
    [EXCEL.encode("utf-8-sig"), EXCEL.encode(), GOOGLE_SHEETS.encode()],
    ids=["excel", "no-mark", "google-sheets"],
)
def test_a_report_in_place_of_its_input_is_the_same_run_with_new_results(
    content: bytes, program: Program, batch_api: BatchApi
) -> None:
    Path("shots.csv").write_bytes(content)
    command = ("generations", "batch", "shots.csv", "-d", "out", "--report", "report.csv")

    first = program(*command)
    assert first.exit_code == 0, first.stderr
    report = Path("report.csv").read_bytes()
    assert report.count(b"saved") == 2
    Path("shots.csv").write_bytes(report)

    second = program(*command)
    assert second.exit_code == 0, second.stderr
    assert batch_api.posts == 2
    assert Path("report.csv").read_bytes() == report.replace(b"saved", b"skipped")


def test_a_report_is_read_as_the_rows_of_its_input(program: Program) -> None:
    Path("shots.csv").write_bytes(EXCEL.encode("utf-8-sig"))
    before = plan(EXCEL.encode("utf-8-sig"))
    command = ("generations", "batch", "shots.csv", "-d", "out", "--report", "report.csv")
    assert program(*command).exit_code == 0

    after = plan(Path("report.csv").read_bytes(), "report.csv")

    assert after.problems == []
    assert after.bodies == before.bodies
    assert after.keys == before.keys
    assert [job.digest for job in after.jobs] == [job.digest for job in before.jobs]


def test_a_report_under_another_name_is_not_paid_again(
    program: Program, batch_api: BatchApi
) -> None:
    Path("shots.csv").write_text("id,prompt\n1,mug\n2,vase\n")
    assert program(*("generations", "batch", "shots.csv", "--report", "report.csv")).exit_code == 0

    result = program("generations", "batch", "report.csv")

    assert result.exit_code == 2
    assert f"`--run '{Path('shots.csv').absolute()}'` continues it" in result.stderr
    assert batch_api.posts == 2


def test_columns_that_a_user_adds_to_a_report_are_still_checked() -> None:
    header = ",".join(["id", "prompt", *RESULT_COLUMNS, "aspct_ratio"])
    planned = plan(f"{header}\n1,mug,saved,gen_1,a.png,0.04,,1:1\n")

    assert planned.errors == ["shots.csv:1:53: unknown column `aspct_ratio`"]


def test_a_column_with_a_name_of_a_result_alone_is_unknown() -> None:
    planned = plan("prompt,files\nmug,a.png\n")

    assert planned.errors == ["shots.csv:1:8: unknown column `files`"]


def test_a_text_may_name_a_column_of_a_report() -> None:
    header = ",".join(["prompt", *RESULT_COLUMNS])
    planned = plan(f"{header}\nnot {{{{status}}}},saved,gen_1,a.png,0.04,\n")

    assert planned.problems == []
    assert planned.bodies == [{"prompt": "not saved"}]


@pytest.mark.parametrize(
    "own",
    [("prompt",), ("prompt", "status"), ("Status", "luma_status", "prompt"), RESULT_COLUMNS],
)
def test_the_columns_of_a_report_are_found_whatever_the_input_had(own: tuple[str, ...]) -> None:
    added = result_columns(own)

    assert earlier_results((*own, *added)) == tuple(added)
    assert without_earlier_results((*own, *added)) == own
