"""The same request again: `--once` reuses its job; without `--once`, a note names it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.errors import LumaError, OutcomeUnknownError, UsageError, WaitTimeoutError
from luma_cli.journal.entry import ACCEPTED, SENDING, Entry, NewSubmission
from luma_cli.journal.journal import Journal
from luma_cli.transfers.target import Target
from luma_cli.workflows.plan import Plan, continue_hint, target_of_flags

if TYPE_CHECKING:
    from luma_cli.body.request import Request
    from luma_cli.host import Host
    from luma_cli.journal.history import History
    from luma_cli.workflows.pending import Pending
    from luma_cli.workflows.session import Session

# Longer than a submission may take; its sender is alive all the time.
LONGEST_WAIT_FOR_SENDER_SECONDS = 600.0
_PAUSE_SECONDS = 0.25


class Once(NamedTuple):
    """The values of `--once` and `--once-key`; `key` is the user's name for the job, if any."""

    is_asked: bool
    key: str | None


class DuplicateFoundError(Exception):
    """The journal has the requested job; nothing is submitted."""

    def __init__(self, entry: Entry, answer: Answer) -> None:
        super().__init__(f"entry {entry.entry}")
        self.entry, self.answer = entry, answer


def once_of_flags(history: History, once: bool, once_key: str | None) -> Once:
    """Return the values of the flags; raises `UsageError` without a history."""
    is_asked = once or once_key is not None
    if once_key == "":
        raise UsageError("`--once-key` is empty", hint="write `--once-key nightly-2026-11-23`")
    if is_asked and not history.is_kept:
        raise UsageError(
            f"`--once` needs the history, which is turned off by {history.source}",
            hint="keep the history, or drop `--once`",
        )
    return Once(is_asked, once_key)


def target_of_flags_once(
    host: Host,
    output: Path | None,
    output_dir: Path | None,
    name: str | None,
    overwrite: bool,
    skip_existing: bool,
) -> Target:
    """Check flags as `target_of_flags` does, but for an existing file.

    It may be the output of the job to reuse; `Duplicates.look_up` checks it for any other job.
    """
    target = target_of_flags(
        host, output, output_dir, name, overwrite or not skip_existing, skip_existing
    )
    return replace(target, overwrite=overwrite)


