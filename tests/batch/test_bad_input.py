"""Bad input is an error with its place, and no job is made of it."""

from __future__ import annotations

import pytest

from luma_cli.batch.place import Severity
from luma_cli.batch.problems import Problems
from luma_cli.batch.readers.formats import read_table
from luma_cli.batch.readers.separated import read_separated
from luma_cli.batch.table import BadRow
from luma_cli.errors import InputFileError, UsageError
from luma_cli.host import Host
from tests.batch.planning import plan

AS_UTF_8 = (
    "in Excel, save it as `CSV UTF-8`; in LibreOffice, choose the character set UTF-8; or run"
    " `iconv -f {} -t UTF-8`"
)


@pytest.mark.parametrize(
    ("name", "content", "message", "hint"),
    [
        ("r.csv", "", "r.csv:1:1: the file is empty", "is the program that writes it done?"),
        (
            "r.jsonl",
            "\n \n",
            "r.jsonl:1:1: the file is empty",
            "is the program that writes it done?",
        ),
        ("r.csv", "id,prompt\n", "r.csv:1:1: the file has a header and no rows", None),
        (
            "r.csv",
            "a red fox,16:9\na blue fox,1:1\n",
            "r.csv:1:1: no known column in the header: `a red fox`, `16:9`",
            "the first line names the columns, as in `prompt,aspect_ratio`",
        ),
        (
            "r.csv",
            "\npromt\na fox\n",
            "r.csv:2:1: no known column in the header: `promt`",
            "did you mean `prompt`?",
        ),
        ("r.csv", "id,prompt,id\n1,a,2\n", "r.csv:1:11: the column `id` appears twice", None),
        (
            "r.csv",
            'id,prompt\n1,"a"\n2,"b"c\n',
            "r.csv:3:1: the quotes of this row do not match: ',' expected after '\"'",
            None,
        ),
        (
            "r.csv",
            'id,prompt\n1,"a\n2,b\n',
            "r.csv:2:1: the quotes of this row do not match: unexpected end of data",
            None,
        ),
        ("r.png", b"\x89PNG\r\n\x1a\n\0\0", "r.png:1:1: the file is binary, not text", None),
        (
            "r.csv",
            b"PK\x03\x04 a workbook",
            "r.csv:1:1: the file is a workbook or an archive, not text",
            "save it as `CSV UTF-8`",
        ),
        (
            "r.csv",
            "prompt\nx\n".encode("utf-16"),
            "r.csv:1:1: the text is UTF-16, not UTF-8",
            AS_UTF_8.format("UTF-16"),
        ),
        (
            "r.csv",
            "prompt\nx\n".encode("utf-16-le"),
            "r.csv:1:1: the text is UTF-16LE, not UTF-8",
            AS_UTF_8.format("UTF-16LE"),
        ),
        (
            "r.csv",
            "id;prompt\r\n1;ok\r\n2;Schüssel\r\n".encode("windows-1252"),
            "r.csv:3:6: the text is not UTF-8 but most likely Windows-1252: byte 0xfc is `ü` there",
            AS_UTF_8.format("WINDOWS-1252"),
        ),
        (
            "r.csv",
            b"prompt\nx\n\x81\xff\n",
            "r.csv:3:1: the text is not UTF-8: byte 0x81",
            "save it as UTF-8",
        ),
        (
            "r.csv",
            "prompt\n" + "x" * 600 + "\0\n",
            "r.csv:2:601: NUL is not text",
            "save it as text in UTF-8",
        ),
        (
            "r.yaml",
            "- prompt: x\n  aspect_ratio: [1\n- b\n",
            "r.yaml:4:1: the file is not valid YAML: expected ',' or ']', but got '<stream end>'",
            None,
        ),
        (
            "r.yaml",
            "- prompt: x\n  prompt: y\n",
            "r.yaml:2:3: the file is not valid YAML: the key `prompt` appears twice",
            None,
        ),
        (
            "r.yaml",
            "hello\n",
            "r.yaml:1:1: the document is not a list of jobs",
            "a file is a list of jobs, or a mapping with the keys `defaults` and `jobs`",
        ),
        (
            "r.json",
            '{"jobs": [{"prompt": "x"}], "default": {}}',
            "r.json:1:1: unknown key `default` beside `jobs`",
            "a file is a list of jobs, or a mapping with the keys `defaults` and `jobs`",
        ),
        (
            "r.json",
            '[{"prompt": "x"},\n {"prompt": }]',
            "r.json:2:13: the file is not valid JSON: expecting value",
            None,
        ),
        ("r.json", "[NaN]", "r.json:1:1: NaN is not valid JSON", None),
        (
            "r.json",
            "[" * 200 + "]" * 200,
            "r.json:1:1: the value nests more than 128 levels deep",
            None,
        ),
        ("r.json", "[]", "r.json:1:1: the file has no jobs", None),
    ],
)
def test_an_input_that_is_no_table_ends_the_command(
    name: str, content: str | bytes, message: str, hint: str | None
) -> None:
    with pytest.raises(InputFileError) as raised:
        plan(content, name)

    assert raised.value.message == message
    assert hint is None or raised.value.hint == hint


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InputFileError, match=r"cannot read `nope\.csv`: no such file or directory"):
        read_table("nope.csv", None, Host.of_this_process())


