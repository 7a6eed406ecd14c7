"""`.jsonl`: the lines of stdout."""

from __future__ import annotations

from typing import TextIO

from luma_cli.batch.report.report import Report


def write(stream: TextIO, report: Report) -> None:
    """Write a line for each job."""
    stream.writelines(f"{result.json_line()}\n" for result in report.results)
