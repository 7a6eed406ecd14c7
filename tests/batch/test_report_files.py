"""Reports replace their file in one step."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from luma_cli.batch.layout import Layout
from luma_cli.batch.report.files import check_report_path, write_report
from luma_cli.batch.report.report import Report
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.summary import Summary
from luma_cli.errors import SaveError, UsageError
from tests.batch.results import ALL, MUG, SAVED

FORMATS = ("csv", "jsonl", "xml", "md")


def report_of(*results: RowResult) -> Report:
    return Report("shots.csv", Layout(("id", "prompt")), Summary(results), iter(results))


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("extension", FORMATS)
def test_report_is_whole_and_alone(extension: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / f"report.{extension}"
    write_report(path, report_of(*ALL))
    first = path.read_bytes()
    assert first.count(b"mug") > 0
    write_report(path, report_of(SAVED))
    assert len(path.read_bytes()) < len(first)
    assert files_in(path.parent) == {path.name}


def test_bytes_are_utf_8_with_the_line_breaks_of_the_format(tmp_path: Path) -> None:
    path = tmp_path / "report.CSV"
    write_report(path, report_of(SAVED._replace(cells={"id": "ü", "prompt": "a\nb"})))
    assert b'\r\n\xc3\xbc,"a\nb",saved,' in path.read_bytes()


@pytest.mark.parametrize("extension", FORMATS)
def test_path_of_other_bytes_is_written_as_an_escape(extension: str, tmp_path: Path) -> None:
    path = tmp_path / f"report.{extension}"
    result = SAVED._replace(files=[MUG._replace(path=os.fsdecode(b"out/\xff.png"))])
    write_report(path, report_of(result))
    text = path.read_text("utf-8")
    if extension == "jsonl":
        assert json.loads(text)["files"][0]["path"] == os.fsdecode(b"out/\xff.png")


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("problem", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_failure_leaves_the_old_report(
    extension: str, problem: type[KeyboardInterrupt] | OSError, tmp_path: Path
) -> None:
    path = tmp_path / f"report.{extension}"
    path.write_text("old")

    def results() -> Iterator[RowResult]:
        yield SAVED
        raise problem

    report = report_of(SAVED)._replace(results=results())
    with pytest.raises((KeyboardInterrupt, SaveError)):
        write_report(path, report)
    assert path.read_text() == "old"
    assert files_in(tmp_path) == {path.name, "home", "work"}


def test_disk_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "report.csv"
    with pytest.raises(SaveError, match=r"cannot write the report `.*report\.csv`: "):
        write_report(path, report_of(SAVED))


def test_mode_of_the_old_report_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.touch(0o600)
    write_report(path, report_of(SAVED))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_link_is_followed(tmp_path: Path) -> None:
    real = tmp_path / "real.csv"
    real.write_text("old")
    path = tmp_path / "report.csv"
    path.symlink_to(real)
    write_report(path, report_of(SAVED))
    assert path.is_symlink()
    assert "mug" in real.read_text()


def test_pipe_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    os.mkfifo(path)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(path.read_text()))
    reader.start()
    write_report(path, report_of(SAVED))
    reader.join()
    assert read == [f"{SAVED.json_line()}\n"]
    assert path.is_fifo()


_KILLED = """
import os, signal, sys
from pathlib import Path
from luma_cli.batch.report import files
from luma_cli.batch.layout import Layout
from luma_cli.batch.report.report import Report
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.summary import Summary

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

files.rename_over = killed
results = [RowResult(1, "new", Status.SAVED)]
files.write_report(Path(sys.argv[1]), Report("a", Layout(), Summary(results), results))
"""


def test_kill_before_the_rename_leaves_the_old_report(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    path.write_text("old")
    killed = subprocess.run([sys.executable, "-c", _KILLED, path], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    write_report(path, report_of(SAVED))
    assert path.read_text() == f"{SAVED.json_line()}\n"
    assert files_in(tmp_path) == {path.name, "home", "work"}


def test_report_is_streamed(tmp_path: Path) -> None:
    """A result that was written is not held: the weak point of 100,000 rows."""
    alive: list[int] = []
    count = 0

    class Cells(dict[str, str]):
        def __del__(self) -> None:
            nonlocal count
            count -= 1

    def results() -> Iterator[RowResult]:
        nonlocal count
        for row in range(1, 2001):
            count += 1
            alive.append(count)
            yield RowResult(row, str(row), Status.SAVED, cells=Cells(prompt="x"))

    for extension in FORMATS:
        report = report_of()._replace(results=results())
        write_report(tmp_path / f"report.{extension}", report)
    assert max(alive) <= 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("report.html", "`--report report.html`: no report has the extension `.html`"),
        ("report", "`--report report`: the name has no extension, which chooses the format"),
    ],
)
def test_other_extensions_are_refused(name: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_report_path(Path(name))
    assert (raised.value.message, raised.value.hint) == (
        message,
        "use .csv, .jsonl, .xml or .md",
    )


def test_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(UsageError, match="it is a folder"):
        check_report_path(tmp_path / "a.csv")
    check_report_path(tmp_path / "b.CSV")
