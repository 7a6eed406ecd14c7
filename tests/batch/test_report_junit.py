"""`--report FILE.xml`: a test case for each job."""

from __future__ import annotations

import io
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from luma_cli.batch.layout import Layout
from luma_cli.batch.report.junit import write
from luma_cli.batch.report.report import Report
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.summary import Summary
from luma_cli.errors import RejectedError
from tests.batch.results import ALL

WHOLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="7" failures="2" errors="2" time="43.750">
  <testsuite name="shots.csv" tests="7" failures="2" errors="2" time="43.750" skipped="1">
    <testcase name="mug" classname="shots.csv" time="12.500">
      <system-out>row: 1
prompt: a mug
generation: gen_1
[[ATTACHMENT|out/mug.png]]</system-out>
    </testcase>
    <testcase name="vase" classname="shots.csv" time="31.250">
      <failure message="generation gen_2 failed: no output" type="generation_failed">\
run it again</failure>
      <system-out>row: 2
prompt: a vase
generation: gen_2</system-out>
    </testcase>
    <testcase name="bowl" classname="shots.csv" time="0.000">
      <failure message="aspect_ratio is invalid" type="rejected"></failure>
      <system-out>row: 3
prompt: a bowl</system-out>
    </testcase>
    <testcase name="lamp" classname="shots.csv" time="0.000">
      <system-out>row: 4
prompt: a lamp
generation: gen_4
[[ATTACHMENT|out/lamp.png]]</system-out>
    </testcase>
    <testcase name="sofa" classname="shots.csv" time="0.000">
      <error message="the connection broke after the request was sent" type="outcome_unknown">\
</error>
      <system-out>row: 5
prompt: a sofa</system-out>
    </testcase>
    <testcase name="desk" classname="shots.csv" time="0.000">
      <skipped message="not sent"/>
      <system-out>row: 6
prompt: a desk</system-out>
    </testcase>
    <testcase name="door" classname="shots.csv" time="0.000">
      <error message="running" type="running"></error>
      <system-out>row: 7
prompt: a door
generation: gen_7</system-out>
    </testcase>
  </testsuite>
</testsuites>
"""


def written(results: list[RowResult], title: str = "shots.csv") -> str:
    stream = io.StringIO(newline="")
    write(stream, Report(title, Layout(), Summary(results), iter(results)))
    return stream.getvalue()


def test_whole_file() -> None:
    assert written(ALL) == WHOLE


@given(st.text(), st.text(st.characters(max_codepoint=0x100)))
def test_any_text_makes_a_document(text: str, other: str) -> None:
    error = RejectedError(other, hint=text)
    result = RowResult(1, text, Status.REFUSED, error=error, cells={"prompt": other})
    (suite,) = ElementTree.fromstring(written([result, *ALL], text).encode())  # noqa: S314
    assert len(suite) == 8
    assert [len(suite.findall(f"*/{name}")) for name in ("failure", "error", "skipped")] == [
        int(suite.attrib["failures"]),
        int(suite.attrib["errors"]),
        int(suite.attrib["skipped"]),
    ]


def test_breaks_and_quotes_survive() -> None:
    key = 'a "b"\n<c>\t&\r'
    result = RowResult(1, key, Status.SAVED, cells={"prompt": "x\r\ny ]]> <z>"})
    (suite,) = ElementTree.fromstring(written([result]))  # noqa: S314 - written above
    assert suite[0].attrib["name"] == key
    assert suite[0][0].text == "row: 1\nprompt: x\r\ny ]]> <z>"


def test_control_characters_are_removed() -> None:
    result = RowResult(1, "a\x00b\x1b[0m\ufffe\ud83e", Status.SAVED)
    (suite,) = ElementTree.fromstring(written([result]))  # noqa: S314 - written above
    assert suite[0].attrib["name"] == "ab[0m"
