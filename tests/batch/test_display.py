"""What a run prints: a line for each job that has ended, and the counts now and then."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from luma_cli.batch.board import Board
from luma_cli.batch.budget import Budget
from luma_cli.batch.display import Display
from luma_cli.batch.layout import Layout
from luma_cli.batch.manifest import Manifest, RunStart
from luma_cli.batch.pace import Pace
from luma_cli.batch.queue import SubmissionQueue
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.summary import Summary
from luma_cli.errors import (
    GenerationFailedError,
    NoMatchError,
    RejectedError,
    StdoutError,
    UncollectedError,
)
from luma_cli.output.output import Output
from luma_cli.output.style import Style
from tests.batch.planning import plan
from tests.batch.results import ALL, FAILED, MUG, SAVED
from tests.support.program import Stream, TestClock

BEGINNING = """\
✓  1  mug  out/mug.png  0:12  $0.0434
✗  2  vase  generation gen_2 failed: no output
✗  3  bowl  aspect_ratio is invalid
?  5  sofa  the connection broke after the request was sent
"""


class FullStream(Stream):
    """A stdout on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


class Shown:
    """A display with streams, and without a terminal unless one is asked for."""

    def __init__(
        self,
        folder: Path,
        stdout: Stream,
        style: Style | None = None,
        *,
        columns: int = 80,
        total: int = 10,
    ) -> None:
        self.clock, self.stdout, self.stderr = TestClock(), stdout, Stream()
        out = Output(Stream(), stdout, self.stderr, {"NO_COLOR": "1"}, style or Style(), columns)
        self.budget = Budget(Decimal(3))
        manifest = Manifest(folder / "manifest.jsonl", self.clock)
        manifest.start(RunStart("shots", 10, Layout(("prompt",))))
        board = Board(self.clock)
        self.display = Display(out, board, manifest, self.clock, total, self.budget, is_live=False)

    def print(self, results: Iterable[RowResult]) -> None:
        for result in results:
            self.display.print_result(result)

    def change(self, *, seconds: float = 0.0, is_stopping: bool = False) -> float:
        self.clock.time += seconds
        jobs = plan("prompt\na mug\na vase\n").jobs
        queue = SubmissionQueue(jobs, Pace(1), self.budget)
        return self.display.changed(queue, 1, self.clock.time, is_stopping=is_stopping)


def test_rows_that_have_ended_have_a_line_for_people(tmp_path: Path) -> None:
    shown = Shown(tmp_path, Stream(terminal=True))
    shown.print(ALL)
    assert shown.stdout.getvalue() == BEGINNING
    assert shown.stderr.getvalue() == ""


def test_a_hint_is_printed_once_and_only_if_that_of_the_run_does_not_say_it(
    tmp_path: Path,
) -> None:
    shown = Shown(tmp_path, Stream(terminal=True))
    errors = [
        RejectedError("no such model", hint="write `uni-1`"),
        RejectedError("no such type", hint="write `uni-1`"),
        UncollectedError("no link", hint="run `… resume gen_2`", generation_id="gen_2"),
        GenerationFailedError("no", hint="submit it again", failure_code="generation_failed"),
    ]
    shown.print([FAILED._replace(error=error) for error in errors])
    assert shown.stderr.getvalue() == "hint: write `uni-1`\n"


def test_the_error_of_a_single_row_is_that_of_the_run(tmp_path: Path) -> None:
    shown = Shown(tmp_path, Stream(terminal=True), total=1)
    shown.print([FAILED])
    assert shown.stdout.getvalue() == shown.stderr.getvalue() == ""
    shown.print([SAVED])
    assert shown.stdout.getvalue() == "✓ 1  mug  out/mug.png  0:12  $0.0434\n"


@pytest.mark.parametrize(
    ("columns", "rest"),
    [(80, "  0:12  $0.0434"), (37, "  0:12  $0.0434"), (36, "  0:12"), (27, ""), (10, "")],
)
def test_a_path_is_never_cut(tmp_path: Path, columns: int, rest: str) -> None:
    shown = Shown(tmp_path, Stream(terminal=True), columns=columns)
    shown.print([SAVED])
    assert shown.stdout.getvalue() == f"✓  1  mug  out/mug.png{rest}\n"


