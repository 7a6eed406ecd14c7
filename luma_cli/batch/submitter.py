"""Submitting one job of a batch, in a thread of its own: upload, entry in the history, POST."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.batch.job import PlannedJob
from luma_cli.batch.queue import Sending
from luma_cli.body.request import Request
from luma_cli.errors import LumaError, OutcomeUnknownError, RateLimitedError, UncollectedError
from luma_cli.jobs.retry import TRANSIENT_ERRORS, backoff_seconds
from luma_cli.jobs.submission_log import LONGEST_STORING_SECONDS
from luma_cli.jobs.submit import Attempts, Retry, confirm
from luma_cli.journal.runs import Run, begin_job
from luma_cli.output.progress import Progress
from luma_cli.workflows.once import Once
from luma_cli.workflows.plan import Plan
from luma_cli.workflows.price import check_spending_limits
from luma_cli.workflows.session import Session
from luma_cli.workflows.submit import Submission, new_submission, submission_log
from luma_cli.workflows.upload import upload_large

_NOT_ONCE = Once(is_asked=False, key=None)
Outcome = Answer | Retry | LumaError


class RunRules(NamedTuple):
    """When a run stops submitting, and how long it waits.

    `deadline` is in seconds of the clock, `job_timeout` in seconds from the submission of a job.
    `most_failures` ends the submitting. A generation that failed for a temporary reason is
    submitted again up to `resubmissions` times.
    """

    deadline: float = math.inf
    job_timeout: float | None = None
    poll_interval: float | None = None
    most_failures: int | None = None
    resubmissions: int = 0


def plan_of(job: PlannedJob, rules: RunRules) -> Plan:
    """Return what is done with a job once it is accepted."""
    return Plan(
        wait=True,
        deadline=rules.deadline,
        poll_interval=rules.poll_interval,
        target=job.target,
        just_submitted=True,
        in_history=True,
    )


class Submitter:
    """Submits the jobs of a run; `send` may be called by several threads at once.

    No network error is final once the API `has_answered` in this run.
    """

    def __init__(
        self,
        session: Session,
        run: Run,
        rules: RunRules,
        progress_of: Callable[[PlannedJob], Progress],
    ) -> None:
        # The limit of one job is a limit of the run here, which `Budget` keeps.
        self._session = session._replace(limits=session.limits._replace(max_cost=None))
        self._run, self._rules, self._progress_of = run, rules, progress_of
        self.has_answered = False

    def send(self, sending: Sending) -> Outcome:
        """Send a job once; return the answer, when it may be retried, or why no retry may follow.

        An `OutcomeUnknownError` means that the job may exist, any other error that no job was made,
        unless `sending` has an id. Never raises a `LumaError`.
        """
        try:
            if sending.attempts is None:
                request = self._upload(sending)
                if isinstance(request, Retry):
                    return request
                sending.attempts = self._begin(sending, request)
            outcome = sending.attempts.send()
            self.has_answered |= not isinstance(outcome, Retry) or _is_answer(outcome.problem)
            if isinstance(outcome, Answer) and not outcome.is_certain:
                return self._confirmed(sending, outcome)
            return outcome
        except LumaError as problem:
            return problem

    def _upload(self, sending: Sending) -> Request | Retry:
        """Return the request with its large files uploaded; an outage is waited for."""
        try:
            return upload_large(
                self._session,
                sending.job.request,
                deadline=self._rules.deadline,
                progress=self._progress_of(sending.job),
            )
        except TRANSIENT_ERRORS as problem:
            if not self.has_answered:
                raise
            sending.failed_uploads += 1
            return Retry(problem, backoff_seconds(sending.failed_uploads, problem))

    def _begin(self, sending: Sending, request: Request) -> Attempts:
        """Add the submission to the history."""
        session, job = self._session, sending.job
        submission = Submission(request, job.price, plan_of(job, self._rules), job.tag, _NOT_ONCE)
        journal = session.history.journal
        check = partial(
            check_spending_limits, session.limits, job.price, session.history, session.clock
        )
        with journal.busy_timeout(LONGEST_STORING_SECONDS):
            entry = begin_job(
                journal,
                self._run.run,
                job.key,
                job.digest,
                new_submission(session, submission),
                check=check,
            )

        def tell(new_id: str) -> None:
            session.reporter.note(f"row {job.row} is submitted as {new_id}", always=True)

        def accept(new_id: str) -> None:
            sending.new_id = new_id

        sending.log = submission_log(session, entry, tell)
        return Attempts(
            session.api,
            request,
            sending.log,
            accept,
            session.retry_policy,
            deadline=self._rules.deadline,
            interrupts=session.interrupts,
            counts=self._uses_up_a_retry,
        )

    def _uses_up_a_retry(self, problem: LumaError) -> bool:
        return not (isinstance(problem, RateLimitedError) or self.has_answered)

    def _confirmed(self, sending: Sending, answer: Answer) -> Answer:
        """Ask for a job whose id was found in a damaged answer; raises `OutcomeUnknownError`."""
        session = self._session
        try:
            return confirm(session.api, answer, session.retry_policy, self._rules.deadline)
        except OutcomeUnknownError as problem:
            if sending.log is not None:
                sending.log.unknown(problem.message)
            raise
        except UncollectedError:  # it is waited for, which survives what keeps the API silent
            return answer


def _is_answer(problem: LumaError) -> bool:
    return problem.exchange is not None and problem.exchange.status is not None
