"""The journal's file and entries."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.errors import JournalError, JournalLockedError, UsageError
from luma_cli.journal import find, spending
from luma_cli.journal.entry import NewSubmission
from luma_cli.journal.find import Filter
from luma_cli.journal.journal import Journal
from luma_cli.journal.schema import VERSION

ID = "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"
warnings: list[str] = []


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    warnings.clear()
    yield tmp_path / "state" / "history.db"
    warnings.clear()


@pytest.fixture
def journal(path: Path) -> Journal:
    return Journal(path, warnings.append)


def draft(prompt: str = "a red fox", cost: str | None = "0.0404", **request: Any) -> NewSubmission:
    return NewSubmission(
        profile="default",
        base_url="https://api.test/v1",
        request={"prompt": prompt, **request},
        cost=None if cost is None else Decimal(cost),
        plan={"wait": True, "output": None, "folder": None, "overwrite": False},
    )


def accepted(journal: Journal, generation_id: str, **fields: Any) -> int:
    entry = journal.begin(draft(**fields))
    journal.record_attempt(entry, "r1")
    journal.record_accepted(entry, generation_id)
    return entry


def test_an_entry_from_first_to_last(journal: Journal) -> None:
    entry = journal.begin(draft(model="uni-1-max"))
    (begun,) = journal.entries("1")
    assert (begun.entry, begun.status, begun.generation_id) == (entry, "sending", None)
    assert (begun.type, begun.model, begun.cost) == ("image", "uni-1-max", Decimal("0.0404"))

    journal.record_attempt(entry, "r1")
    journal.record_attempt(entry, "r2")
    journal.record_accepted(entry, ID)
    journal.record_state(ID, "processing")
    journal.record_end(ID, "failed", ("content_moderated", "No."), timed=True)
    journal.record_state(ID, "processing")  # an end is the end
    journal.record_file(ID, {"path": "/a.png"})
    journal.record_done(ID)

    (last,) = journal.entries("1")
    assert [attempt["request_id"] for attempt in last.attempts] == ["r1", "r2"]
    assert (last.status, last.failure_code, last.failure_reason) == (
        "failed",
        "content_moderated",
        "No.",
    )
    assert last.ended_at is not None
    assert (last.files, last.is_done) == ([{"path": "/a.png"}], True)


def test_the_same_state_is_not_written_again(journal: Journal, path: Path) -> None:
    accepted(journal, ID)
    journal.record_state(ID, "processing")
    log = path.with_name("history.db-wal")
    size = log.stat().st_size

    journal.record_state(ID, "processing")
    assert log.stat().st_size == size

    journal.record_state(ID, "queued")
    assert log.stat().st_size > size


def test_the_journal_is_private(journal: Journal, path: Path) -> None:
    accepted(journal, ID)

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes.pop("sending") == 0o700
    assert set(modes) == {"history.db", "history.db-wal", "history.db-shm"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_write_is_on_disk(journal: Journal) -> None:
    ((mode,),) = journal.read("PRAGMA journal_mode")
    ((full,),) = journal.read("PRAGMA synchronous")
    assert (mode, full) == ("wal", 2)


@pytest.mark.parametrize("damage", [b"this is no database, but some text" * 40, b"\0" * 5000])
def test_a_damaged_journal_is_kept_and_reported(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)

    journal = Journal(path, warnings.append)

    (kept,) = [file for file in path.parent.iterdir() if ".damaged-" in file.name]
    assert kept.read_bytes() == damage
    assert warnings == [f"the journal was damaged and is kept as `{kept}`; a new one was created"]
    assert journal.entries("1") == []


def test_a_truncated_journal_is_kept_and_reported(path: Path) -> None:
    with closing(Journal(path, warnings.append)._connection):  # noqa: SLF001 - to have it written
        pass
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    journal = Journal(path, warnings.append)

    assert len(warnings) == 1
    journal.begin(draft())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(JournalError, match="cannot use the journal"):
        Journal(tmp_path / "file" / "history.db", warnings.append)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.usefixtures("journal")
def test_a_file_that_cannot_be_written(path: Path) -> None:
    path.chmod(0o400)

    with pytest.raises(JournalError, match="readonly"):
        Journal(path, warnings.append).begin(draft())


def test_a_newer_file_is_left_as_it_is(journal: Journal, path: Path) -> None:
    accepted(journal, ID)
    journal.read(f"PRAGMA user_version = {VERSION + 1}")
    journal.read("ALTER TABLE submissions ADD COLUMN more TEXT")

    assert find.entry_of(Journal(path, warnings.append), ID) is not None
    assert journal.read("PRAGMA user_version")[0][0] == VERSION + 1


def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    path.parent.mkdir()
    path.touch()

    accepted(Journal(path, warnings.append), ID)

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_many_at_once(path: Path) -> None:
    def submit(number: int) -> None:
        accepted(Journal(path, warnings.append), f"id-{number}")

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(submit, range(20)))

    entries = Journal(path, warnings.append).entries("1")
    assert {entry.generation_id for entry in entries} == {f"id-{n}" for n in range(20)}
    assert len({entry.entry for entry in entries}) == 20
    assert warnings == []


def test_many_at_once_may_be_the_first(tmp_path: Path) -> None:
    for attempt in range(50):  # a collision is rare
        path = tmp_path / str(attempt) / "history.db"
        together = threading.Barrier(8)

        def begin(_: int, path: Path = path, together: threading.Barrier = together) -> None:
            together.wait()
            Journal(path, warnings.append)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(begin, range(8)))


@given(st.text(st.characters(codec=None)))
def test_any_prompt_can_be_kept(tmp_path_factory: pytest.TempPathFactory, prompt: str) -> None:
    journal = Journal(tmp_path_factory.mktemp("state") / "history.db", warnings.append)

    journal.begin(draft(prompt))

    (entry,) = journal.entries("1")
    assert entry.request == {"prompt": prompt}
    assert json.dumps(entry.everything())
    entry.prompt.encode()  # is whole text


def test_the_last_ones_have_names(journal: Journal) -> None:
    for number in range(3):
        accepted(journal, f"{number}{ID[1:]}")
    journal.begin(draft())  # has no id

    assert find.find_id(journal, "@last") == f"2{ID[1:]}"
    assert find.find_id(journal, "@last~2") == f"0{ID[1:]}"
    with pytest.raises(UsageError, match="there is no `@last~3`"):
        find.find_id(journal, "@last~3")


def test_the_beginning_of_an_id_is_enough(journal: Journal) -> None:
    accepted(journal, ID)
    other = ID[:12] + "9" * 24
    accepted(journal, other)

    assert find.find_id(journal, ID[:14].upper()) == ID
    assert find.find_id(journal, other[:15]) == other
    assert find.find_id(journal, "aaaaaaaa") == "aaaaaaaa"
    with pytest.raises(UsageError, match="several generations begin with"):
        find.find_id(journal, ID[:8])


@pytest.mark.parametrize("an_id", ["gen_1", "7b0c4c1", ID, "@lasting", "@last~", "x" * 12])
def test_other_ids_need_no_journal(an_id: str) -> None:
    assert not find.is_short(an_id)


def test_filters(journal: Journal) -> None:
    accepted(journal, "a", prompt="Red FOX", model="uni-1-max")
    accepted(journal, "b", prompt="blue", type="video")
    journal.record_refused(journal.begin(draft("red")), "No")

    def ids(**wanted: Any) -> list[str | None]:
        return [entry.generation_id for entry in find.listed(journal, Filter(**wanted))]

    assert ids() == [None, "b", "a"]
    assert ids(limit=1) == [None]
    assert ids(search="red fox") == ["a"]
    assert ids(model="uni-1-max") == ["a"]
    assert ids(type="video", state="queued") == ["b"]
    assert ids(state="refused") == [None]
    assert ids(since=0) == [None, "b", "a"]
    assert ids(since=4e9) == []


def test_spending_leaves_out_what_is_not_charged(journal: Journal) -> None:
    accepted(journal, "a", cost="0.1")
    accepted(journal, "b", cost="0.2", model="uni-1-max")
    accepted(journal, "c", cost=None)
    accepted(journal, "d", cost="9")
    journal.record_end("d", "failed", ("content_moderated", None), timed=False)
    accepted(journal, "e", cost="0.3")
    journal.record_end("e", "failed", ("budget_exhausted", None), timed=False)
    journal.record_refused(journal.begin(draft(cost="7")), "No")

    assert spending.spending(journal, "model") == [
        {"model": "uni-1-max", "jobs": 1, "cost_usd": 0.2, "jobs_of_unknown_cost": 0},
        {"model": "uni-1", "jobs": 3, "cost_usd": 0.4, "jobs_of_unknown_cost": 1},
    ]
    assert spending.spent_since(journal, 0) == Decimal("0.6")
    assert spending.spent_since(journal, 4e9) == 0


def test_a_time_is_expected_after_five(journal: Journal) -> None:
    (entry,) = journal.entries("entry = ?", accepted(journal, "asks"))
    for number in range(5):
        assert find.typical_seconds(journal, entry) is None
        accepted(journal, str(number))
        journal.record_end(str(number), "completed", (None, None), timed=True)

    assert find.typical_seconds(journal, entry) is not None
    assert find.typical_seconds(journal, entry._replace(type="video")) is None
    assert find.typical_seconds(journal, entry._replace(base_url="https://b.test/v1")) is None
    assert find.typical_seconds(journal, entry._replace(sandbox="nonce")) is None


def test_a_busy_timeout_ends_with_its_block(journal: Journal, path: Path) -> None:
    entry = journal.begin(draft())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        with journal.busy_timeout(0.2), pytest.raises(JournalLockedError, match="locked"):
            journal.record_accepted(entry, ID)
        assert 0.15 < time.monotonic() - start < 5
        other.execute("COMMIT")
        with journal.busy_timeout(0.2):
            journal.record_accepted(entry, ID)
    assert [each.generation_id for each in journal.entries("1")] == [ID]


def test_a_signal_ends_the_wait_for_another_process(journal: Journal, path: Path) -> None:
    class SignalError(Exception):
        pass

    def handle(*_: object) -> None:
        raise SignalError

    before = signal.signal(signal.SIGALRM, handle)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            start = time.monotonic()
            with pytest.raises(SignalError):
                journal.begin(draft())
            assert time.monotonic() - start < 10
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_busy_timeout_holds_for_a_thread_of_this_process_too(journal: Journal) -> None:
    begun, leave = threading.Event(), threading.Event()

    def keep_it() -> None:
        with journal.transaction():
            begun.set()
            leave.wait(30)

    thread = threading.Thread(target=keep_it)
    thread.start()
    assert begun.wait(30)
    with journal.busy_timeout(0.1), pytest.raises(JournalLockedError):
        journal.read("SELECT 1")
    leave.set()
    thread.join()
    assert journal.read("SELECT 1")[0][0] == 1


def test_threads_may_wait_longer_for_each_other_than_for_other_processes(journal: Journal) -> None:
    begun, leave, waits = threading.Event(), threading.Event(), threading.Event()

    def keep_it() -> None:
        with journal.transaction():
            begun.set()
            assert waits.wait(30)
            leave.wait(0.05)

    thread = threading.Thread(target=keep_it)
    thread.start()
    assert begun.wait(30)
    with journal.busy_timeout(0.0, turn=30):
        waits.set()
        assert journal.read("SELECT 1")[0][0] == 1
    thread.join()


def test_a_signal_may_read_the_journal_while_it_is_in_use(journal: Journal) -> None:
    def look(*_: object) -> None:
        seen.append(journal.read("SELECT count(*) FROM submissions")[0][0])

    seen: list[int] = []
    before = signal.signal(signal.SIGUSR1, look)
    try:
        with journal.transaction():
            journal.begin(draft())
            signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert seen == [1]


def test_a_signal_that_raises_leaves_no_lock_and_no_half_transaction(
    journal: Journal, path: Path
) -> None:
    def begin_and_interrupt() -> None:
        with journal.transaction():
            journal.begin(draft())
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        begin_and_interrupt()

    journal.begin(draft("later"))
    assert [each.prompt for each in Journal(path, warnings.append).entries("1")] == ["later"]


def test_an_unreadable_answer_keeps_its_beginning(journal: Journal) -> None:
    entry = journal.begin(draft())
    journal.record_unknown(entry, "no JSON", answer="\ud800" + "x" * 5000)

    (unknown,) = journal.entries("1")
    assert unknown.everything()["answer"] == "\ufffd" + "x" * 1023


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("limit", [None, 0, 3, 4, 100])
def test_pages_are_read_one_at_a_time(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, newest_first: bool, limit: int | None
) -> None:
    monkeypatch.setattr("luma_cli.journal.journal._PAGE", 2)
    numbers = [journal.begin(draft(str(number))) for number in range(5)]

    read = [each.entry for each in journal.each("1", newest_first=newest_first, limit=limit)]

    assert read == (numbers[::-1] if newest_first else numbers)[:limit]
