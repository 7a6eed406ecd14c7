"""What becomes of one submission, noted as it happens."""

from __future__ import annotations

from collections.abc import Callable

from luma_cli.errors import JournalError, LumaError
from luma_cli.journal.journal import Journal
from luma_cli.journal.recent import write_recent


class Record:
    """The entry of one submission; without a journal nothing is noted.

    Once a request has gone out, trouble with the journal must not hide what became of it: `warn`
    hears of it.
    """

    def __init__(self, journal: Journal | None, entry: int, warn: Callable[[str], None]) -> None:
        self._journal, self.entry, self._warn = journal, entry, warn

    @property
    def is_kept(self) -> bool:
        """Whether there is an entry."""
        return self._journal is not None

    def attempt(self, request_id: str) -> None:
        """Note that the request goes out now; raises `JournalError`, and then it must not."""
        if self._journal is not None:
            self._journal.note_attempt(self.entry, request_id)

    def accepted(self, generation_id: str) -> None:
        """Note the id."""

        def note(journal: Journal) -> None:
            journal.note_accepted(self.entry, generation_id)
            write_recent(journal)

        self._note(note)

    def refused(self, problem: LumaError) -> None:
        """Note that no job was made."""
        self._note(lambda journal: journal.note_refused(self.entry, problem.message))

    def unknown(self, problem: LumaError) -> None:
        """Note that nobody knows."""
        self._note(lambda journal: journal.note_unknown(self.entry, problem.message))

    def _note(self, note: Callable[[Journal], None]) -> None:
        if self._journal is None:
            return
        try:
            note(self._journal)
        except JournalError as problem:
            self._warn(problem.message)
