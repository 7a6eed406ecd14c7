"""Notes on jobs while the history is locked by another process, or breaks in another thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from luma_cli.errors import JournalError, JournalLockedError
from luma_cli.jobs.history import LONGEST_NOTE_SECONDS, JobHistory
from luma_cli.journal.journal import Journal


class FailingJournal:
    """A journal whose writes raise `problem`, if there is one; `waits` are those it was allowed."""

    def __init__(self) -> None:
        self.problem: JournalError | None = None
        self.waits: list[float] = []
        self.noted: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None

    @contextmanager
    def busy_timeout(self, seconds: float, **_: Any) -> Iterator[None]:
        self.waits.append(seconds)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        yield

    def read(self, *_: Any) -> list[Any]:
        return []

    entries = read

    def record_done(self, generation_id: str) -> None:
        if self.problem is not None:
            raise self.problem
        self.noted.append(generation_id)


@pytest.fixture
def journal() -> FailingJournal:
    return FailingJournal()


def history_of(journal: FailingJournal, warn: Callable[[str], None]) -> JobHistory:
    return JobHistory(cast(Journal, journal), warn)


def test_only_the_first_note_waits_for_a_locked_history(journal: FailingJournal) -> None:
    warnings: list[str] = []
    history = history_of(journal, warnings.append)
    journal.problem = JournalLockedError("locked")

    for number in range(200):
        history.facts(str(number))  # reading is possible while another process writes
        history.done(str(number))

    writes = journal.waits[1::2]
    assert writes[0] == LONGEST_NOTE_SECONDS
    assert sum(writes[1:]) <= 200 * 0.05
    assert len(warnings) == 1


def test_history_writes_wait_for_the_lock_again_after_one_succeeded(
    journal: FailingJournal,
) -> None:
    history = history_of(journal, lambda _: None)
    journal.problem = JournalLockedError("locked")
    history.done("a")
    journal.problem = None

    history.done("b")
    history.done("c")

    assert journal.noted == ["b", "c"]
    assert journal.waits[-1] == LONGEST_NOTE_SECONDS


def test_a_history_that_breaks_in_one_thread_stops_no_other(journal: FailingJournal) -> None:
    warnings: list[str] = []
    history = history_of(journal, warnings.append)

    def break_in_another_thread() -> None:
        journal.problem = JournalError("disk full")
        history.done("a")

    journal.meanwhile = break_in_another_thread

    history.done("b")

    assert "disk full" in warnings[0]
