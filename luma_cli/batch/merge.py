"""The results of several manifests, such as those of shards, as those of one batch."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.batch.exit import error_of_run
from luma_cli.batch.layout import Layout
from luma_cli.batch.manifest import RunStart
from luma_cli.batch.manifest_reader import Event, read_events, read_result, run_of
from luma_cli.batch.report.files import check_report_path, write_report
from luma_cli.batch.report.report import Report
from luma_cli.batch.result import RowResult
from luma_cli.batch.status import show_results
from luma_cli.batch.summary import Summary
from luma_cli.errors import InputFileError, LumaError, PartialError

if TYPE_CHECKING:
    from luma_cli.output.output import Output

_HINT = "to continue, run the batch of each manifest again, then merge again"


def merge(out: Output, manifests: Sequence[Path], reports: Sequence[Path]) -> LumaError | None:
    """Write the reports of several manifests and print their results; sends nothing.

    Returns the error of the whole, `None` if the outputs of all jobs are on disk.
    """
    for path in reports:
        check_report_path(path)
    merged = MergedResults(manifests)
    for path in reports:
        write_report(path, merged.report())
    show_results(out, merged, merged.summary)
    error = error_of_run(merged.summary)
    if error is None and merged.missing:
        return PartialError(f"no manifest has a result of {_jobs(merged.missing)}", hint=_HINT)
    if merged.missing:
        out.warning(f"no manifest has a result of {_jobs(merged.missing)}")
    return error and error.but(hint=_HINT)


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count:,} jobs"


class _Line(NamedTuple):
    """Where a line is: the number of its manifest, and its first byte."""

    manifest: int
    offset: int


class _Newest(NamedTuple):
    """The newest event of a job, and the line that has the columns of its row."""

    at: str
    row: int
    line: _Line
    cells: _Line


class MergedResults:
    """The newest result of each job, in the order of the rows; holds 500 bytes of each.

    Can be iterated more than once. With `keys`, only jobs with one of these count. Raises
    `InputFileError` for a file that is no manifest.
    """

    def __init__(self, manifests: Sequence[Path], keys: Container[str] | None = None) -> None:
        self._manifests, self._keys = manifests, keys
        self._newest: dict[str, _Newest] = {}
        self._runs: list[RunStart] = []
        for number, path in enumerate(manifests):
            newest_run: RunStart | None = None
            for event in read_events(path):
                try:
                    if event.is_run:
                        newest_run = run_of(event)
                    else:
                        self._take(event, _Line(number, event.offset))
                except (ValueError, KeyError):
                    raise _damaged(path, event.offset) from None
            if newest_run is not None:
                self._runs.append(newest_run)

    def _take(self, event: Event, line: _Line) -> None:
        fields = event.fields
        key, at = str(fields["key"]), str(fields["at"])
        if self._keys is not None and key not in self._keys:
            return
        before = self._newest.get(key)
        if before is None or at >= before.at:
            cells = line if "cells" in fields or before is None else before.cells
            self._newest[key] = _Newest(at, int(fields["row"]), line, cells)

    def __iter__(self) -> Iterator[RowResult]:
        order = sorted(self._newest.items(), key=lambda item: (item[1].row, _natural(item[0])))
        with ExitStack() as files:
            streams = [files.enter_context(path.open("rb")) for path in self._manifests]
            for _, newest in order:
                line, cells = newest.line, newest.cells
                try:
                    result = read_result(streams[line.manifest], line.offset)
                    if cells != line:
                        own = read_result(streams[cells.manifest], cells.offset).cells
                        result = result._replace(cells=own)
                except ValueError:
                    raise _damaged(self._manifests[line.manifest], line.offset) from None
                yield result

    @cached_property
    def summary(self) -> Summary:
        """The counts of all jobs."""
        return Summary(self)

    @property
    def missing(self) -> int:
        """The number of jobs of which no manifest has an event: their run was killed."""
        return max(sum(run.jobs for run in self._runs) - len(self._newest), 0)

    @property
    def layout(self) -> Layout:
        """The columns of all inputs, in the text format of the first one."""
        if not self._runs:
            return Layout()
        columns = dict.fromkeys(name for run in self._runs for name in run.layout.columns)
        return self._runs[0].layout._replace(columns=tuple(columns))

    def report(self) -> Report:
        """Return what a report is made of."""
        titles = dict.fromkeys(run.name for run in self._runs)
        return Report(", ".join(titles) or "batch", self.layout, self.summary, self)


def _natural(key: str) -> list[tuple[int, str]]:
    """Return what sorts `mug-2` before `mug-10`."""
    return [(len(part), part) if part.isdigit() else (0, part) for part in re.split(r"(\d+)", key)]


def _damaged(path: Path, offset: int) -> InputFileError:
    return InputFileError(
        f"`{path}` is damaged: the line at byte {offset:,} has other members than a manifest's",
        hint="remove that line",
    )
