"""`--report FILE.csv`: the spreadsheet back, with columns for the results."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.batch.formulas import without_guard
from luma_cli.batch.layout import Layout
from luma_cli.batch.report.report import Report
from luma_cli.batch.report.spreadsheet import renamed_columns, write
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.result_columns import result_columns
from luma_cli.batch.summary import Summary
from luma_cli.errors import RejectedError
from tests.batch.results import ALL, SAVED

LAYOUT = Layout(("id", "prompt"))


def written(results: list[RowResult], layout: Layout = LAYOUT) -> str:
    stream = io.StringIO(newline="")
    write(stream, Report("shots.csv", layout, Summary(results), iter(results)))
    return stream.getvalue()


def test_whole_file() -> None:
    assert written(ALL) == "\r\n".join(
        [
            "id,prompt,status,generation_id,files,cost_usd,error",
            "mug,a mug,saved,gen_1,out/mug.png,0.0434,",
            "vase,a vase,failed,gen_2,,,generation gen_2 failed: no output",
            "bowl,a bowl,refused,,,,aspect_ratio is invalid",
            "lamp,a lamp,skipped,gen_4,out/lamp.png,0.0434,",
            "sofa,a sofa,unknown,,,0.0434,the connection broke after the request was sent",
            "desk,a desk,not_sent,,,,",
            "door,a door,running,gen_7,,0.10,",
            "",
        ]
    )


def test_text_format_is_that_of_the_input() -> None:
    assert written([SAVED], Layout(("prompt",), ";", has_bom=True)) == (
        "\ufeffprompt;status;generation_id;files;cost_usd;error\r\n"
        "a mug;saved;gen_1;out/mug.png;0.0434;\r\n"
    )


def test_several_files_share_a_cell() -> None:
    file = SAVED.files[0]
    both = SAVED._replace(files=[file, file._replace(path="out/mug-2.png")])
    assert "gen_1,out/mug.png | out/mug-2.png,0.0434" in written([both])


def test_formulas_are_guarded_in_every_column() -> None:
    cells = {"id": "=1+1", "prompt": "-5"}
    result = RowResult(1, "k", Status.REFUSED, error=RejectedError("-x"), cells=cells)
    assert written([result]).splitlines()[1] == "'=1+1,-5,refused,,,,'-x"


def test_column_of_the_input_with_a_name_of_the_report_is_kept() -> None:
    columns = ("Status", "error", "luma_error")
    assert result_columns(columns) == [
        *("luma_status", "generation_id", "files", "cost_usd", "luma_luma_error")
    ]
    assert renamed_columns(columns) == (
        "the report has `status` as `luma_status`, `error` as `luma_luma_error`:"
        " the input has columns of these names"
    )
    assert renamed_columns(("id", "prompt")) is None


def test_missing_cells_are_empty() -> None:
    assert written([SAVED._replace(cells={"prompt": "a mug"})]).splitlines()[1].startswith(",a mug")


_CELL = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(
    columns=st.lists(_CELL, min_size=1, max_size=4, unique=True),
    rows=st.lists(st.lists(_CELL, min_size=4, max_size=4), max_size=4),
)
def test_columns_of_the_input_come_back_unchanged(
    delimiter: str, columns: list[str], rows: list[list[str]]
) -> None:
    tables = [dict(zip(columns, row, strict=False)) for row in rows]
    results = [RowResult(1, "k", Status.SAVED, cells=cells) for cells in tables]
    text = written(results, Layout(tuple(columns), delimiter))
    header, *lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    read = [[without_guard(cell) for cell in line] for line in (header, *lines)]
    assert all(len(line) == len(columns) + 5 for line in read)
    assert [line[: len(columns)] for line in read] == [columns, *(list(t.values()) for t in tables)]
