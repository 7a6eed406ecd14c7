"""The same request again: `--once` adopts the job that was made of it; without, a note names it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.body.request import Request
from luma_cli.context import AppContext
from luma_cli.errors import LumaError, OutcomeUnknownError, UsageError, WaitTimeoutError
from luma_cli.journal.entry import ACCEPTED, SENDING, Draft, Entry
from luma_cli.journal.journal import Journal
from luma_cli.transfers.target import Target
from luma_cli.workflows.plan import Plan, remember

# Longer than a submission may take; its sender is alive all the time.
LONGEST_WAIT_FOR_SENDER_SECONDS = 600.0
_PAUSE_SECONDS = 0.25


class Once(NamedTuple):
    """What `--once` and `--once-key` ask for; `key` is what the user calls the job, if anything."""

    is_asked: bool
    key: str | None


class TwinFoundError(Exception):
    """The journal has the job that was asked for; nothing is submitted."""

    def __init__(self, entry: Entry, answer: Answer) -> None:
        super().__init__(f"entry {entry.entry}")
        self.entry, self.answer = entry, answer


def once_of_flags(cli: AppContext, once: bool, once_key: str | None) -> Once:
    """Return what the flags ask for; raises `UsageError` when there is no history to ask."""
    is_asked = once or once_key is not None
    if once_key == "":
        raise UsageError("`--once-key` is empty", hint="as in `--once-key nightly-2026-11-23`")
    if is_asked and not cli.settings.history:
        source = cli.settings.sources["history"]
        raise UsageError(
            f"`--once` needs the history, which is turned off by {source}",
            hint="keep the history, or drop `--once`",
        )
    return Once(is_asked, once_key)


def target_of_flags_once(
    cli: AppContext,
    output: Path | None,
    output_dir: Path | None,
    name: str | None,
    overwrite: bool,
    skip_existing: bool,
) -> Target:
    """Check flags as `target_of_flags` does, but for an existing file.

    It may be the output of the job that is adopted; `Twins.look_up` checks it for any other.
    """
    from luma_cli.workflows.target import target_of_flags

    target = target_of_flags(
        cli, output, output_dir, name, overwrite or not skip_existing, skip_existing
    )
    return replace(target, overwrite=overwrite)


class Twins:
    """The jobs of one request in the journal; without a history there are none.

    The request is known by what it is before large files in it are uploaded.
    """

    def __init__(self, cli: AppContext, request: Request, once: Once, plan: Plan) -> None:
        self._cli, self._once, self._plan = cli, once, plan
        self._digest = request.digest if cli.settings.history else ""

    def look_up(self) -> None:
        """Raise `TwinFoundError` for a job to adopt; without `--once`, only name an unfinished one.

        Raises `UsageError` for a key of another request, `OutcomeUnknownError` when it is unknown
        whether the job was made, `OutputExistsError` when a new job could not be saved.
        """
        journal = self._cli.history  # which `begin` makes, if there is none yet
        if journal is not None and not self._once.is_asked:
            self._name_unfinished(journal)
        if not self._once.is_asked:
            return
        from luma_cli.journal.once import twin

        while journal is not None and (found := twin(journal, self._digest, self._once.key)):
            self._adopt(found)
        if self._plan.target is not None:
            self._plan.target.check()

    def begin(self, draft: Draft) -> int:
        """Note a submission; raises as `look_up` does when another process was faster."""
        journal = self._cli.journal
        draft = replace(draft, body_digest=self._digest, once_key=self._once.key)
        if not self._once.is_asked:
            return journal.begin(draft)
        from luma_cli.journal.once import begin_unless_twin

        while isinstance(begun := begin_unless_twin(journal, draft), Entry):
            self._adopt(begun)
        return begun

    def _adopt(self, entry: Entry) -> None:
        """Raise what a twin means; return when it has turned out to stand in for nothing."""
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
        """Raise `TwinFoundError` unless the job has failed by now."""
        from luma_cli.journal.find import numbered
        from luma_cli.workflows.read import read_generation

        cli, journal = self._cli, self._cli.journal
        remember(cli, [generation_id], replace(self._plan, in_history=True), told=False)
        cli.paid = cli.unfinished  # by an earlier run, and no reason to run this one again
        try:
            answer = read_generation(cli, generation_id, deadline=self._plan.deadline)
            job = answer.generation
        except LumaError as problem:
            raise problem.but(generation_id=generation_id) from problem
        if job.is_terminal:
            failure = (job.failure_code, job.failure_reason)
            journal.note_end(generation_id, job.state, failure, timed=False)
        else:
            journal.note_state(generation_id, job.state)
        if job.state != "failed":
            raise TwinFoundError(entry, answer)
        cli.unfinished = cli.paid = None
        now = numbered(journal, entry.entry)
        if now is not None and now.state != "failed":  # it had ended otherwise, says the journal
            raise UsageError(f"generation {generation_id} failed", hint="drop `--once`")

    def _wait_for_sender(self, entry: Entry) -> None:
        """Wait until the process that sends a twin has its outcome, or is gone."""
        from luma_cli.journal.find import numbered, settle

        cli, clock = self._cli, self._cli.host.clock
        cli.out.note(f"the same request is being sent by another process, as entry {entry.entry}")
        deadline = min(clock.now() + LONGEST_WAIT_FOR_SENDER_SECONDS, self._plan.deadline)
        now: Entry | None = entry
        while now is not None and now.outcome == SENDING and not settle(cli.journal, now):
            if clock.now() >= deadline:
                raise WaitTimeoutError(
                    f"entry {entry.entry} is still being sent by another process",
                    hint=f"resume it with `{cli.continue_command('generations', 'resume')}"
                    f" {entry.entry}`",
                )
            clock.sleep(_PAUSE_SECONDS)
            now = numbered(cli.journal, entry.entry)

    def _name_unfinished(self, journal: Journal) -> None:
        from luma_cli.journal.find import settle
        from luma_cli.journal.once import unfinished_twin

        while (found := unfinished_twin(journal, self._digest)) is not None:
            if found.outcome != SENDING or not settle(journal, found):
                break
        if found is None:
            return
        if found.outcome == ACCEPTED:
            fact = f"is unfinished as generation {found.generation_id}; add `--once` to resume it"
        elif found.outcome == SENDING:
            fact = f"is being sent as entry {found.entry}; add `--once` to wait for it"
        else:
            fact = f"has an unknown outcome as entry {found.entry}: it may be paid already"
        self._cli.out.note(f"the same request {fact}")


def deliver(cli: AppContext, found: TwinFoundError, plan: Plan) -> None:
    """Bring an adopted job to where this command asked for it: waited for, saved, printed."""
    from luma_cli.jsontext.parts import with_member
    from luma_cli.workflows.finish import finish

    entry, generation_id = found.entry, str(found.entry.generation_id)
    cli.out.note(f"reusing generation {generation_id}, entry {entry.entry}; nothing is submitted")
    plan = replace(plan, in_history=True, reused=True)
    if not plan.wait:
        cli.out.document(with_member(found.answer.text, "reused", "true"))
        cli.unfinished = None
        return
    cli.journal.note_plan(entry.entry, plan.as_fields())
    finish(cli, [generation_id], plan)
