"""Files as spreadsheets, `jq` and editors write them become the same rows."""

from __future__ import annotations

import codecs

import pytest

from luma_cli.batch.place import Place
from luma_cli.errors import UsageError
from tests.batch.planning import plan

EXCEL = 'id;prompt;aspect_ratio\r\n1;"Tasse; rot,\r\n""groß"" auf Holz";1:1\r\n2;Schüssel;16:9\r\n'
CUP = 'Tasse; rot,\n"groß" auf Holz'


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + EXCEL.encode(),
        EXCEL.encode(),
        ("sep=;\r\n" + EXCEL).encode(),
        EXCEL.replace("\r\n", "\n").rstrip().encode(),
        EXCEL.replace("\r\n", "\r").encode(),
        (EXCEL + ";;\r\n\r\n").encode(),
        EXCEL.replace("aspect_ratio", "aspect_ratio;")
        .replace("1:1", "1:1;")
        .replace("16:9", "16:9;")
        .encode(),
    ],
    ids=["excel", "no-mark", "sep", "lf", "old-mac", "empty-rows", "empty-column"],
)
def test_excel_writes_semicolons_marks_and_quoted_line_breaks(content: bytes) -> None:
    planned = plan(content)

    assert planned.problems == []
    assert planned.bodies == [
        {"prompt": CUP, "aspect_ratio": "1:1"},
        {"prompt": "Schüssel", "aspect_ratio": "16:9"},
    ]
    assert planned.keys == ["1", "2"]


def test_google_sheets_writes_commas_and_crlf_without_a_mark() -> None:
    planned = plan(b'id,prompt,tag\r\n7,"a cup, red",shelf 3\r\n8,bowl,\r\n')

    assert [job.request.body["prompt"] for job in planned.jobs] == ["a cup, red", "bowl"]
    assert [job.tag for job in planned.jobs] == ["shelf 3", None]
    assert planned.jobs[1].cells == {"id": "8", "prompt": "bowl", "tag": ""}


def test_tsv_has_tabs_whatever_else_is_in_the_header() -> None:
    planned = plan("prompt\tref,x\na, b, c\t\n", "rows.tsv", ignore_unknown_columns=True)

    assert planned.bodies == [{"prompt": "a, b, c"}]


def test_an_empty_cell_is_not_given() -> None:
    planned = plan("prompt,model\na,\nb,  \n", flags=[("--model", "uni-1-max")])

    assert [body["model"] for body in planned.bodies] == ["uni-1-max", "uni-1-max"]


def test_a_guard_against_formulas_is_taken_off() -> None:
    planned = plan("id,prompt\n'+1,'=sum\n-2,'quoted'\n'@x,'''=odd\n")

    assert planned.keys == ["+1", "-2", "@x"]
    assert [body["prompt"] for body in planned.bodies] == ["=sum", "'quoted'", "''=odd"]


LINES = '{"id": "a", "prompt": "x"}\n\n{"id": "b", "prompt": "y", "video": null}\n'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.jsonl", LINES),
        ("r.ndjson", "\ufeff" + LINES.replace("\n", "\r\n")),
        ("r.json", '[{"id": "a", "prompt": "x"},\n {"id": "b", "prompt": "y", "video": null}]'),
        (
            "r.json",
            '{"defaults": {"video": null}, "jobs": [{"id": "a", "prompt": "x"},'
            ' {"id": "b", "prompt": "y"}]}',
        ),
        ("r.yaml", "- id: a\n  prompt: x\n- {id: b, prompt: y, video: null}\n"),
        (
            "r.yml",
            "defaults:\n  video: null\njobs:\n- {id: a, prompt: x}\n- {id: b, prompt: y}\n",
        ),
        ("r.yaml", "id: a\nprompt: x\n---\nid: b\nprompt: y\nvideo: null\n"),
    ],
)
def test_json_and_yaml_have_the_same_layouts(name: str, content: str) -> None:
    planned = plan(content, name)

    assert planned.problems == []
    assert planned.keys == ["a", "b"]
    assert [body["prompt"] for body in planned.bodies] == ["x", "y"]
    assert planned.bodies[1]["video"] is None


def test_words_that_bitmaps_begin_with_are_text() -> None:
    assert plan("BMW on a street\n", "r.txt").bodies == [{"prompt": "BMW on a street"}]


def test_text_is_a_prompt_a_line() -> None:
    planned = plan("a red fox\r\n\r\n  a blue fox \n", "prompts.txt")

    assert planned.bodies == [{"prompt": "a red fox"}, {"prompt": "a blue fox"}]
    assert planned.jobs[1].place == Place("prompts.txt", 3, 3)


@pytest.mark.parametrize(
    "stdin",
    [
        '{"prompt": "x"}\n{"prompt": "y"}\n',
        '[{"prompt": "x"}, {"prompt": "y"}]',
        '{\n  "jobs": [{"prompt": "x"},\n {"prompt": "y"}]\n}\n',
        "- prompt: x\n- prompt: y\n",
        "---\nprompt: x\n---\nprompt: y\n",
    ],
)
def test_the_format_of_stdin_is_that_of_its_beginning(stdin: str) -> None:
    planned = plan("", stdin=stdin)

    assert planned.bodies == [{"prompt": "x"}, {"prompt": "y"}]
    assert planned.jobs[0].place.file == "stdin"


def test_stdin_that_may_be_csv_or_prompts_needs_from() -> None:
    with pytest.raises(UsageError) as raised:
        plan("", stdin="id,prompt\n1,x\n")

    assert raised.value.message == "stdin:1:1: the format of the input is unknown"
    assert str(raised.value.hint).startswith("add `--from csv`")
    assert plan("", stdin="id,prompt\n1,x\n", kind="csv").bodies == [{"prompt": "x"}]


def test_from_overrides_the_extension() -> None:
    assert plan("prompt\nx\n", "r.txt", kind="csv").bodies == [{"prompt": "x"}]
    with pytest.raises(UsageError, match="`--from`: `xlsx` is not one of jsonl, json"):
        plan("prompt\nx\n", "r.txt", kind="xlsx")


def test_a_line_of_openais_batch_is_its_id_and_its_body() -> None:
    planned = plan(
        '{"custom_id": "k", "method": "POST", "url": "/v1/x", "body": {"prompt": "p"}}', "r.jsonl"
    )

    assert planned.problems == []
    assert planned.keys == ["k"]
    assert planned.bodies == [{"prompt": "p"}]