class Duplicates:
    """The jobs of one request in the journal; without a history there are none.

    The request is identified by its digest before large files in it are uploaded.
    """

    def __init__(
        self,
        session: Session,
        request: Request,
        once: Once,
        plan: Plan,
        pending: Pending,
    ) -> None:
        self._session, self._once, self._plan, self._pending = session, once, plan, pending
        self._digest = request.digest if session.history.is_kept else ""

    def look_up(self) -> None:
        """Raise `DuplicateFoundError` for a job to reuse; without `--once`, name an unfinished one.

        Raises `UsageError` for a key of another request, `OutcomeUnknownError` when it is unknown
        whether the job was made, `OutputExistsError` when a new job could not be saved.
        """
        journal = self._session.history.existing  # which `begin` makes, if there is none yet
        if journal is not None and not self._once.is_asked:
            self._name_unfinished(journal)
        if not self._once.is_asked:
            return
        from luma_cli.journal.once import duplicate

        while journal is not None and (found := duplicate(journal, self._digest, self._once.key)):
            self._reuse(found)
        if self._plan.target is not None:
            self._plan.target.check()

    def begin(self, draft: NewSubmission) -> int:
        """Note a submission; raises as `look_up` does when another process was faster."""
        journal = self._session.history.journal
        draft = draft._replace(body_digest=self._digest, once_key=self._once.key)
        if not self._once.is_asked:
            return journal.begin(draft)
        from luma_cli.journal.once import begin_unless_duplicate

        while isinstance(begun := begin_unless_duplicate(journal, draft), Entry):
            self._reuse(begun)
        return begun

    def _reuse(self, entry: Entry) -> None:
        """Raise what the earlier job means for this run; return if it cannot be reused."""
        if entry.body_digest != self._digest:
            raise UsageError(
                f"`--once-key {self._once.key}` was used for another request, entry {entry.entry}",
                hint=f"use another key; `luma-agents-cli generations show {entry.entry}` has the"
                " request",
            )
        if entry.outcome == SENDING:
            self._wait_for_sender(entry)
        elif entry.generation_id is None:
            raise OutcomeUnknownError(
                f"entry {entry.entry} of the same request may or may not have been accepted",
                hint="look at the dashboard first; without `--once` it is submitted again",
            )
        else:
            self._look_at(entry, entry.generation_id)

    def _look_at(self, entry: Entry, generation_id: str) -> None:
        """Raise `DuplicateFoundError` unless the job has failed by now."""
        from luma_cli.jobs.history import record_job
        from luma_cli.journal.find import entry_by_number

        session, journal = self._session, self._session.history.journal
        kept = replace(self._plan, in_history=True)
        # It is paid for by an earlier run, which is no reason to run this command again.
        self._pending.add_paid(
            generation_id, partial(continue_hint, session.command_line, plan=kept)
        )
        try:
            answer = session.read_generation(generation_id, deadline=self._plan.deadline)
            job = answer.generation
        except LumaError as problem:
            raise problem.but(generation_id=generation_id) from problem
        record_job(journal, generation_id, job)
        if job.state != "failed":
            raise DuplicateFoundError(entry, answer)
        self._pending.disown(generation_id)
        now = entry_by_number(journal, entry.entry)
        if now is not None and now.state != "failed":  # the journal has another end of it
            raise UsageError(f"generation {generation_id} failed", hint="drop `--once`")

    def _wait_for_sender(self, entry: Entry) -> None:
        """Wait until the process that sends the same request knows its outcome, or is gone."""
        from luma_cli.journal.find import entry_by_number, settle

        session, clock = self._session, self._session.clock
        journal = session.history.journal
        session.reporter.note(
            f"another process is submitting the same request as entry {entry.entry}"
        )
        deadline = min(clock.now() + LONGEST_WAIT_FOR_SENDER_SECONDS, self._plan.deadline)
        now: Entry | None = entry
        while now is not None and now.outcome == SENDING and not settle(journal, now):
            if clock.now() >= deadline:
                raise WaitTimeoutError(
                    f"entry {entry.entry} is still being sent by another process",
                    hint=f"resume it with `{session.command_line('generations', 'resume')}"
                    f" {entry.entry}`",
                )
            clock.sleep(_PAUSE_SECONDS)
            now = entry_by_number(journal, entry.entry)

    def _name_unfinished(self, journal: Journal) -> None:
        from luma_cli.journal.find import settle
        from luma_cli.journal.once import unfinished_duplicate

        while (found := unfinished_duplicate(journal, self._digest)) is not None:
            if found.outcome != SENDING or not settle(journal, found):
                break
        if found is None:
            return
        if found.outcome == ACCEPTED:
            fact = (
                f"generation {found.generation_id} of the same request is still running;"
                " add `--once` to resume it instead of paying again"
            )
        elif found.outcome == SENDING:
            fact = (
                f"the same request is being sent as entry {found.entry}; add `--once` to wait for"
                " it"
            )
        else:
            fact = (
                f"the same request has an unknown outcome as entry {found.entry}: it may be paid"
                " already"
            )
        self._session.reporter.note(fact)


def deliver(session: Session, found: DuplicateFoundError, plan: Plan, pending: Pending) -> None:
    """Wait for a job that is reused, save its outputs, and print it, as this command asks."""
    from luma_cli.jsontext.parts import with_member
    from luma_cli.workflows.finish import finish

    entry, generation_id = found.entry, str(found.entry.generation_id)
    session.reporter.note(
        f"reusing generation {generation_id}, entry {entry.entry}; nothing is submitted"
    )
    plan = replace(plan, in_history=True, reused=True)
    if not plan.wait:
        session.reporter.document(with_member(found.answer.text, "reused", "true"))
        pending.settle(generation_id)
        return
    session.history.journal.note_plan(entry.entry, plan.as_fields())
    finish(session, [generation_id], plan, pending)
