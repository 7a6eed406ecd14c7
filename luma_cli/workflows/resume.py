"""`generations resume`: finish submitted jobs, a page of the history at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from luma_cli.errors import OutcomeUnknownError, UsageError
from luma_cli.journal.entry import REFUSED, SENDING, Entry
from luma_cli.journal.find import (
    being_sent,
    entry_by_number,
    entry_of,
    settle,
    undone_elsewhere,
    unfinished_entries,
    unknown_entries,
)
from luma_cli.journal.journal import Journal
from luma_cli.settings.durations import show_age
from luma_cli.transfers.target import Target
from luma_cli.workflows.plan import Plan
from luma_cli.workflows.session import Session

NOTHING_LEFT = "nothing is left to do"


def resume_chosen(session: Session, journal: Journal, plan: Plan, chosen: Iterable[Entry]) -> None:
    """Finish these entries, and report those with an unknown outcome.

    Raises `UsageError` for one that was refused.
    """
    entries = [_settled(journal, entry) for entry in chosen]
    for entry in entries:
        if entry.outcome == REFUSED:
            raise UsageError(f"entry {entry.entry} was refused, there is nothing to resume")
    accepted = [entry.generation_id for entry in entries if entry.generation_id is not None]
    if accepted:
        _finish(session, journal, plan, accepted, lambda: iter(accepted))
    _report_unclear(session, journal, (entry for entry in entries if entry.generation_id is None))


def resume_all(session: Session, journal: Journal, plan: Plan) -> None:
    """Finish all entries of this account, and report those with an unknown outcome once."""
    is_idle = True
    for entry in being_sent(journal):
        session.reporter.note(_being_sent(entry))
        is_idle = False
    count, profiles = undone_elsewhere(journal)
    if count:
        jobs = "1 unfinished job belongs" if count == 1 else f"{count} unfinished jobs belong"
        session.reporter.note(f"{jobs} to other accounts: profile {', '.join(profiles)}")

    def left() -> Iterator[str]:
        return (str(each.generation_id) for each in unfinished_entries(journal))

    ids = left()
    if (first := next(ids, None)) is not None:
        _finish(session, journal, plan, chain([first], ids), left)
        is_idle = False
    _report_unclear(session, journal, unknown_entries(journal))
    if is_idle:
        session.reporter.note(NOTHING_LEFT)


class _Targets(Mapping[str, Target | None]):
    """Where the outputs of each job go, read from the history when its turn comes."""

    def __init__(self, journal: Journal, ids: Callable[[], Iterator[str]]) -> None:
        self._journal, self._ids = journal, ids

    def __getitem__(self, generation_id: str) -> Target | None:
        from luma_cli.workflows.plan import target_of_fields

        entry = entry_of(self._journal, generation_id)
        return None if entry is None else target_of_fields(entry.plan)

    def __iter__(self) -> Iterator[str]:
        return self._ids()

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _finish(
    session: Session,
    journal: Journal,
    plan: Plan,
    ids: Iterable[str],
    left: Callable[[], Iterator[str]],
) -> None:
    """Finish jobs, whose number is no matter for the memory: `left()` yields them as often."""
    from luma_cli.workflows.finish import finish

    finish(session, ids, replace(plan, targets=_Targets(journal, left)))


def _settled(journal: Journal, entry: Entry) -> Entry:
    """Return an entry as it is when the process that sends it is gone."""
    if entry.outcome == SENDING and settle(journal, entry):
        return entry_by_number(journal, entry.entry) or entry
    return entry


def _report_unclear(session: Session, journal: Journal, entries: Iterable[Entry]) -> None:
    """Report submissions with an unknown outcome; a report of all is made once.

    Raises `OutcomeUnknownError` if there is any.
    """
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007 - the last one counts them
        if entry.outcome == SENDING:
            session.reporter.note(_being_sent(entry))
            continue
        age = show_age(session.clock.epoch_seconds() - entry.created_at)
        request_ids = ", ".join(attempt["request_id"] for attempt in entry.attempts)
        session.reporter.warning(
            f"entry {entry.entry} ({age} ago, {entry.type}, {entry.model},"
            f" `{entry.prompt[:60]}`) may or may not have been accepted:"
            f" {entry.detail or 'the reason was not kept'}; request id {request_ids or 'none'}"
        )
        journal.note_told(entry.entry)
    if count:
        raise OutcomeUnknownError(
            f"it is unknown whether {count} submission{'' if count == 1 else 's'} made a job",
            hint="look at the dashboard before you submit the same again",
        )


def _being_sent(entry: Entry) -> str:
    return f"entry {entry.entry} is being sent by another process"
