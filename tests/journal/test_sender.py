"""Who sends a submission: a lock that a killed process cannot keep, and nothing else is asked."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from luma_cli.journal import find, sender
from luma_cli.journal.entry import NewSubmission
from luma_cli.journal.journal import Journal
from tests.support.program import Program, Result

BASE_URL = "https://api.test/v1"
SEND = """
import sys, time
from pathlib import Path
from luma_cli.journal.entry import NewSubmission
from luma_cli.journal.journal import Journal

journal = Journal(Path(sys.argv[1]), print)
for name in sys.argv[3:]:
    entry = journal.begin(
        NewSubmission("default", sys.argv[2], {"prompt": name}, None, {"wait": True})
    )
    if name != "unsent":
        journal.record_attempt(entry, "r1")
    if "not accepted" in name:
        journal.record_not_accepted(entry)
    if "again" in name:
        journal.record_attempt(entry, "r2")
print("sending", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


@contextmanager
def another_process_sends(path: Path, *names: str) -> Iterator[subprocess.Popen[str]]:
    """Have a process that has begun two submissions, one of them with an attempt."""
    names = names or ("attempted", "unsent")
    command = [sys.executable, "-c", SEND, str(path), BASE_URL, *names]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "sending\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_living_sender_is_not_taken_for_a_dead_one(path: Path) -> None:
    with another_process_sends(path):
        journal = Journal(path, print)
        # neither the number of the process nor a clock that was set back counts
        journal.read("UPDATE submissions SET process = 999999, created_at = 1")

        assert [entry.prompt for entry in find.being_sent(journal)] == ["attempted", "unsent"]
        assert [entry.status for entry in journal.entries("1")] == ["sending", "sending"]


def test_a_killed_sender_is_known_at_once_although_its_number_is_in_use(path: Path) -> None:
    with another_process_sends(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    journal = Journal(path, print)
    journal.read(
        "UPDATE submissions SET process = ?, created_at = ?", os.getpid(), time.time() + 9e5
    )

    assert list(find.being_sent(journal)) == []
    assert [entry.status for entry in journal.entries("1")] == ["unknown", "refused"]
    assert [entry.prompt for entry in find.unknown_entries(journal)] == ["attempted"]
    assert list((path.parent / "sending").iterdir()) == []
    journal.note_told(1)
    assert list(find.unknown_entries(journal)) == []


def test_a_sender_that_was_killed_between_two_attempts_has_made_no_job(path: Path) -> None:
    names = ("not accepted", "not accepted, sent again")
    with another_process_sends(path, *names) as process:
        process.kill()
        process.wait()
    journal = Journal(path, print)

    assert list(find.being_sent(journal)) == []
    assert [entry.status for entry in journal.entries("1")] == ["refused", "unknown"]


def test_resume_names_what_is_being_sent(path: Path, luma: Program) -> None:
    luma.environ["LUMA_STATE_DIR"] = str(path.parent)
    with another_process_sends(path):
        every = luma("generations", "resume")
        one = luma("generations", "resume", "1")

    told = "note: entry 1 is being sent by another process\n"
    assert every == Result(0, "", f"{told}note: entry 2 is being sent by another process\n")
    assert (one.exit_code, one.stdout) == (11, "")
    assert one.stderr.startswith(told)
    assert luma("generations", "resume").exit_code == 11


@pytest.mark.parametrize("end", ["accepted", "refused", "unknown", "close"])
def test_the_lock_ends_with_the_outcome(path: Path, end: str) -> None:
    journal = Journal(path, print)
    entry = journal.begin(NewSubmission("default", BASE_URL, {}, None, {}))
    (begun,) = journal.entries("1")
    assert sender.is_held(path, begun.sender)

    if end == "close":
        journal.close()
    else:
        getattr(journal, f"record_{end}")(entry, "x")

    assert not sender.is_held(path, begun.sender)
    assert list((path.parent / "sending").iterdir()) == []


def test_another_who_looks_at_the_same_time_is_not_taken_for_the_sender(path: Path) -> None:
    with another_process_sends(path) as process:
        process.kill()
        process.wait()
    (token, _) = [entry.sender for entry in Journal(path, print).entries("1")]

    with (path.parent / "sending" / str(token)).open() as seen_by_another:
        fcntl.flock(seen_by_another, fcntl.LOCK_SH)
        assert not sender.is_held(path, token)


@pytest.mark.parametrize("token", [None, "", "../history.db", "0" * 15, "0" * 16, "\0"])
def test_a_token_that_no_sender_has(path: Path, token: str | None) -> None:
    Journal(path, print)

    assert not sender.is_held(path, token)
    sender.forget(path, token)
    assert path.exists()