@pytest.mark.parametrize(
    ("name", "content", "problem", "hint"),
    [
        (
            "r.csv",
            "prompt,tag\na,b\nprompt,tag\n",
            "r.csv:3:1: the header appears again",
            "remove the line",
        ),
        (
            "r.csv",
            "id,prompt\n1,a red fox, running\n",
            "r.csv:2:13: the row has 3 cells, and the header has 2",
            'a text with the delimiter in it needs quotes, as in "red, blue"',
        ),
        ("r.csv", "id,prompt\n2\n", "r.csv:2:1: the row has 1 cell, and the header has 2", None),
        ("r.csv", "id,,prompt\n1,x,y\n", "r.csv:2:3: the column of this cell has no name", None),
        (
            "r.csv",
            'id,prompt\n1,"=HYPERLINK(""x"")"\n',
            'r.csv:2:3: the cell has a formula: =HYPERLINK("x")',
            "save values, not formulas; a text that begins with `=` is written as `'=`",
        ),
        (
            "r.csv",
            'prompt,sku\n"a\nb ""{{sk}}""",1\n"{{sku}}",2\n',
            "r.csv:3:5: prompt: unknown variable `{{sk}}`",
            "did you mean `sku`?",
        ),
        (
            "r.txt",
            "a {{name}} fox\n",
            "r.txt:1:3: prompt: unknown variable `{{name}}`",
            r"`\{{` is a literal `{{`",
        ),
        (
            "r.csv",
            "prompt\n{{a\n",
            "r.csv:2:1: prompt: `{{` begins no variable",
            r"`\{{` is a literal `{{`",
        ),
        (
            "r.csv",
            "id,prompt\n1,a\n2,b\n1,c\n",
            "r.csv:4:1: the id `1` is already that of r.csv:2:1",
            None,
        ),
        (
            "r.csv",
            "prompt,ref\n" + "".join(f"{n},\n" for n in range(16)) + "b,pics/17.png\n",
            "r.csv:18:3: ref: cannot read `pics/17.png`: no such file or directory",
            "check the path and its permissions",
        ),
        (
            "r.csv",
            "prompt,ref\na,../x.png\n",
            "r.csv:2:3: ref: `../x.png` is outside the working directory",
            "add `--allow-outside` to read files of other folders",
        ),
        (
            "r.csv",
            "prompt,ref\na,gen:@last\n",
            "r.csv:2:3: image_ref: `gen:@last` is another generation after each job",
            "write the id of the generation",
        ),
        ("r.csv", "prompt,ref\na,-\n", "r.csv:2:3: ref: stdin cannot be a REF here", None),
        (
            "r.csv",
            "prompt,web_search\na,maybe\n",
            "r.csv:2:3: web_search: `maybe` is neither true nor false",
            "write `true` or `false`",
        ),
        (
            "r.csv",
            "prompt,keyframe\na,b\n",
            "r.csv:2:3: keyframe: `keyframe b` is not INDEX=REF",
            "write `24=mid.png`",
        ),
        (
            "r.csv",
            'prompt,video\na,"{duraton: 5s}"\n',
            "r.csv:2:3: video: unknown key `video.duraton`",
            "did you mean `video.duration`?",
        ),
        ("r.csv", "prompt,type\n,image\n", "r.csv:2:1: `prompt` is missing", None),
        (
            "r.csv",
            "prompt,count\na,0\n",
            "r.csv:2:3: count: 0 makes no job",
            "remove the row, or write 1",
        ),
        (
            "r.csv",
            "prompt,count\na,x\n",
            "r.csv:2:3: count: `x` is not a whole number, 0 or more",
            None,
        ),
        (
            "r.csv",
            "prompt,output\na,../x.png\n",
            "r.csv:2:3: output: `../x.png` is no path under the folder of the outputs",
            "name a file without `..`, as in `shoes/red.png`",
        ),
        (
            "r.csv",
            "prompt,output\na,d/\n",
            "r.csv:2:3: output: `d/` is a folder",
            "name a file, as in `shoes/red.png`",
        ),
        (
            "r.csv",
            "prompt,output\na,x/a.png\nb,X/A.png\n",
            "r.csv:3:3: the output `X/A.png` is already that of r.csv:2:3",
            None,
        ),
        (
            "r.jsonl",
            '{"prompt": "y"\n',
            "r.jsonl:1:15: the line is not valid JSON: expecting ',' delimiter",
            None,
        ),
        ("r.jsonl", "[1]\n", "r.jsonl:1:1: the line is not a JSON object", 'write `{"prompt": …}`'),
        ("r.jsonl", '{"a": 1, "a": 2}', "r.jsonl:1:1: the key `a` appears twice", None),
        ("r.jsonl", '{"a": 1e999}', "r.jsonl:1:1: the number 1e999 is too large", None),
        (
            "r.jsonl",
            '[{"prompt": "x"},\n',
            "r.jsonl:1:18: the line is not valid JSON: expecting value",
            "add `--from json`",
        ),
        (
            "r.jsonl",
            '{"prompt": "a", "source": {"urll": "x"}}',
            "r.jsonl:1:27: unknown key `urll` in `source`",
            "did you mean `url`?",
        ),
        ("r.json", '[{"prompt": "x"},\n  3]', "r.json:2:3: the element is not an object", None),
        ("r.yaml", "- prompt: x\n- y\n", "r.yaml:2:3: the job is not a mapping", None),
        (
            "r.yaml",
            "- prompt: x\n  ref: nope.png\n",
            "r.yaml:2:8: ref: cannot read `nope.png`: no such file or directory",
            "check the path and its permissions",
        ),
        (
            "r.csv",
            "prompt,aspect_ratio\na,4:3\n",
            "r.csv:2:3: aspect_ratio: 4:3 is not one of 1:1, 1:2, 1:3, 16:9, 2:1, 2:3, 3:1, 3:2,"
            " 9:16",
            None,
        ),
        (
            "r.csv",
            "prompt,type\na,video\n",
            "r.csv:2:3: Type 'video' is not supported for model 'uni-1'",
            None,
        ),
    ],
)
def test_a_row_with_an_error_is_named_and_the_others_are_read(
    name: str, content: str, problem: str, hint: str | None
) -> None:
    planned = plan(content, name)

    assert planned.errors[:1] == [problem]
    first = next(each for each in planned.problems if each.is_fatal)
    assert hint is None or first.hint == hint


