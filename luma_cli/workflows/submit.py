"""From a request to an accepted job: limits, uploads, the journal, and one POST."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.errors import OutcomeUnknownError, UncollectedError
from luma_cli.jobs.submission_log import LONGEST_STORING_SECONDS, SubmissionLog
from luma_cli.workflows.once import DuplicateFoundError, Duplicates, Once, deliver
from luma_cli.workflows.pending import Pending
from luma_cli.workflows.plan import Plan, continue_hint
from luma_cli.workflows.price import check_spending_limits
from luma_cli.workflows.upload import upload_large

if TYPE_CHECKING:
    from luma_cli.body.request import Request
    from luma_cli.journal.entry import NewSubmission
    from luma_cli.rules.prices import Price
    from luma_cli.workflows.session import Reporter, Session

LARGE_REQUEST_BYTES = 1024 * 1024


class Submission(NamedTuple):
    """A request, its price, and what is to be done with its job."""

    request: Request
    price: Price
    plan: Plan
    tag: str | None
    once: Once


def submit_and_finish(session: Session, submission: Submission) -> None:
    """Submit a job; print the answer, or wait for the job and print its outputs.

    Raises what `submit_job` and `finish` raise, with the command that continues a job in progress.
    """
    plan, price = submission.plan, submission.price
    with Pending() as pending:
        try:
            answer, is_kept = submit_job(session, submission, pending)
        except DuplicateFoundError as found:
            deliver(session, found, plan, pending)
            return
        if plan.wait:
            from luma_cli.workflows.finish import finish

            cost = f"~{price.shown}" if price.dollars is not None else None
            plan = replace(plan, just_submitted=True, in_history=is_kept, cost=cost)
            finish(session, [str(answer.generation_id)], plan, pending)
        else:
            session.reporter.document(answer.text)
            session.interrupts.ignore()  # the id is printed; a signal from now on would hide it
            if session.reporter.for_people:
                words = ("generations", "download", "--wait", str(answer.generation_id))
                session.reporter.note(f"save the result with `{session.command_line(*words)}`")


def submit_job(session: Session, submission: Submission, pending: Pending) -> tuple[Answer, bool]:
    """Submit once; return the answer, and whether the history has it.

    The job is added to `pending` as soon as its id is known. A damaged answer with an id is
    replaced by the API's answer to a GET of that id. Raises `DuplicateFoundError` and what
    `Duplicates` raises for the same request in the history, `CostLimitError` before anything is
    stored or sent, `JournalError` when it cannot be stored, and the errors of `jobs.submit`.
    """
    from luma_cli.jobs.submit import Attempts, confirm, submit

    plan, policy = submission.plan, session.retry_policy
    session.api.require_key()
    duplicates = Duplicates(session, submission.request, submission.once, plan, pending)
    duplicates.look_up()
    check_spending_limits(session.limits, submission.price, session.history, session.clock)
    request = upload_large(session, submission.request, deadline=plan.deadline)
    log = _begin(session, submission._replace(request=request), duplicates, pending)

    def add(new_id: str) -> None:
        kept = replace(plan, in_history=log.is_kept and plan.wait)
        pending.add_paid(new_id, partial(continue_hint, session.command_line, plan=kept))

    with _progress_of(session.reporter, request) as report:
        attempts = Attempts(
            session.api,
            request,
            log,
            add,
            policy,
            report,
            deadline=plan.deadline,
            interrupts=session.interrupts,
        )
        answer = submit(attempts, policy)
    if not log.is_kept:
        session.at_exit(log.store_again)
    if not answer.is_certain:
        try:
            answer = confirm(session.api, answer, policy, plan.deadline)
        except OutcomeUnknownError as problem:
            log.unknown(problem.message)
            raise
        except UncollectedError:
            if not plan.wait:  # which survives what keeps the API from answering
                raise
    return answer, log.is_kept


def _begin(
    session: Session, submission: Submission, duplicates: Duplicates, pending: Pending
) -> SubmissionLog:
    """Note the submission in the history, if that is kept, and return the log of what follows."""

    def tell(new_id: str) -> None:
        session.reporter.note(f"submitted as {new_id}", always=True)
        pending.is_told = True

    if not session.history.is_kept:
        return submission_log(session, None, tell)
    left = max(submission.plan.deadline - session.clock.now(), 0.0)
    with session.history.journal.busy_timeout(min(left, LONGEST_STORING_SECONDS)):
        return submission_log(session, duplicates.begin(new_submission(session, submission)), tell)


def new_submission(session: Session, submission: Submission) -> NewSubmission:
    """Return what the history has of a submission before it is sent."""
    from luma_cli.journal.entry import NewSubmission

    account = session.history.account
    return NewSubmission(
        profile=account.profile,
        base_url=account.base_url,
        request=submission.request.for_history(),
        cost=submission.price.dollars,
        plan=submission.plan.as_fields(),
        tag=submission.tag,
    )


def submission_log(
    session: Session, entry: int | None, tell: Callable[[str], None]
) -> SubmissionLog:
    """Return the log of a submission with this entry, or, without one, a log of nothing.

    `tell` prints the id before any delay of the disk.
    """
    return SubmissionLog(
        None if entry is None else session.history.journal,
        entry or 0,
        warn=session.reporter.warning,
        tell=tell,
        interrupts=session.interrupts,
        sandbox=session.history.account.sandbox,
    )


@contextmanager
def _progress_of(reporter: Reporter, request: Request) -> Iterator[Callable[[int, int], None]]:
    """Show how much of a large request is sent; a small one needs no progress bar."""
    if request.encoded.length < LARGE_REQUEST_BYTES:
        yield lambda *_: None
        return
    with reporter.progress() as progress:
        yield partial(progress.transferring, "request")
