"""`manifest.jsonl`: appended, synced, readable after a kill at any byte."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.batch.layout import Layout
from luma_cli.batch.manifest import STATE, SUBMITTED, Manifest, RunStart
from luma_cli.batch.manifest_reader import read_events, read_result, run_of
from luma_cli.batch.result import RowResult
from luma_cli.errors import InputFileError, OutputExistsError, SaveError
from tests.batch.results import ALL, MUG, REFUSED, SAVED
from tests.support.program import TestClock

RUN = RunStart("shots.csv", 7, Layout(("id", "prompt"), ";", has_bom=True))
WRITE = os.write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "manifest.jsonl"


@pytest.fixture
def write(path: Path, clock: TestClock) -> Callable[..., None]:
    """A run that records these results."""

    def run(*results: RowResult) -> None:
        with Manifest(path, clock) as manifest:
            manifest.start(RUN)
            for result in results:
                manifest.record(result)

    return run


def results_in(path: Path) -> list[RowResult]:
    with path.open("rb") as stream:
        events = [event for event in read_events(path) if not event.is_run]
        return [read_result(stream, event.offset) for event in events]


def comparable(results: list[RowResult]) -> list[tuple[str, object, object]]:
    return [(each.json_line(), each.cells, each.seconds) for each in results]


def test_whole_file(path: Path, clock: TestClock) -> None:
    with Manifest(path, clock) as manifest:
        manifest.start(RUN)
        manifest.record(SAVED._replace(generation_text=None), SUBMITTED)
        manifest.record(SAVED._replace(generation_text=None), STATE)
        manifest.record(REFUSED)
    at = json.loads(path.read_text().splitlines()[0])["at"]
    job = (
        '"row":1,"key":"mug","status":"saved","reused":false,"generation_id":"gen_1",'
        '"generation":null,"files":[{"path":"out/mug.png","bytes":48213,"sha256":"'
        + "ab" * 32
        + '","content_type":"image/png"}],"cost_usd":0.0434,"error":null,"seconds":12.5'
    )
    assert path.read_text() == (
        f'{{"version":1,"at":"{at}","event":"run","run":"shots.csv","jobs":7,'
        '"columns":["id","prompt"],"delimiter":";","has_bom":true}\n'
        f'{{"version":1,"at":"{at}","event":"submitted",{job},'
        '"cells":{"id":"mug","prompt":"a mug"}}\n'
        f'{{"version":1,"at":"{at}","event":"state",{job}}}\n'
        f'{{"version":1,"at":"{at}","event":"refused",{REFUSED.json_line()[1:-1]},"seconds":null,'
        '"exchange":["POST","https://api.example/v1/generations"],'
        '"cells":{"id":"bowl","prompt":"a bowl"}}\n'
    )


def test_results_come_back(path: Path, write: Callable[..., None]) -> None:
    write(*ALL)
    assert comparable(results_in(path)) == comparable(ALL)
    first = next(read_events(path))
    assert first.is_run
    assert run_of(first) == RUN


def test_many_results_at_once(path: Path, clock: TestClock) -> None:
    results = [SAVED._replace(row=row, key=str(row)) for row in range(2500)]
    with Manifest(path, clock) as manifest:
        manifest.record_all(results)
    assert comparable(results_in(path)) == comparable(results)


def test_later_run_appends(path: Path, write: Callable[..., None]) -> None:
    write(SAVED)
    write(REFUSED)
    assert comparable(results_in(path)) == comparable([SAVED, REFUSED])


def test_events_are_read_while_the_run_writes(path: Path, clock: TestClock) -> None:
    with Manifest(path, clock) as manifest:
        manifest.record(SAVED)
        assert len(results_in(path)) == 1
        manifest.record(REFUSED)
        assert len(results_in(path)) == 2


def test_events_of_several_threads_are_whole(path: Path, clock: TestClock) -> None:
    with Manifest(path, clock) as manifest, ThreadPoolExecutor(8) as threads:
        list(threads.map(manifest.record, [SAVED] * 50))
    assert [each.json_line() for each in results_in(path)] == [SAVED.json_line()] * 50


def test_path_of_other_bytes_comes_back(path: Path, write: Callable[..., None]) -> None:
    odd = SAVED._replace(files=[MUG._replace(path=os.fsdecode(b"out/\xff.png"))])
    write(odd)
    path.read_text("utf-8")
    assert results_in(path)[0].files == odd.files


def test_every_cut_leaves_the_whole_lines(
    path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)  # 1,000 times would take seconds
    with Manifest(path, clock) as manifest:
        manifest.start(RUN)
        manifest.record(SAVED._replace(cells={"prompt": "ü — ✓"}))
        manifest.record(REFUSED)
    content = path.read_bytes()
    for end in range(1, len(content)):
        path.write_bytes(content[:end])
        whole = content[:end].count(b"\n")
        with Manifest(path, clock) as manifest:
            manifest.record(SAVED)
        is_complete = content[end : end + 1] == b"\n"
        assert len(list(read_events(path))) == whole + is_complete + 1
        assert path.read_bytes().startswith(content[:end])
        assert results_in(path)[-1].json_line() == SAVED.json_line()


@given(st.binary(max_size=30))
def test_any_damage_leaves_the_other_lines(damage: bytes) -> None:
    path = Path("damaged.jsonl")
    lines = [b'{"version":1,"event":"run"}', damage.replace(b"\n", b""), b'{"version":1}']
    path.write_bytes(b"\n".join(lines))
    assert [event.offset for event in read_events(path)] == [0, len(b"\n".join(lines[:2])) + 1]


@pytest.mark.parametrize("room", [0, 1, 40])
def test_write_that_fails_is_reported_and_cuts_no_later_line(
    room: int, path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = room

    def full(descriptor: int, data: memoryview) -> int:
        nonlocal left
        if left <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = WRITE(descriptor, data[:left])
        left -= written
        return written

    with Manifest(path, clock) as manifest:
        manifest.start(RUN)
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(SaveError, match=r"cannot write `.*manifest\.jsonl`: no space left"):
            manifest.record(SAVED)
        monkeypatch.undo()
        manifest.record(REFUSED)
    assert [each.key for each in results_in(path)] == ["bowl"]


def test_each_event_is_synced(
    path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    with Manifest(path, clock) as manifest:
        monkeypatch.setattr(os, "fsync", lambda _descriptor: synced.append(path.stat().st_size))
        manifest.start(RUN)
        manifest.record(SAVED)
    assert synced[-1] == path.stat().st_size
    assert len(synced) == 2


@pytest.mark.parametrize("content", ['{"name": "my app"}\n', "hello", '[{"version":1}]'])
def test_file_of_something_else_is_left_alone(content: str, path: Path, clock: TestClock) -> None:
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(OutputExistsError, match="exists and is no manifest of a batch"):
        Manifest(path, clock)
    assert path.read_text() == content


def test_folder_that_refuses_is_named(path: Path, clock: TestClock) -> None:
    path.mkdir(parents=True)
    with pytest.raises(SaveError, match="cannot write"):
        Manifest(path, clock)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("hello\n", "is no manifest of a batch"),
        ("", "is no manifest of a batch"),
        ('{"version":2,"event":"novel"}\n', "was written by a newer version"),
    ],
)
def test_other_files_are_no_manifest(content: str, message: str, path: Path) -> None:
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(InputFileError, match=message):
        list(read_events(path))


def test_missing_manifest_is_named(path: Path) -> None:
    with pytest.raises(InputFileError, match=r"cannot read `.*`: no such file"):
        list(read_events(path))