@pytest.mark.parametrize(
    ("name", "content", "problem", "hint"),
    [
        (
            "r.csv",
            "prompt,aspct_ratio\na,1:1\n",
            "r.csv:1:8: unknown column `aspct_ratio`",
            "did you mean `aspect_ratio`?",
        ),
        (
            "r.csv",
            "prompt,colour\na,red\n",
            "r.csv:1:8: unknown column `colour`",
            "use it in a text as `{{colour}}`, send it as `body.colour`, or add"
            " `--ignore-unknown-columns`",
        ),
        (
            "r.jsonl",
            '{"prompt": "a"}\n{"prompt": "b", "aspct_ratio": "1:1"}\n',
            "r.jsonl:2:32: unknown column `aspct_ratio`",
            "did you mean `aspect_ratio`?",
        ),
    ],
)
def test_an_unknown_column_that_no_text_uses_is_an_error_of_the_input(
    name: str, content: str, problem: str, hint: str
) -> None:
    planned = plan(content, name)

    assert [(str(each), each.severity, each.hint) for each in planned.problems] == [
        (problem, Severity.INPUT, hint)
    ]
    assert plan(content, name, ignore_unknown_columns=True).problems == []


def test_a_variable_of_a_flag_that_no_column_has_is_an_error_of_the_flag() -> None:
    with pytest.raises(UsageError) as raised:
        plan("colour\nred\n", flags=[("--prompt", "a {{color}} fox")])

    assert raised.value.message == "`--prompt`: unknown variable `{{color}}`"
    assert raised.value.hint == "did you mean `colour`?"


