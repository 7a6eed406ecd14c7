"""Runs a batch: submits what the limits allow, waits for what runs, saves what has ended."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from luma_cli.batch.job import PlannedJob
from luma_cli.batch.outcome import result_of_collected, result_of_decision, unfinished
from luma_cli.batch.queue import Sending, SubmissionQueue
from luma_cli.batch.reconcile import Action, Decision
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.running import RunningJob, RunningJobs
from luma_cli.batch.submitter import Outcome, RunRules, Submitter, plan_of
from luma_cli.errors import (
    AuthError,
    FundsError,
    GenerationFailedError,
    JournalError,
    LumaError,
    OutcomeUnknownError,
    RateLimitedError,
    SaveError,
    StoppedError,
    UnavailableError,
    WaitTimeoutError,
)
from luma_cli.jobs.history import JobHistory
from luma_cli.jobs.outage import Outage
from luma_cli.jobs.poll import Finished, JobPoll, Watch
from luma_cli.jobs.scheduler import Scheduler
from luma_cli.jobs.submit import Retry
from luma_cli.jobs.workers import Stop
from luma_cli.rules.constants import TEMPORARY_FAILURES
from luma_cli.rules.prices import REFUNDED
from luma_cli.workflows.collect import Collected, Collector
from luma_cli.workflows.pending import uncollected
from luma_cli.workflows.session import Session

if TYPE_CHECKING:
    from luma_cli.batch.display import Display

# Results that are known before anything is sent are given in portions, between other work.
_MOST_GIVEN = 100
# What ends the submitting: the next job would meet it, too.
_ENDS_SUBMITTING = (
    *(AuthError, FundsError, JournalError, SaveError, StoppedError, UnavailableError),
    WaitTimeoutError,
)


class Runner:
    """Submits, waits and saves; the calling thread takes the results.

    Of the jobs that an earlier invocation submitted, `known` are the results of those that are left
    as they are, and `waiting` those that are still waited for. `stopped` is the error that ended
    the submitting, if one did.
    """

    def __init__(
        self,
        session: Session,
        queue: SubmissionQueue,
        submitter: Submitter,
        known: Iterable[RowResult],
        waiting: Iterable[tuple[PlannedJob, Decision]],
        rules: RunRules,
        display: Display,
    ) -> None:
        self._session, self._clock = session, session.clock
        self._queue, self._submitter, self._rules = queue, submitter, rules
        self._display = display
        self._known, self._accepted_before = deque(known), deque(waiting)
        self._history = JobHistory(session.history.journal, session.reporter.warning)
        self._outage = Outage(session.note_outage)
        self._watch = Watch(
            session.api.get_generation,
            self._report_state,
            self._outage,
            self._history.age,
        )
        self._running = RunningJobs()
        self._resubmissions: dict[str, int] = {}
        self._failures = 0
        self._is_stopping = False
        self.stopped: LumaError | None = None
        self._scheduler: Scheduler[RowResult | Collected] = Scheduler(
            self._clock, self._collect, waiting=session.interrupts.raised
        )

    def results(self) -> Generator[RowResult, None, None]:
        """Yield the result of each job as soon as it is known; of jobs not sent there is none.

        Call it in a `deferred` block: a signal between two steps would hide what became of a job.
        """
        self._scheduler.feed_from(self._feed)
        self._scheduler.read_from(self._polls_of_accepted())
        try:
            yield from self._results_of(self._scheduler.run())
        except (AuthError, StoppedError) as problem:  # of a poll
            self.stop(problem)
        except KeyboardInterrupt:
            self.stop(StoppedError("interrupted"))
            yield from self.rest()
        finally:
            self._queue.give_up(self.stopped or StoppedError("interrupted"))

    def rest(self) -> Iterator[RowResult]:
        """Yield the results of work that had ended when the run was interrupted."""
        return self._results_of(self._scheduler.rest())

    def _results_of(self, items: Iterable[RowResult | Collected]) -> Iterator[RowResult]:
        for item in items:
            result = self._ended(item) if isinstance(item, Collected) else item
            if result is not None:
                self._count(result)
                yield result

    def stop(self, problem: LumaError | None) -> None:
        """Submit nothing more; jobs in progress are still waited for."""
        self._is_stopping = True
        self.stopped = self.stopped or problem

    def _feed(self, now: float) -> float | None:
        """Start what may be submitted now; see `Scheduler.feed_from`."""
        for _ in range(min(len(self._known), _MOST_GIVEN)):
            self._scheduler.give(self._known.popleft())
        if now >= self._rules.deadline and len(self._queue):
            self.stop(WaitTimeoutError("`--timeout` ran out"))
        again = math.inf if self._is_stopping else self._start(now)
        shown_again = self._display.changed(
            self._queue, self._running.count, now, is_stopping=self._is_stopping
        )
        if self._known:
            return now
        is_over = not (self._queue.under_way or self._running or self._accepted_before)
        if is_over and (self._is_stopping or not len(self._queue)):
            return None
        again = min(again, shown_again)
        return min(again, self._rules.deadline) if len(self._queue) else again

    def _start(self, now: float) -> float:
        """Start all submissions that may start; return when the next one may."""
        while (again := self._queue.next_start(now, self._running.count)) <= now:
            try:
                sending = self._queue.start(now, self._running.count)
            except FundsError as problem:
                self.stop(problem)
                return math.inf
            self._display.began(sending.job)
            self._scheduler.start(
                partial(self._submitter.send, sending), partial(self._sent, sending)
            )
        return again

    def _sent(self, sending: Sending, outcome: Outcome) -> Iterable[RowResult]:
        """Handle the end of an attempt to submit a job."""
        now, job = self._clock.now(), sending.job
        if isinstance(outcome, Retry):
            self._display.postponed(job)
            self._queue.retry(sending, outcome, now, self._running.count)
            if not isinstance(outcome.problem, RateLimitedError):
                problem, pause = outcome.problem.message, outcome.pause_seconds
                self._outage.note(job.key, problem, now, pause, is_over=False)
            return ()
        self._outage.note(job.key, None, now, 0.0, is_over=True)
        if isinstance(outcome, OutcomeUnknownError):
            self._queue.unknown(sending, now)
            new_id = sending.new_id
            return (unfinished(job, Status.UNKNOWN, generation_id=new_id, error=outcome),)
        if sending.new_id is not None:
            limit = None if isinstance(outcome, LumaError) else outcome.exchange.rate_limit
            self._queue.accepted(sending, now, limit)
            if sending.log is not None and not sending.log.is_kept:
                self._session.at_exit(sending.log.store_again)
            return self._accept(job, sending.new_id)
        if isinstance(outcome, LumaError):
            return self._refused(sending, now, outcome)
        return ()

    def _accept(self, job: PlannedJob, generation_id: str) -> Iterable[RowResult]:
        try:
            self._running.add(generation_id, RunningJob(job, self._clock.now(), job.price.dollars))
        except OutcomeUnknownError as error:
            return (unfinished(job, Status.UNKNOWN, generation_id=generation_id, error=error),)
        self._display.accepted(job, generation_id)
        self._scheduler.add(self._poll(generation_id, just_submitted=True))
        return ()

    def _refused(self, sending: Sending, now: float, problem: LumaError) -> Iterable[RowResult]:
        """Handle a job that was certainly not accepted; some errors end the submitting."""
        ends = isinstance(problem, _ENDS_SUBMITTING)
        self._queue.refused(sending, now, is_sent_later=ends)
        if not ends:
            return (unfinished(sending.job, Status.REFUSED, error=problem),)
        self._display.postponed(sending.job)
        self.stop(problem)
        return ()

    def _polls_of_accepted(self) -> Iterator[JobPoll]:
        """Yield the polls of jobs that an earlier invocation submitted."""
        while self._accepted_before:
            job, decision = self._accepted_before.popleft()
            generation_id = str(decision.generation_id)
            now = self._clock.now()
            try:
                self._running.add(
                    generation_id, RunningJob(job, now, decision.cost, is_reused=True)
                )
            except OutcomeUnknownError as error:
                unknown = Decision(Action.UNKNOWN, generation_id, error=error)
                self._known.append(result_of_decision(job, unknown))
                continue
            age = self._history.age(generation_id)
            self._display.began(job, 0.0 if age == math.inf else age)
            yield self._poll(generation_id, just_submitted=False)

    def _poll(self, generation_id: str, *, just_submitted: bool) -> JobPoll:
        rules, deadline = self._rules, self._rules.deadline
        if rules.job_timeout is not None:
            deadline = min(deadline, self._clock.now() + rules.job_timeout)
        return JobPoll(
            generation_id,
            self._watch,
            deadline=deadline,
            poll_interval=rules.poll_interval,
            just_submitted=just_submitted,
            first_look=self._running.first_look(generation_id),
            needs_collection=True,
        )

    def _report_state(self, generation_id: str, state: str) -> None:
        """React to the answer of a poll."""
        self._running.state(generation_id, state, self._clock.now())
        self._history.state(generation_id, state)
        self._display.state(self._running[generation_id].job, state)
        self._session.reporter.detail(f"{generation_id} {state}")

    def _collect(self, finished: Finished, stop: Stop) -> Collected:
        """Save the outputs of a job; runs in other threads."""
        active = self._running[finished.id]
        plan = replace(plan_of(active.job, self._rules), just_submitted=not active.is_reused)
        progress = self._display.progress_of(active.job)
        collector = Collector(self._session, plan, progress, self._history)
        return collector.collect(finished, stop)

    def _ended(self, collected: Collected) -> RowResult | None:
        """Return the result of a job, `None` if it is submitted again."""
        generation_id = collected.finished.id
        active = self._running.pop(generation_id)
        problem = collected.problem
        if isinstance(problem, GenerationFailedError):
            if problem.failure_code in REFUNDED:
                self._queue.refunded(active.cost)
            if self._is_resubmitted(active.job, problem):
                self._display.postponed(active.job)
                self._queue.resubmit(active.job)
                return None
        elif isinstance(problem, SaveError):  # the disk would refuse other outputs, too
            self.stop(problem)
        if problem is not None and not active.is_reused:
            collected = collected._replace(problem=uncollected(problem, generation_id))
        seconds = self._clock.now() - active.began
        return result_of_collected(
            active.job,
            collected,
            cost=active.cost,
            is_reused=active.is_reused,
            seconds=None if active.is_reused else seconds,
        )

    def _is_resubmitted(self, job: PlannedJob, problem: GenerationFailedError) -> bool:
        before = self._resubmissions.get(job.key, 0)
        if problem.failure_code not in TEMPORARY_FAILURES or before >= self._rules.resubmissions:
            return False
        if self._is_stopping:
            return False
        self._resubmissions[job.key] = before + 1
        self._session.reporter.note(
            f"row {job.row}: {problem.message}; submitting it again ({before + 1} of"
            f" {self._rules.resubmissions})"
        )
        return True

    def _count(self, result: RowResult) -> None:
        """Stop submitting after too many failures."""
        self._failures += result.status in (Status.FAILED, Status.REFUSED) and not result.reused
        most = self._rules.most_failures
        if most is not None and self._failures >= most:
            self.stop(None)
