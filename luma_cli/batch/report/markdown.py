"""`.md`: counts, then the jobs without outputs, then the saved ones, for a CI's summary page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TextIO

from luma_cli.batch.report.report import Report, dollars, error_of
from luma_cli.batch.result import RowResult, Status
from luma_cli.output.terminal import one_line
from luma_cli.redaction import without_secrets

# GitHub shows no summary of more than 1 MiB; the rest is for other text on the page.
MOST_BYTES = 1_000_000
_MOST_CHARACTERS = 300  # of a cell
_MARKUP = re.compile(r"[\\`*_\[\]<>&~$:@]")
_HEADINGS = ("Row", "Key", "Status", "Prompt", "Generation", "Files", "Cost (USD)", "Error")
_ALIGNMENTS = ("--:", "---", "---", "---", "---", "---", "--:", "---")
_COUNTS = {
    "Failed": (Status.FAILED, Status.REFUSED),
    "Unknown": (Status.UNKNOWN,),
    "Running": (Status.RUNNING,),
    "Not sent": (Status.NOT_SENT,),
}


def write(stream: TextIO, report: Report) -> None:
    """Write tables of at most `MOST_BYTES`; rows beyond them are counted."""
    head = f"# {_cell(report.title)}\n\n{_table_of_counts(report)}"
    stream.write(head)
    missing, saved = _Rows("Not saved"), _Rows("Saved")
    room = MOST_BYTES - len(head.encode(errors="replace"))
    for result in report.results:
        (saved if result.is_saved else missing).add(result, room)
    missing.fit(room)
    saved.fit(room - missing.bytes)
    for rows in (missing, saved):
        rows.write(stream)


class _Rows:
    """The rows of a section, as many as fit; never holds more than that."""

    _OMISSION_BYTES = 100  # more than the heading of a section and its last line need

    def __init__(self, title: str) -> None:
        heading = _line(_HEADINGS) + _line(_ALIGNMENTS)
        self._head = f"\n## {title}\n\n{heading}"
        self._lines: list[tuple[str, int]] = []
        self._omitted = 0
        self.bytes = len(self._head) + self._OMISSION_BYTES

    def add(self, result: RowResult, room: int) -> None:
        """Keep a row if it fits and no earlier one was omitted."""
        if self._omitted:
            self._omitted += 1
            return
        line = _row(result)
        size = len(line.encode(errors="replace"))
        if self.bytes + size > room:
            self._omitted = 1
            return
        self._lines.append((line, size))
        self.bytes += size

    def fit(self, room: int) -> None:
        """Omit the last rows until the section fits."""
        while self._lines and self.bytes > room:
            _, size = self._lines.pop()
            self.bytes -= size
            self._omitted += 1
        if not self._lines and not self._omitted:
            self.bytes = 0

    def write(self, stream: TextIO) -> None:
        """Write the section; nothing without rows."""
        if self._lines:
            stream.write(self._head)
            stream.writelines(line for line, _ in self._lines)
        if self._omitted:
            rows = "1 more row is" if self._omitted == 1 else f"{self._omitted:,} more rows are"
            stream.write(f"\n{rows} omitted to keep this page below 1 MiB.\n")


def _table_of_counts(report: Report) -> str:
    summary = report.summary
    counts = {"Jobs": f"{summary.jobs:,}", "Saved": f"{summary.saved:,}"}
    for title, statuses in _COUNTS.items():
        if number := summary.count(*statuses):
            counts[title] = f"{number:,}"
    counts["Cost (USD)"] = format(summary.cost, "f")
    return _line(counts) + _line("--:" for _ in counts) + _line(counts.values())


def _row(result: RowResult) -> str:
    return _line(
        _cell(text)
        for text in (
            str(result.row),
            result.short_key,
            result.status.replace("_", " "),
            result.cells.get("prompt", ""),
            result.generation_id or "",
            ", ".join(file.path for file in result.files),
            dollars(result),
            error_of(result),
        )
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(text: str) -> str:
    """Return a text that a renderer shows as it is, on one line."""
    plain = without_secrets(text)  # before it is cut, which could leave a part of a secret
    if len(plain) > _MOST_CHARACTERS:
        plain = plain[: _MOST_CHARACTERS - 1] + "…"
    plain = one_line(plain).replace("\t", " ")
    # A table is split at each `|` first, and renderers differ in which ones a backslash escapes.
    return _MARKUP.sub(r"\\\g<0>", plain).replace("|", "&#124;")
