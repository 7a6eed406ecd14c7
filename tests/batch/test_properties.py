"""What holds for any input: nothing but rows and errors with places, keys that stay, safe names."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from luma_cli.batch.columns import KNOWN_COLUMNS
from luma_cli.batch.flags import FORMATS
from luma_cli.batch.job import BatchOptions
from luma_cli.batch.names import Names
from luma_cli.batch.place import Place
from luma_cli.batch.readers.formats import STDIN, read_table
from luma_cli.batch.readers.json_text import read_json, read_json_lines
from luma_cli.batch.readers.separated import read_separated
from luma_cli.batch.readers.text_of_file import decoded
from luma_cli.batch.readers.yaml_text import read_yaml
from luma_cli.batch.table import BadRow, Row, Table
from luma_cli.errors import InputFileError, UsageError
from luma_cli.host import Host
from tests.batch.planning import plan

# A file with other control characters is binary, and lone surrogates are no text in UTF-8.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"),
    min_size=1,
    max_size=12,
)
NAMES = st.text("abcdefghij", min_size=1, max_size=4)
SCALARS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=4)
BYTES = (
    st.binary(max_size=60)
    | TEXTS.map(str.encode)
    | st.text("[]{},:\"-\n\t ab1;'|&*!").map(str.encode)
)
ROWS = st.lists(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4), min_size=1, max_size=5)


def rows_of(table: Table) -> list[Row]:
    rows = list(table.rows)
    assert len(rows) <= table.total
    assert all(isinstance(row, Row) for row in rows)
    return [row for row in rows if isinstance(row, Row)]


@st.composite
def sheets(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    header = draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
    cell = TEXTS.filter(lambda text: not text.startswith(("=", "'"))) | st.just("")
    rows = st.lists(cell, min_size=len(header), max_size=len(header))
    usable = rows.filter(lambda row: any(row) and row != header)
    return header, draw(st.lists(usable, min_size=1, max_size=5))


@given(sheets(), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_csv_round_trip(
    sheet: tuple[list[str], list[list[str]]], delimiter: str, end: str, is_marked: bool
) -> None:
    header, rows = sheet
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end)
    writer.writerows([header, *rows])
    data = written.getvalue().encode("utf-8-sig" if is_marked else "utf-8")

    read = rows_of(read_separated(decoded(data, "r.csv"), "r.csv"))

    assert [list(row.cells.values()) for row in read] == rows
    assert [list(row.cells) for row in read] == [header] * len(rows)
    for row in read:
        for column, text in row.cells.items():
            there = at(decoded(data, "r.csv"), row.locate(column))
            assert there.startswith(text.partition("\n")[0][:1] if text else "") or there[0] == '"'


def at(text: str, place: Place) -> str:
    return text.split("\n")[place.line - 1][place.column - 1 :]


@given(ROWS)
def test_json_round_trips(rows: list[dict[str, object]]) -> None:
    lines = "\n".join(json.dumps(row) for row in rows)
    pretty = json.dumps(rows, indent=2, ensure_ascii=False)

    for table, text in (
        (read_json_lines(lines, "r.jsonl"), lines),
        (read_json(pretty, "r.json"), pretty),
        (read_json(json.dumps({"jobs": rows}), "r.json"), json.dumps({"jobs": rows})),
    ):
        read = rows_of(table)
        assert [row.cells for row in read] == rows
        for row in read:
            for key, value in row.cells.items():
                there = at(text, row.locate(key))
                opening = json.dumps(value, ensure_ascii=False)[:1]
                assert there.startswith(opening)


@given(ROWS)
def test_yaml_round_trips(rows: list[dict[str, object]]) -> None:
    text = yaml.safe_dump(rows, allow_unicode=True)
    try:
        read = rows_of(read_yaml(text, "r.yaml"))
    except InputFileError:  # PyYAML writes what YAML 1.2 reads as another value or not at all
        return
    assert [list(row.cells) for row in read] == [sorted(row) for row in rows]
    for row in read:
        assert all(row.locate(key).line >= row.place.line for key in row.cells)


@pytest.mark.parametrize("kind", FORMATS)
@given(data=BYTES)
@example(data=b'{"a": "\\ud800"}')
@example(data=b"[" * 1000)
@example(data=b"{a: &x [*x]}")
@example(data=b"? [a]\n: b")
@example(data=b"- {<<: 1}")
@example(data=b"1" * 5000)
def test_any_bytes_are_rows_or_an_error_with_a_place(kind: str, data: bytes) -> None:
    host = Host(io.TextIOWrapper(io.BytesIO(data)), io.StringIO(), io.StringIO(), {})
    rows: list[Row | BadRow] = []
    message = "stdin:"
    try:
        rows += read_table(STDIN, kind, host).rows
    except (InputFileError, UsageError) as problem:
        message = problem.message
    assert message.startswith("stdin:")
    for row in rows:
        assert row.place.line >= 1
        assert row.place.column >= 1
        if isinstance(row, Row):
            assert all(row.locate(column).line >= row.place.line for column in row.cells)


COLUMNS = st.sampled_from(KNOWN_COLUMNS) | st.sampled_from(
    ["body.x", "body.video", "body.", "video.edit.controls.pose", "ref.1", "keyframe.2", "body"]
)
ODD = st.text("{}a@|=.-/:~", max_size=8) | st.sampled_from(
    ["{{prompt}}", "gen:@last", "gen:a", "null", "@-", "file:///etc/passwd", "[1]", "{url: 1}"]
)
MAPPINGS = st.dictionaries(st.sampled_from(["url", "edit", "start_frame", "x"]), VALUES | ODD)


@given(
    st.lists(
        st.dictionaries(COLUMNS, VALUES | ODD | MAPPINGS, min_size=1, max_size=4),
        min_size=1,
        max_size=3,
    )
)
@example([{"count": [], "id": {}, "tag": 1, "output": ["x"]}])
@example([{"prompt": "x", "video.start_frame": 1, "source": [], "ref": 1, "keyframe": {}}])
@example([{"body.video": 1, "video": {"edit": {"strength": 1}}, "layering": 1}])
def test_rows_of_any_values_become_jobs_or_problems(rows: list[dict[str, object]]) -> None:
    lines = "\n".join(json.dumps(row) for row in rows)
    for lax in (False, True):
        planned = plan(lines, "r.jsonl", embed_files=lax, check=not lax, ignore_unknown_columns=lax)
        assert planned.jobs or planned.errors
        assert all(problem.place.file == "r.jsonl" for problem in planned.problems)
        for job in planned.jobs:
            json.dumps(job.cells)
            assert job.request.encoded.length > 0


@given(st.lists(COLUMNS, min_size=1, max_size=4, unique=True), st.data())
def test_tables_of_any_texts_become_jobs_or_problems(
    header: list[str], data: st.DataObject
) -> None:
    row = st.lists(ODD | TEXTS, min_size=len(header), max_size=len(header))
    written = io.StringIO(newline="")
    csv.writer(written).writerows([header, *data.draw(st.lists(row, min_size=1, max_size=3))])
    with suppress(InputFileError, UsageError):
        plan(written.getvalue(), "r.csv", flags=[("--prompt", f"{{{{{header[0]}}}}}")])


@given(
    st.lists(st.tuples(NAMES, NAMES | st.just("")), min_size=1, max_size=6, unique=True),
    st.randoms(use_true_random=False),
)
def test_keys_do_not_depend_on_the_order_of_rows_or_on_other_rows(
    rows: list[tuple[str, str]], random: Random
) -> None:
    def keys(chosen: list[tuple[str, str]]) -> dict[str, list[str]]:
        lines = "".join(f"p {prompt},{user}\n" for prompt, user in chosen)
        found: dict[str, list[str]] = {}
        for job in plan(f"prompt,user_id\n{lines}").jobs:
            found.setdefault(str(sorted(job.request.body.items())), []).append(job.key)
        return found

    shuffled = list(rows)
    random.shuffle(shuffled)
    assert keys(rows) == keys(shuffled)
    assert keys(rows[:1]).items() <= keys(shuffled).items()


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["..", ".", "a", "/", "\\", "~", "C:"])).map("".join)
)
@example("a/../../b")
def test_an_output_never_leaves_the_folder(output: str) -> None:
    names = Names(BatchOptions(Path("out")), 1, ())
    try:
        target = names.target_at(output)
    except UsageError:
        return
    assert target.output is not None
    assert target.output.resolve().is_relative_to(Path("out").resolve())
    assert target.output.resolve() != Path("out").resolve()


@given(TEXTS, TEXTS)
def test_a_name_is_one_file_in_the_folder(key: str, cell: str) -> None:
    names = Names(BatchOptions(Path("out"), "{key}-{col.x}"), 1, ("x",))

    target = names.target(1, key, {"x": cell}.get, {"type": "image"})

    path = target.path("gen", 0, 1, "image/png", url="https://x.test/a.png", facts={})
    assert path.parent == Path("out")
    assert path.name not in ("", ".", "..")
