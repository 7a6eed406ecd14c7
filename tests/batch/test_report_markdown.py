"""`--report FILE.md`: tables for the summary page of a CI."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from luma_cli.batch.layout import Layout
from luma_cli.batch.report import markdown
from luma_cli.batch.report.markdown import MOST_BYTES, write
from luma_cli.batch.report.report import Report
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.summary import Summary
from luma_cli.errors import RejectedError
from luma_cli.redaction import the_run
from tests.batch.results import ALL, FAILED, SAVED

WHOLE = r"""# shots.csv

| Jobs | Saved | Failed | Unknown | Running | Not sent | Cost (USD) |
| --: | --: | --: | --: | --: | --: | --: |
| 7 | 2 | 2 | 1 | 1 | 1 | 0.2302 |

## Not saved

| Row | Key | Status | Prompt | Generation | Files | Cost (USD) | Error |
| --: | --- | --- | --- | --- | --- | --: | --- |
| 2 | vase | failed | a vase | gen\_2 |  |  | generation gen\_2 failed\: no output |
| 3 | bowl | refused | a bowl |  |  |  | aspect\_ratio is invalid |
| 5 | sofa | unknown | a sofa |  |  | 0.0434 | the connection broke after the request was sent |
| 6 | desk | not sent | a desk |  |  |  |  |
| 7 | door | running | a door | gen\_7 |  | 0.10 |  |

## Saved

| Row | Key | Status | Prompt | Generation | Files | Cost (USD) | Error |
| --: | --- | --- | --- | --- | --- | --: | --- |
| 1 | mug | saved | a mug | gen\_1 | out/mug.png | 0.0434 |  |
| 4 | lamp | skipped | a lamp | gen\_4 | out/lamp.png | 0.0434 |  |
"""


def written(results: Iterable[RowResult], title: str = "shots.csv") -> str:
    stream = io.StringIO(newline="")
    results = list(results)
    write(stream, Report(title, Layout(), Summary(results), iter(results)))
    return stream.getvalue()


def tables(text: str) -> list[list[list[str]]]:
    """Return the text of the cells of all rows of all tables, as a renderer shows them."""
    found: list[list[list[str]]] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and token.level == 4:
            found[-1][-1].append(shown(token))
    return found


def shown(token: Token) -> str:
    """Return the text of a cell, and fail for anything but text."""
    children = token.children or []
    kinds = {child.type for child in children} - {"text", "text_special"}
    assert kinds == set(), token.content
    return "".join(child.content for child in children)


def test_whole_file() -> None:
    assert written(ALL) == WHOLE


def test_nothing_is_said_of_what_there_is_not() -> None:
    text = written([SAVED])
    assert "| Jobs | Saved | Cost (USD) |\n" in text
    assert "Not saved" not in text
    assert "## Saved" not in written([FAILED])


@given(st.text() | st.text("|`\\<>&*_[]()!~$:@#\n\r\t \"'ab;"))
def test_any_text_is_one_cell_and_shown_as_it_is(text: str) -> None:
    result = RowResult(1, text, Status.REFUSED, error=RejectedError("x"), cells={"prompt": text})
    report = written([result, SAVED])
    counts, missing, saved = tables(report)
    assert [len(table) for table in (counts, missing, saved)] == [2, 2, 2]
    assert {len(row) for table in (missing, saved) for row in table} == {8}
    if text.isprintable():
        assert missing[1][3] == text.strip()
        assert missing[1][1] == result.short_key.strip()


@given(st.text())
def test_any_title_is_one_heading(title: str) -> None:
    assert len(tables(written(ALL, title))) == 3


def test_markup_is_not_rendered() -> None:
    text = "a | b `c` <img src=x> **d** [e](https://f.example) &amp; @team :tada:"
    result = SAVED._replace(cells={"prompt": f"{text}\n# g"})
    assert tables(written([result]))[1][1][3] == rf"{text}\n# g"


def test_secret_at_the_cut_is_removed() -> None:
    secret = "key-of-the-markdown-test"
    the_run.learn(secret)
    text = written([SAVED._replace(cells={"prompt": f"{'x ' * 145}{secret}"})])
    assert "key" not in text.replace("| Key |", "").lower()


def test_long_text_is_cut() -> None:
    result = SAVED._replace(cells={"prompt": "x" * 1000})
    assert f"| {'x' * 299}… |" in written([result])


def test_page_fits_a_summary_of_github() -> None:
    assert MOST_BYTES < 1024 * 1024


@pytest.mark.parametrize("failed", [0, 10, 500])
def test_rows_that_do_not_fit_are_counted(failed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MOST_BYTES", 20_000)
    results = [SAVED] * 500 + [FAILED] * failed
    text = written(results)
    assert 19_000 < len(text.encode()) <= 20_000
    rows = sum(len(table) - 1 for table in tables(text)[1:])
    notes = [line for line in text.splitlines() if "omitted" in line]
    assert rows + sum(int(note.split()[0]) for note in notes) == len(results)
    assert {note.partition(" ")[2] for note in notes} == {
        "more rows are omitted to keep this page below 1 MiB."
    }
    assert text.count("| failed |") == (rows if failed == 500 else failed)