def test_several_files_and_a_row_without_a_time(tmp_path: Path) -> None:
    shown = Shown(tmp_path, Stream(terminal=True))
    shown.print([SAVED._replace(row=10, files=[MUG, MUG], seconds=None, cost=None)])
    assert shown.stdout.getvalue() == "✓ 10  mug  out/mug.png, out/mug.png\n"


def test_programs_get_lines_of_json(tmp_path: Path) -> None:
    shown = Shown(tmp_path, Stream())
    shown.print(ALL)
    assert shown.stdout.getvalue() == "".join(f"{result.json_line()}\n" for result in ALL)
    assert shown.stderr.getvalue() == ""


def test_a_format_is_for_each_row(tmp_path: Path) -> None:
    shown = Shown(tmp_path, Stream(), Style(format="json"))
    shown.print(ALL[:2])
    decoder, text, keys = json.JSONDecoder(), shown.stdout.getvalue(), []
    while text:
        document, end = decoder.raw_decode(text)
        keys.append(document["key"])
        text = text[end:].lstrip()
    assert keys == ["mug", "vase"]


def test_a_row_without_a_match_does_not_end_the_run(tmp_path: Path) -> None:
    shown = Shown(tmp_path, Stream(), Style(transform="files.0.path", raw_output=True))
    shown.print(ALL)
    assert shown.stdout.getvalue() == "out/mug.png\nout/lamp.png\n"
    assert shown.display.problem is None


def test_a_transform_without_any_match_is_an_error(tmp_path: Path) -> None:
    shown = Shown(tmp_path, Stream(), Style(transform="nothing"))
    shown.print(ALL)
    assert shown.stdout.getvalue() == ""
    assert isinstance(shown.display.problem, NoMatchError)


def test_a_full_stdout_ends_the_printing_only(tmp_path: Path) -> None:
    shown = Shown(tmp_path, FullStream())
    shown.print(ALL)
    assert isinstance(shown.display.problem, StdoutError)
    assert shown.stderr.getvalue() == (
        "warning: cannot write to stdout: no space left on device; the outputs are still saved\n"
    )


def test_without_a_terminal_the_counts_are_printed_every_30_seconds(tmp_path: Path) -> None:
    shown = Shown(tmp_path, Stream())
    assert shown.change() == 30.0
    assert shown.change(seconds=29.9) == 30.0
    assert shown.stderr.getvalue() == ""
    shown.budget.spent = Decimal("0.0404")
    shown.display.ended(SAVED, Summary([SAVED]))
    assert shown.change(seconds=0.1) == 60.0
    assert shown.change(seconds=10.0) == 60.0
    assert shown.stderr.getvalue() == (
        "note: 1 saved · 2 waiting · ~$0.0404 of $3.00 · 1:00 left · 1 job is running, the limit\n"
    )
    shown.change(seconds=30.0, is_stopping=True)
    assert shown.stderr.getvalue().splitlines()[1:] == [
        "note: 1 saved · 2 not sent · ~$0.0404 of $3.00"
    ]


def test_quiet_prints_no_counts(tmp_path: Path) -> None:
    shown = Shown(tmp_path, Stream(), Style(quiet=True))
    shown.change(seconds=31.0)
    assert shown.stderr.getvalue() == ""


def test_counts_on_a_terminal_are_renewed_every_second(tmp_path: Path) -> None:
    stderr = io.StringIO()
    out = Output(Stream(), Stream(), stderr, {}, Style())
    clock = TestClock()
    with Manifest(tmp_path / "manifest.jsonl", clock) as manifest:
        display = Display(out, Board(clock), manifest, clock, 1, Budget(None), is_live=True)
        queue = SubmissionQueue([], Pace(), Budget(None))
        assert display.changed(queue, 0, 50.0, is_stopping=False) == 51.0
    assert stderr.getvalue() == ""


def test_status_of_a_row_that_was_done_before_is_only_counted(tmp_path: Path) -> None:
    shown = Shown(tmp_path, Stream(terminal=True))
    done = SAVED._replace(status=Status.SKIPPED, reused=True)
    shown.print([done])
    assert shown.stdout.getvalue() == ""
    assert Summary([done, SAVED]).saved_before == 1
