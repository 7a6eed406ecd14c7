"""The id of a paid job on its way into the history: told first, stored in the end, no error."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from luma_cli.api.client import Accepted
from luma_cli.errors import JournalLockedError
from luma_cli.interrupts import Interrupts
from luma_cli.jobs.submission_log import SubmissionLog
from luma_cli.journal.entry import NewSubmission
from luma_cli.journal.journal import Journal

ACCEPTED = Accepted("gen_1", None, is_certain=True)


class Impatient(Interrupts):
    """Signals that have waited long enough."""

    @property
    def hold_is_over(self) -> bool:
        return True


class Locked(Journal):
    """A journal that another process has, until `is_free`."""

    is_free = False

    def record_accepted(
        self, entry: int, generation_id: str, *, sandbox: str | None = None
    ) -> None:
        if not self.is_free:
            raise JournalLockedError("locked")
        super().record_accepted(entry, generation_id, sandbox=sandbox)


@pytest.fixture
def journal(tmp_path: Path) -> Locked:
    return Locked(tmp_path / "history.db", print)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def record(journal: Locked, told: list[str]) -> SubmissionLog:
    draft = NewSubmission("default", "https://api.test/v1", {"prompt": "x"}, None, {"wait": True})
    entry = journal.begin(draft)
    return SubmissionLog(
        journal, entry, warn=lambda _: None, tell=told.append, interrupts=Impatient()
    )


def stored(journal: Journal) -> list[str | None]:
    return [entry.generation_id for entry in journal.entries("1")]


def test_an_unstored_id_is_printed_and_stored_at_the_end(
    journal: Locked, record: SubmissionLog, told: list[str]
) -> None:
    record.accepted(ACCEPTED)

    assert (told, record.is_kept, stored(journal)) == (["gen_1"], False, [None])

    journal.is_free = True
    record.store_again()

    assert (told, record.is_kept, stored(journal)) == (["gen_1"], True, ["gen_1"])


def test_an_id_stored_at_once_is_not_printed_as_a_note(
    journal: Locked, record: SubmissionLog, told: list[str]
) -> None:
    journal.is_free = True
    record.accepted(ACCEPTED)

    assert (told, record.is_kept, stored(journal)) == ([], True, ["gen_1"])


def test_without_a_watching_thread_the_id_is_printed_first(
    journal: Locked, record: SubmissionLog, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more_threads(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Timer, "start", no_more_threads)
    journal.is_free = True
    record.accepted(ACCEPTED)

    assert (told, record.is_kept, stored(journal)) == (["gen_1"], True, ["gen_1"])
