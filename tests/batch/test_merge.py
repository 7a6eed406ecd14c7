"""`batch --merge MANIFEST...`: the results of shards as those of one batch."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from luma_cli.batch.layout import Layout
from luma_cli.batch.manifest import STATE, SUBMITTED, Manifest, RunStart
from luma_cli.batch.merge import MergedResults, merge
from luma_cli.batch.report.spreadsheet import write
from luma_cli.batch.result import RowResult, Status
from luma_cli.errors import InputFileError, UsageError
from luma_cli.exit_codes import ExitCode
from luma_cli.output.output import Output
from luma_cli.output.style import Style
from tests.batch.results import ALL, FAILED, NOT_SENT, RUNNING, SAVED
from tests.support.program import Stream, TestClock

LAYOUT = Layout(("id", "prompt"))


def lines(results: MergedResults | list[RowResult]) -> list[str]:
    return [result.json_line() for result in results]


class Calendar(TestClock):
    """A clock whose time of day passes only when a test sleeps."""

    def epoch_seconds(self) -> float:
        return self.time


@pytest.fixture
def clock() -> TestClock:
    return Calendar()


@pytest.fixture
def shards(tmp_path: Path, clock: TestClock) -> list[Path]:
    """Two manifests, each with every second result, in the order in which the jobs ended."""
    paths = [tmp_path / "1" / "manifest.jsonl", tmp_path / "2" / "manifest.jsonl"]
    for path, results in zip(paths, (ALL[::2], ALL[1::2]), strict=True):
        with Manifest(path, clock) as manifest:
            manifest.start(RunStart("shots.csv", len(results), LAYOUT))
            manifest.record_all(reversed(results))
    return paths


def test_rows_are_in_order(shards: list[Path]) -> None:
    merged = MergedResults(shards)
    assert lines(merged) == lines(ALL)
    assert str(merged.summary).startswith("2 of 7 saved")
    assert merged.missing == 0


def test_report_is_that_of_one_run(shards: list[Path]) -> None:
    merged, stream = MergedResults(shards), io.StringIO(newline="")
    write(stream, merged.report())
    header, *rows = stream.getvalue().splitlines()
    assert header == "id,prompt,status,generation_id,files,cost_usd,error"
    assert [row.split(",")[0] for row in rows] == [each.key for each in ALL]
    assert merged.report().title == "shots.csv"


def test_newest_event_of_a_job_counts(shards: list[Path], clock: TestClock) -> None:
    clock.sleep(1)
    with Manifest(shards[1], clock) as manifest:
        manifest.start(RunStart("shots.csv", 3, LAYOUT))
        manifest.record(FAILED._replace(status=Status.RUNNING, error=None))
    merged = MergedResults(shards[::-1])
    assert {each.key: each.status for each in merged}["vase"] is Status.RUNNING
    assert merged.missing == 0


def test_older_manifest_is_overridden_whatever_its_place(tmp_path: Path, clock: TestClock) -> None:
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    with Manifest(old, clock) as manifest:
        manifest.record(NOT_SENT)
    clock.sleep(1)
    with Manifest(new, clock) as manifest:
        manifest.record(NOT_SENT._replace(status=Status.RUNNING))
    for paths in ([old, new], [new, old]):
        assert [each.status for each in MergedResults(paths)] == [Status.RUNNING]


def test_job_of_a_killed_run_has_its_columns(tmp_path: Path, clock: TestClock) -> None:
    path = tmp_path / "manifest.jsonl"
    with Manifest(path, clock) as manifest:
        manifest.start(RunStart("shots.csv", 40, LAYOUT))
        manifest.record(RUNNING, SUBMITTED)
        manifest.record(RUNNING, STATE)
    merged = MergedResults([path])
    assert [(each.status, each.cells) for each in merged] == [(Status.RUNNING, RUNNING.cells)]
    assert merged.missing == 39


def test_jobs_of_a_row_are_in_the_order_of_their_numbers(tmp_path: Path, clock: TestClock) -> None:
    path = tmp_path / "manifest.jsonl"
    with Manifest(path, clock) as manifest:
        for key in ("mug-10", "mug-2", "mug"):
            manifest.record(SAVED._replace(key=key))
    assert [each.key for each in MergedResults([path])] == ["mug", "mug-2", "mug-10"]


def test_columns_of_all_inputs_are_kept(tmp_path: Path, clock: TestClock) -> None:
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path, columns in zip(paths, (("id", "prompt"), ("size", "id")), strict=True):
        with Manifest(path, clock) as manifest:
            manifest.start(RunStart(path.name, 1, Layout(columns, ";", has_bom=True)))
    merged = MergedResults(paths)
    assert merged.layout == Layout(("id", "prompt", "size"), ";", has_bom=True)
    assert merged.report().title == "a.jsonl, b.jsonl"
    assert merged.missing == 2


def test_only_chosen_jobs_count(shards: list[Path]) -> None:
    assert [each.key for each in MergedResults(shards, {"mug", "sofa"})] == ["mug", "sofa"]


@pytest.mark.parametrize("line", ['{"version":1}', '{"version":1,"key":"a","at":"","row":"x"}'])
def test_line_with_other_members_is_damage(line: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    path.write_text(f"{line}\n")
    with pytest.raises(InputFileError, match="is damaged: the line at byte 0 "):
        MergedResults([path])


def test_line_that_is_no_result_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    path.write_text('{"version":1,"key":"a","at":"","row":1}\n')
    with pytest.raises(InputFileError, match="is damaged: the line at byte 0 "):
        list(MergedResults([path]))


def test_merge_writes_reports_and_prints_the_lines(shards: list[Path], tmp_path: Path) -> None:
    stdout, stderr = Stream(), Stream()
    out = Output(Stream(), stdout, stderr, {}, Style())
    report = tmp_path / "all.jsonl"
    error = merge(out, shards, [report])
    assert report.read_text() == stdout.getvalue() == "".join(f"{line}\n" for line in lines(ALL))
    assert error is not None
    assert (error.exit_code, error.message, error.hint) == (
        ExitCode.OUTCOME_UNKNOWN,
        "1 of 7 jobs failed, 1 refused, 1 unknown, 1 running, 1 not sent",
        "to continue, run the batch of each manifest again, then merge again",
    )
    assert stderr.getvalue() == ""


@pytest.mark.parametrize("result", [SAVED, FAILED])
def test_jobs_without_a_result_are_reported(
    result: RowResult, tmp_path: Path, clock: TestClock
) -> None:
    path = tmp_path / "manifest.jsonl"
    with Manifest(path, clock) as manifest:
        manifest.start(RunStart("shots.csv", 2, LAYOUT))
        manifest.record(result)
    stderr = Stream()
    error = merge(Output(Stream(), Stream(), stderr, {}, Style()), [path], [])
    assert error is not None
    if result is SAVED:
        assert (error.code, error.message) == ("partial", "no manifest has a result of 1 job")
    else:
        assert error.code == "generation_failed"
        assert stderr.getvalue() == "warning: no manifest has a result of 1 job\n"


def test_complete_merge_is_no_error(tmp_path: Path, clock: TestClock) -> None:
    path = tmp_path / "manifest.jsonl"
    with Manifest(path, clock) as manifest:
        manifest.start(RunStart("shots.csv", 1, LAYOUT))
        manifest.record(SAVED)
    assert merge(Output(Stream(), Stream(), Stream(), {}, Style()), [path], []) is None


def test_report_that_cannot_be_is_refused_first(tmp_path: Path) -> None:
    out = Output(Stream(), Stream(), Stream(), {}, Style())
    with pytest.raises(UsageError, match="no report has the extension"):
        merge(out, [tmp_path / "missing"], [tmp_path / "a.html"])
