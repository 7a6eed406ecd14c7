"""Submitting a job: one POST, and another only after one that cannot have been accepted.

From the last byte of the request until its id is printed and stored, signals are held
(`interrupts`), nothing waits for a lock before the id is on stderr, and every exception settles the
entry in the history first.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, NoReturn

from luma_cli import PROGRAM
from luma_cli.api.answer import Answer
from luma_cli.api.client import Accepted, LumaClient
from luma_cli.api.failures import OUTCOME_UNKNOWN_HINT, UNKNOWN_OUTCOME
from luma_cli.body.request import Request
from luma_cli.errors import (
    LumaError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    StoppedError,
    UncollectedError,
)
from luma_cli.interrupts import Interrupts
from luma_cli.jobs.poll import LONGEST_UNKNOWN_SECONDS
from luma_cli.jobs.retry import RetryPolicy, backoff_seconds, retry
from luma_cli.jobs.submission_log import SubmissionLog

LONGEST_SUBMISSION_SECONDS = 300.0
_MOST_NAMED, _LOOK_SECONDS = 3, 2.0
_REFUSED_SO_FAR = "interrupted; the submission was refused so far, no job was made"
_NOT_SENT = "interrupted; the submission was not sent whole, no job was made"
_UNDER_WAY = "interrupted while the submission was under way: it may or may not have been accepted"


def submit(attempts: Attempts, policy: RetryPolicy) -> Answer:
    """Send a request until it is accepted, and sleep before each retry; return the answer.

    Retries are announced by the policy. Raises what `Attempts.send` raises, and `StoppedError`.
    """
    while isinstance(outcome := attempts.send(), Retry):
        policy.on_retry(outcome.problem, outcome.pause_seconds)
        attempts.pause(outcome.pause_seconds)
    return outcome


class Retry(NamedTuple):
    """A submission was certainly not accepted; it may be retried after a pause."""

    problem: LumaError
    pause_seconds: float


class Attempts:
    """The attempts to submit one request; `log` records every step before it is taken.

    `on_accepted` is called with the new job's id as soon as it is known, and again once it is
    stored, `report(done, total)` with the bytes as they are sent. `deadline` is in seconds of the
    clock: no retry is made behind it, nor after five minutes. `counts` returns whether a failure
    uses up a retry, and those five minutes.
    """

    def __init__(
        self,
        client: LumaClient,
        request: Request,
        log: SubmissionLog,
        on_accepted: Callable[[str], None],
        policy: RetryPolicy,
        report: Callable[[int, int], None] = lambda *_: None,
        *,
        deadline: float = math.inf,
        interrupts: Interrupts | None = None,
        counts: Callable[[LumaError], bool] = lambda _: True,
    ) -> None:
        self._client, self._request, self._log = client, request, log
        self._body = request.encoded.with_report(report)
        self._on_accepted, self._interrupts = on_accepted, interrupts or Interrupts()
        self._policy, self._clock, self._deadline = policy, policy.clock, deadline
        self._retry_until = min(deadline, self._clock.now() + LONGEST_SUBMISSION_SECONDS)
        self._counts = counts
        self._failures = self._retries = 0
        self._accepted = self._was_refused = False

    def send(self) -> Answer | Retry:
        """Send the request once.

        Raises `OutcomeUnknownError` when the job may or may not exist, also for an interruption
        while the request is under way; any other `LumaError` before `on_accepted` was called means
        that no job was made. Raises `KeyboardInterrupt` once a job is paid.
        """
        outcome = self._send()
        if isinstance(outcome, Answer):
            return outcome
        if (retry := self._retry_after(outcome)) is None:
            self.refuse(outcome)
            raise _with_advice(outcome, self._request)
        try:
            with self._interrupts.held():
                self._log.not_accepted()
        except KeyboardInterrupt:
            self.stop()
        return retry

    def pause(self, seconds: float) -> None:
        """Wait before the next attempt; raises `StoppedError` for an interruption."""
        try:
            self._clock.sleep(seconds)
        except KeyboardInterrupt:
            self.stop()

    def stop(self) -> NoReturn:
        """Record that an interruption keeps further attempts from being made, and raise it."""
        stopped = self._stopped()
        self.refuse(stopped)
        raise stopped

    def refuse(self, problem: LumaError) -> None:
        """Record that no job was created, and why; no attempt may follow."""
        with self._interrupts.held_for_an_error():
            self._log.refused(problem)

    def _retry_after(self, problem: LumaError) -> Retry | None:
        """Return the retry that may follow a failure, if any."""
        if not problem.may_be_retried:
            return None
        self._failures += 1
        retry = Retry(problem, _pause_before(self._failures, problem))
        if not self._counts(problem):
            return retry
        self._retries += 1
        is_last = self._retries > self._policy.retries
        is_late = self._clock.now() + retry.pause_seconds > self._retry_until
        return None if is_last or is_late else retry

    def _send(self) -> Answer | LumaError:
        """Send the request once; return the answer, or the error of a certain refusal."""
        request_id = str(uuid.uuid4())
        try:
            self._log.attempt(request_id)
            with self._interrupts.held():
                if self._interrupts.is_pending:  # it came while another thread held signals
                    return self._stopped()
                return self._send_held(request_id)
        except KeyboardInterrupt:
            if self._accepted:
                raise
            return self._stopped()

    def _send_held(self, request_id: str) -> Answer | LumaError:
        """Send the request while signals are held, and settle the entry."""
        left = max(self._deadline - self._clock.now(), 0.0)
        try:
            return self._client.create_generation(
                self._body, self._accept, request_id, seconds=left
            )
        except OutcomeUnknownError as problem:
            raise self._unknown(problem) from None
        except KeyboardInterrupt:
            if self._accepted:
                raise
            unknown = OutcomeUnknownError(_UNDER_WAY, hint=OUTCOME_UNKNOWN_HINT)
            raise self._unknown(unknown) from None
        except StoppedError:
            return self._stopped()
        except LumaError as problem:
            self._was_refused = True
            return self._stopped() if self._interrupts.is_pending else problem
        except Exception as problem:  # a bug: the traceback is shown, the entry is not left open
            if not self._accepted:
                self._log.unknown(f"the program failed: {type(problem).__name__}")
            raise

    def _accept(self, accepted: Accepted) -> None:
        self._accepted = True
        self._on_accepted(accepted.generation_id)
        self._log.accepted(accepted)
        self._on_accepted(accepted.generation_id)

    def _unknown(self, problem: OutcomeUnknownError) -> OutcomeUnknownError:
        fact = problem.message.removeprefix(f"{UNKNOWN_OUTCOME}: ")
        self._log.unknown(fact, problem.answer)
        if self._log.is_kept:
            show = f"`{PROGRAM} generations show {self._log.entry}`"
            return problem.but(hint=f"{problem.hint}; {show} has its request ids")
        return problem

    def _stopped(self) -> StoppedError:
        """Return the error of an interruption when every attempt was certainly refused."""
        return StoppedError(_REFUSED_SO_FAR if self._was_refused else _NOT_SENT)


def confirm(
    client: LumaClient, answer: Answer, policy: RetryPolicy, deadline: float = math.inf
) -> Answer:
    """Return the answer for a job whose id was found in an unreadable answer.

    Raises `OutcomeUnknownError` if the API still does not know the id half a minute later, and
    `UncollectedError` if the API does not answer before the `deadline`.
    """
    new_id, clock = str(answer.generation_id), policy.clock
    known_by = min(deadline, clock.now() + LONGEST_UNKNOWN_SECONDS)
    while True:
        try:
            found = retry(partial(client.get_generation, new_id), policy, deadline)
            return Answer(found.text, found.exchange, new_id, found.is_certain)
        except LumaError as problem:
            if not _is_not_found(problem):
                raise _unconfirmed(new_id, problem) from None
            if clock.now() + _LOOK_SECONDS > known_by:
                if deadline <= known_by:  # the API may only be late
                    raise _unconfirmed(new_id, problem) from None
                raise OutcomeUnknownError(
                    f"{UNKNOWN_OUTCOME}: its answer is damaged, and the API does not know the id in"
                    f" it, {new_id}",
                    hint=OUTCOME_UNKNOWN_HINT,
                    exchange=problem.exchange,
                    generation_id=new_id,
                ) from None
        clock.sleep(_LOOK_SECONDS)


def _is_not_found(problem: LumaError) -> bool:
    """Return whether the API itself, not a gateway, reports an unknown id."""
    exchange = problem.exchange
    return exchange is not None and exchange.status == 404 and "detail" in (exchange.body or {})


def _unconfirmed(new_id: str, problem: LumaError) -> UncollectedError:
    return UncollectedError(
        f"the answer to the submission is damaged; the id in it is {new_id}, and asking for it"
        f" failed: {problem.message}",
        exchange=problem.exchange,
        generation_id=new_id,
    )


def _pause_before(retry: int, problem: LumaError) -> float:
    """Return the seconds before the n-th retry: `Retry-After` of the server, if any."""
    asked = problem.retry_after_seconds if isinstance(problem, RateLimitedError) else None
    return backoff_seconds(retry) if asked is None else asked


def _with_advice(refusal: LumaError, request: Request) -> LumaError:
    """Return the error with a hint about the flag to change, and further violations.

    The server reports one violation at a time. The rules never stop a request, as the server is the
    authority.
    """
    if not isinstance(refusal, RejectedError) or refusal.hint:
        return refusal
    from luma_cli.body.advice import advice
    from luma_cli.rules.generation import violations

    body = request.for_rules()
    others = [each.detail for each in violations(body) if each.detail != refusal.message]
    next_ones = f"the API would also reject: {'; '.join(others[:_MOST_NAMED])}" if others else None
    hints = [hint for hint in (advice(refusal.message, body), next_ones) if hint]
    return refusal.but(hint="; ".join(hints) or None)
