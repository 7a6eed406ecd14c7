"""`batch --status`: counts and a table, or lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from luma_cli.batch.result import RowResult
from luma_cli.batch.status import show_results
from luma_cli.batch.summary import Summary
from luma_cli.output.output import Output
from luma_cli.output.style import Style
from tests.batch.results import ALL, SAVED
from tests.support.program import Stream

LONG = SAVED._replace(row=100, key="0123456789abcdef" * 4, generation_id="7b0c4c1e-9d8f-4a3b")
WIDE = """\
2 of 7 saved, 1 failed, 1 refused, 1 unknown, 1 running, 1 not sent · $0.2302
ROW  KEY   STATUS    GENERATION     COST  FILE OR ERROR
  1  mug   saved     gen_1       $0.0434  out/mug.png
  2  vase  failed    gen_2             -  generation gen_2 failed: no output
  3  bowl  refused   -                 -  aspect_ratio is invalid
  4  lamp  skipped   gen_4       $0.0434  out/lamp.png
  5  sofa  unknown   -           $0.0434  the connection broke after the reques…
  6  desk  not sent  -                 -  -
  7  door  running   gen_7         $0.10  -
"""
NARROW = """\
2 of 7 saved, 1 failed, 1 refused, 1 unknown, 1 running, 1 not sent · $0.2302
ROW  KEY   STATUS    FILE OR ERROR
  1  mug   saved     out/mug.png
  2  vase  failed    generation gen_2 f…
  3  bowl  refused   aspect_ratio is in…
  4  lamp  skipped   out/lamp.png
  5  sofa  unknown   the connection bro…
  6  desk  not sent  -
  7  door  running   -
"""


@pytest.fixture
def shown() -> Callable[..., str]:
    """What is printed of some results."""

    def show(
        *results: RowResult, columns: int = 80, terminal: bool = True, style: Style | None = None
    ) -> str:
        stdout = Stream(terminal=terminal)
        environ = {"NO_COLOR": "1"}
        out = Output(Stream(), stdout, Stream(), environ, style or Style(), columns)
        show_results(out, iter(results), Summary(results))
        return stdout.getvalue()

    return show


def test_table_for_people(shown: Callable[..., str]) -> None:
    assert shown(*ALL) == WIDE


def test_narrow_terminal_omits_columns(shown: Callable[..., str]) -> None:
    assert shown(*ALL, columns=40) == NARROW


def test_long_keys_and_ids_are_cut(shown: Callable[..., str]) -> None:
    assert shown(LONG).splitlines()[2] == (
        "100  0123456789abcdef0123456…  saved   7b0c4c1e    $0.0434  out/mug.png"
    )


def test_no_jobs_are_counted(shown: Callable[..., str]) -> None:
    assert shown() == "0 of 0 saved · $0.00\n"


def test_programs_get_a_line_for_each_job(shown: Callable[..., str]) -> None:
    assert shown(*ALL, terminal=False) == "".join(f"{result.json_line()}\n" for result in ALL)


def test_flags_choose_another_form(shown: Callable[..., str]) -> None:
    style = Style(transform="key", raw_output=True)
    assert shown(*ALL[:2], style=style) == "mug\nvase\n"
    document = shown(SAVED, terminal=False, style=Style(format="json"))
    assert document.startswith('{\n  "row": 1,\n')
    assert json.loads(document)["key"] == "mug"