def test_a_variable_of_a_flag_that_one_row_lacks_is_an_error_of_the_row() -> None:
    planned = plan(
        '{"colour": "red"}\n{"colr": "red"}\n', "r.jsonl", [("--prompt", "a {{colour}} fox")]
    )

    assert planned.errors[0] == "r.jsonl:2:1: --prompt: unknown variable `{{colour}}`"
    assert planned.bodies == [{"prompt": "a red fox"}]


def test_the_broken_last_row_of_very_many_is_found() -> None:
    rows = "".join(f"{number},fox {number}\n" for number in range(100_000))

    table = read_separated(f"id,prompt\n{rows}x\n", "r.csv")

    assert table.total == 100_001
    bad = [row for row in table.rows if isinstance(row, BadRow)]
    assert [str(problem) for row in bad for problem in row.problems] == [
        "r.csv:100002:1: the row has 1 cell, and the header has 2"
    ]


def test_the_first_20_problems_are_listed_and_the_others_counted() -> None:
    planned = plan("prompt,ref\n" + "".join(f"{n},{n}.png\n" for n in range(31)))
    problems = Problems("shots.csv")
    for each in planned.problems:
        problems.add(each)

    listed = list(problems.errors())
    assert len(listed) == 21
    assert listed[0] == (
        "shots.csv:2:3: ref: cannot read `0.png`: no such file or directory"
        " (check the path and its permissions)"
    )
    assert listed[-1] == "and 11 more"
    error = problems.error()
    assert error is not None
    assert (error.message, error.exit_code) == (
        "`shots.csv` has 31 errors; nothing was sent",
        2,
    )
    assert problems.error(skip_invalid=True) is None


def test_rows_that_only_the_rules_refuse_end_with_exit_3() -> None:
    problems = Problems("shots.csv")
    for each in plan("prompt,aspect_ratio,model\na,4:3,\nb,1:1,uni-9\n").problems:
        problems.add(each)

    error = problems.error()
    assert error is not None
    assert (error.message, error.exit_code) == ("`shots.csv` has 1 error; nothing was sent", 3)
    assert error.hint == "`--skip-invalid` submits the other rows"
    assert list(problems.warnings()) == [
        "shots.csv:3:7: model: uni-9 is not one of uni-1, uni-1-max, ray-3.2"
    ]


def test_an_error_of_the_whole_input_cannot_be_skipped() -> None:
    problems = Problems("shots.csv")
    for each in plan("prompt,aspct_ratio\na,4:3\n").problems:
        problems.add(each)

    error = problems.error(skip_invalid=True)
    assert error is not None
    assert (error.exit_code, error.hint) == (2, None)
