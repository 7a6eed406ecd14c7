"""`--report FILE.jsonl`: the lines of stdout."""

from __future__ import annotations

import io

from luma_cli.batch.layout import Layout
from luma_cli.batch.report.json_lines import write
from luma_cli.batch.report.report import Report
from luma_cli.batch.summary import Summary
from tests.batch.results import ALL


def test_whole_file() -> None:
    stream = io.StringIO()
    write(stream, Report("shots.csv", Layout(), Summary(ALL), iter(ALL)))
    assert stream.getvalue() == "".join(f"{result.json_line()}\n" for result in ALL)
