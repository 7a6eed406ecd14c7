"""Recording accepted jobs in the history, whose errors never stop the work."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from luma_cli.api.answer import Answer
from luma_cli.digests import sha256_of
from luma_cli.errors import (
    JournalError,
    JournalLockedError,
    OutputExistsError,
    UnexpectedAnswerError,
)
from luma_cli.journal.entry import Entry
from luma_cli.journal.find import entry_of, typical_seconds
from luma_cli.journal.journal import Journal
from luma_cli.rules.constants import STATES, TERMINAL_STATES
from luma_cli.transfers.download_log import DownloadLog, SavedFile, recorded_files

if TYPE_CHECKING:
    from luma_cli.api.models import Generation

Result = TypeVar("Result")
# A note is no reason to keep a job waiting for another process; nor are the notes of many jobs.
LONGEST_NOTE_SECONDS = 2.0
_PATIENCE_WHILE_LOCKED_SECONDS = 0.05
# Other threads of this process, of which there may be many, write one after the other.
_LONGEST_TURN_SECONDS = 60.0


def record_job(journal: Journal, generation_id: str, job: Generation) -> None:
    """Record the state that an answer has of a job, or its end, whose time is unknown."""
    if job.is_terminal:
        failure = (job.failure_code, job.failure_reason)
        journal.record_end(generation_id, job.state, failure, timed=False)
    else:
        journal.record_state(generation_id, job.state)


class JobHistory:
    """Records jobs by id; does nothing without a history, and for ids that are not in it.

    `warn` is called with the first error of the history, after which nothing is recorded.
    """

    def __init__(self, journal: Journal | None, warn: Callable[[str], None]) -> None:
        self._journal, self._warn, self._has_warned = journal, warn, False
        # Whether the last note was given up, as another process kept the history locked.
        self._is_locked = False
        self._states: dict[str, str] = {}
        self._names: dict[Path, str] = {}

    def state(self, generation_id: str, state: str) -> None:
        """Record a changed state; that of a job that has ended is left to `ended`.

        Its state alone would pass for the end: a failure without its reason would be submitted
        again.
        """
        is_running = state in STATES and state not in TERMINAL_STATES
        if is_running and self._states.get(generation_id) != state:
            self._states[generation_id] = state
            self._note(lambda journal: journal.record_state(generation_id, state))

    def ended(self, generation_id: str, answer: Answer, *, watched: bool) -> None:
        """Record the end of a job; `watched`: its time is known."""
        job = answer.generation
        failure = (job.failure_code, job.failure_reason)
        self._states.pop(generation_id, None)
        self._note(
            lambda journal: journal.record_end(generation_id, job.state, failure, timed=watched)
        )

    def answered(self, generation_id: str, answer: Answer) -> None:
        """Record the state in any answer about a job, if it is not recorded yet."""
        entry = self._entry(generation_id)
        if entry is None or entry.ended_at is not None:
            return
        try:
            job = answer.generation
        except UnexpectedAnswerError:
            return
        if job.is_terminal:
            self.ended(generation_id, answer, watched=False)
        elif job.state != entry.state:
            self.state(generation_id, job.state)

    def done(self, generation_id: str) -> None:
        """Record that nothing is left to do."""
        self._note(lambda journal: journal.record_done(generation_id))

    def download_log(self, generation_id: str) -> DownloadLog:
        """Return the log of a job's files."""
        return _JobDownloadLog(generation_id, self)

    def age(self, generation_id: str) -> float:
        """Return how many seconds ago a job was submitted from here, if it was."""
        entry = self._entry(generation_id)
        now = self._with(lambda journal: journal.clock.epoch_seconds())
        return math.inf if entry is None or now is None else max(now - entry.created_at, 0.0)

    def expected_seconds(self, generation_id: str) -> float | None:
        """Return how long such a job usually takes on this machine, if enough is known."""
        entry = self._entry(generation_id)
        if entry is None:
            return None
        return self._with(lambda journal: typical_seconds(journal, entry))

    def facts(self, generation_id: str) -> dict[str, str]:
        """Return the prompt and the tag, which answers of the API lack."""
        entry = self._entry(generation_id)
        return {} if entry is None else {"prompt": entry.prompt, "tag": entry.tag or ""}

    def claim(self, generation_id: str, target: Path) -> bool:
        """Reserve a name for a job's output; return whether no other job of this run has it."""
        return self._names.setdefault(target.absolute(), generation_id) == generation_id

    def file(self, generation_id: str, saved: SavedFile) -> None:
        """Record a file before it gets its final name."""
        fields = saved.fields() | {"path": str(Path(saved.path).absolute())}
        self._note(lambda journal: journal.record_file(generation_id, fields))

    def files(self, generation_id: str) -> dict[str, SavedFile]:
        """Return the recorded files by absolute path."""
        entry = self._entry(generation_id)
        return recorded_files(() if entry is None else entry.files)

    def _entry(self, generation_id: str) -> Entry | None:
        return self._with(lambda journal: entry_of(journal, generation_id))

    def _note(self, write: Callable[[Journal], None]) -> None:
        """Write; while another process keeps the history locked, only one note waits for it."""

        def write_and_see(journal: Journal) -> None:
            try:
                write(journal)
            except JournalLockedError:
                self._is_locked = True
                raise
            self._is_locked = False

        patience = _PATIENCE_WHILE_LOCKED_SECONDS if self._is_locked else LONGEST_NOTE_SECONDS
        self._with(write_and_see, patience)

    def _with(
        self, use: Callable[[Journal], Result], patience: float = LONGEST_NOTE_SECONDS
    ) -> Result | None:
        journal = self._journal  # other threads may end its use
        if journal is None:
            return None
        try:
            with journal.busy_timeout(patience, turn=_LONGEST_TURN_SECONDS):
                return use(journal)
        except JournalLockedError as problem:  # a later note may be luckier
            self._warn_once(f"{problem.message}; what becomes of the job may be missing there")
        except JournalError as problem:
            self._journal = None
            self._warn_once(f"{problem.message}; the job is still waited for")
        return None

    def _warn_once(self, sentence: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            self._warn(sentence)


class _JobDownloadLog(DownloadLog):
    """The files of a job, in the history and in memory."""

    def __init__(self, generation_id: str, history: JobHistory) -> None:
        self._generation_id, self._history = generation_id, history
        self._saved: dict[str, SavedFile] = {}

    def claim(self, target: Path) -> None:
        if not self._history.claim(self._generation_id, target):
            raise OutputExistsError(
                f"`{target}` is the name of another generation's output, too",
                hint="put `{id}` or `{short_id}` into the template of `--name`",
            )

    def about_to_save(self, file: SavedFile) -> None:
        self._saved[str(Path(file.path).absolute())] = file
        self._history.file(self._generation_id, file)

    def saved_before(self, target: Path) -> SavedFile | None:
        path = str(target.absolute())
        noted = self._saved.get(path) or self._history.files(self._generation_id).get(path)
        if noted is None or not _is(target, noted):
            return None
        return noted._replace(path=str(target))


def _is(path: Path, noted: SavedFile) -> bool:
    """Return whether the file at `path` has the bytes that were noted."""
    try:
        return path.stat().st_size == noted.bytes and sha256_of(path) == noted.sha256
    except OSError:
        return False
