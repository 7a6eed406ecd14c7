"""Looking for a duplicate and recording a submission are one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from luma_cli.errors import JournalLockedError
from luma_cli.journal import once
from luma_cli.journal.entry import Entry, NewSubmission
from luma_cli.journal.journal import Journal

DRAFT = NewSubmission("default", "https://api.test/v1", {}, None, {}, body_digest="same")


def test_once_checks_and_records_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = (Journal(tmp_path / "history.db", print) for _ in range(2))
    look = once.duplicate

    def look_while_another_begins(
        journal: Journal, body_digest: str, once_key: str | None
    ) -> Entry | None:
        found = look(journal, body_digest, once_key)
        with theirs.busy_timeout(0.01), pytest.raises(JournalLockedError):
            theirs.begin(DRAFT)
        return found

    monkeypatch.setattr(once, "duplicate", look_while_another_begins)
    begun = once.begin_unless_duplicate(ours, DRAFT)
    monkeypatch.undo()

    found = once.begin_unless_duplicate(theirs, DRAFT)
    assert isinstance(found, Entry)
    assert found.entry == begun
    assert len(ours.entries("1")) == 1
