"""The entry of one submission in the history, updated as it happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from luma_cli.api.client import Accepted
from luma_cli.errors import JournalError, JournalLockedError, LumaError
from luma_cli.interrupts import Interrupts
from luma_cli.journal.journal import Journal
from luma_cli.journal.recent import write_recent

# An id that takes longer to store is printed first.
SECONDS_BEFORE_TELLING = 0.2
LONGEST_STORING_SECONDS = 30.0


class SubmissionLog:
    """The entry of one submission; without a journal nothing is stored.

    Once a request is sent, an error of the journal must not hide its outcome: `tell` prints the id
    before any delay of the disk, `warn` the error.
    """

    def __init__(
        self,
        journal: Journal | None,
        entry: int,
        *,
        warn: Callable[[str], None],
        tell: Callable[[str], None],
        interrupts: Interrupts,
        sandbox: str | None = None,
    ) -> None:
        """Take the number of the entry, and the nonce of the sandbox that runs this program."""
        self._journal, self.entry, self._sandbox = journal, entry, sandbox
        self._warn, self._tell, self._interrupts = warn, tell, interrupts
        self._told = threading.Lock()
        self._unstored: Accepted | None = None

    @property
    def is_kept(self) -> bool:
        """Whether there is an entry, and, once a job is accepted, its id is in it."""
        return self._journal is not None and self._unstored is None

    def attempt(self, request_id: str) -> None:
        """Record that the request is about to be sent; it must not be if this raises."""
        if self._journal is not None:
            self._journal.record_attempt(self.entry, request_id)

    def not_accepted(self) -> None:
        """Record that the last attempt made no job, and that another one may follow."""
        self._note(lambda journal: journal.record_not_accepted(self.entry))

    def accepted(self, accepted: Accepted) -> None:
        """Store the id, and print it first if that takes time. Never raises."""
        new_id = accepted.generation_id
        self._unstored = accepted
        if self._interrupts.is_pending or not accepted.is_certain:
            self._tell_once(new_id)
        slow_disk = threading.Timer(SECONDS_BEFORE_TELLING, self._tell_once, [new_id])
        slow_disk.daemon = True
        try:
            slow_disk.start()
        except RuntimeError:  # no more threads: print it now
            self._tell_once(new_id)
        self._store(before_waiting=lambda: self._tell_once(new_id))
        slow_disk.cancel()

    def store_again(self) -> None:
        """Store an id that could not be stored before, at the end of the run."""
        if self._unstored is not None:
            self._store(seconds=SECONDS_BEFORE_TELLING)

    def _store(
        self,
        before_waiting: Callable[[], None] = lambda: None,
        seconds: float = LONGEST_STORING_SECONDS,
    ) -> None:
        journal, accepted = self._journal, self._unstored
        if journal is None or accepted is None:
            self._unstored = None
            return
        sandbox = self._sandbox if accepted.sandbox == self._sandbox else None
        is_stored = self._note(
            lambda journal: journal.record_accepted(
                self.entry, accepted.generation_id, sandbox=sandbox
            ),
            before_waiting,
            seconds,
        )
        if is_stored:
            self._unstored = None
            with suppress(JournalError):  # only completion scripts read it
                write_recent(journal)

    def refused(self, problem: LumaError) -> None:
        """Record that no job was created."""
        self._note(lambda journal: journal.record_refused(self.entry, problem.message))

    def unknown(self, fact: str, answer: str | None = None) -> None:
        """Record an unknown outcome, and the beginning of an unreadable answer."""
        self._note(lambda journal: journal.record_unknown(self.entry, fact, answer=answer))

    def _tell_once(self, generation_id: str) -> None:
        if self._told.acquire(blocking=False):
            self._tell(generation_id)

    def _note(
        self,
        note: Callable[[Journal], None],
        before_waiting: Callable[[], None] = lambda: None,
        seconds: float = LONGEST_STORING_SECONDS,
    ) -> bool:
        """Write, waiting for another process that has the journal, but not beyond a signal.

        Return whether it is written.
        """
        if self._journal is None:
            return False
        deadline = time.monotonic() + seconds
        while True:
            try:
                with self._journal.busy_timeout(SECONDS_BEFORE_TELLING):
                    note(self._journal)
                return True
            except JournalLockedError as problem:
                before_waiting()
                if time.monotonic() < deadline and not self._interrupts.hold_is_over:
                    continue
                self._warn(problem.message)
            except JournalError as problem:
                before_waiting()
                self._warn(problem.message)
            return False
