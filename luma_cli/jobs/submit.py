"""Submitting a job: one POST, and another only after one that cannot have been accepted.

From the moment the request has gone out as a whole until its id is told and stored, signals are
held (`interrupts`), nothing waits for a lock before the id is on stderr, and whatever raises
settles the entry in the history first.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from luma_cli import PROGRAM
from luma_cli.api.answer import Answer
from luma_cli.api.client import Accepted, LumaClient
from luma_cli.api.failures import OUTCOME_UNKNOWN_HINT
from luma_cli.body.encode import EncodedBody
from luma_cli.body.inline import InlineFile
from luma_cli.errors import (
    LumaError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    StoppedError,
    UncollectedError,
)
from luma_cli.host import Clock
from luma_cli.interrupts import Interrupts
from luma_cli.jobs.patience import Persistence, backoff_seconds, try_again
from luma_cli.jobs.record import Record
from luma_cli.jobs.wait import LONGEST_UNKNOWN_SECONDS

LONGEST_SUBMISSION_SECONDS = 300.0
_MOST_NAMED, _LOOK_SECONDS = 3, 2.0
_REFUSED_SO_FAR = "interrupted; the submission was refused so far, no job was made"
_NOT_SENT = "interrupted; the submission was not sent whole, no job was made"
_UNDER_WAY = "interrupted while the submission was under way: it may or may not have been accepted"


def submit(
    client: LumaClient,
    body: Mapping[str, Any],
    record: Record,
    on_accepted: Callable[[str], None],
    persistence: Persistence,
    report: Callable[[int, int], None] = lambda *_: None,
    *,
    deadline: float = math.inf,
    interrupts: Interrupts | None = None,
) -> Answer:
    """Send the request and return the answer; `record` notes every step before it is taken.

    `on_accepted` is called with the new job's id as soon as it is known, `report(done, total)` with
    the bytes as they are sent. `deadline` is in seconds of the clock: no retry is made behind it,
    nor after five minutes. Raises `OutcomeUnknownError` when the job may or may not exist, also for
    an interruption while the request is under way; any other `LumaError` before `on_accepted` was
    called means that no job was made.
    """
    encoded, clock = EncodedBody(body, report), persistence.clock
    interrupts = interrupts or Interrupts()
    deadline = min(deadline, clock.now() + LONGEST_SUBMISSION_SECONDS)
    retries = 0
    while True:
        try:
            answer = _send_once(client, encoded, record, on_accepted, clock, deadline, interrupts)
            break
        except OutcomeUnknownError as problem:
            record.unknown(problem.message, problem.answer)
            if record.is_kept:
                show = f"`{PROGRAM} generations show {record.entry}`"
                problem.hint = f"{problem.hint}; {show} has its request ids"
            raise
        except LumaError as problem:
            pause = _pause_before(retries + 1, problem)
            is_last = retries == persistence.retries or clock.now() + pause > deadline
            if interrupts.is_pending and not isinstance(problem, StoppedError):
                problem = StoppedError(_REFUSED_SO_FAR)
            if not problem.may_be_sent_again or is_last:
                record.refused(problem)
                _add_hint(problem, body)
                raise problem from None
            persistence.on_retry(problem, pause)
        retries += 1
        _pause(clock, pause, record)
    return answer


def confirm(client: LumaClient, answer: Answer, persistence: Persistence) -> Answer:
    """Ask for a job whose id was found in an answer that cannot be read; return its state.

    Raises `OutcomeUnknownError` when the API does not know the id, also half a minute later, and
    `UncollectedError` when it cannot be asked.
    """
    new_id, clock = str(answer.generation_id), persistence.clock
    end = clock.now() + LONGEST_UNKNOWN_SECONDS
    try:
        while True:
            try:
                found = try_again(partial(client.get_generation, new_id), persistence)
                return replace(found, generation_id=new_id)
            except RejectedError:
                if clock.now() >= end:
                    raise
            clock.sleep(_LOOK_SECONDS)
    except RejectedError as problem:
        raise OutcomeUnknownError(
            f"the submission may or may not have been accepted: its answer is damaged, and the API"
            f" does not know the id in it, {new_id}",
            hint=OUTCOME_UNKNOWN_HINT,
            exchange=problem.exchange,
            generation_id=new_id,
        ) from None
    except LumaError as problem:
        raise UncollectedError(
            f"the answer to the submission is damaged; the id in it is {new_id}, and asking for it"
            f" failed: {problem.message}",
            hint=f"run `{PROGRAM} generations get {new_id}`",
            exchange=problem.exchange,
            generation_id=new_id,
        ) from None


def _send_once(
    client: LumaClient,
    body: EncodedBody,
    record: Record,
    on_accepted: Callable[[str], None],
    clock: Clock,
    deadline: float,
    interrupts: Interrupts,
) -> Answer:
    found: list[str] = []

    def accept(accepted: Accepted) -> None:
        found.append(accepted.generation_id)
        on_accepted(accepted.generation_id)
        record.accepted(accepted)

    request_id = str(uuid.uuid4())
    try:
        record.attempt(request_id)
    except KeyboardInterrupt:
        raise StoppedError(_NOT_SENT) from None
    try:
        with interrupts.held():
            left = max(deadline - clock.now(), 0.0)
            return client.create_generation(body, accept, request_id, seconds=left)
    except StoppedError:
        raise StoppedError(_NOT_SENT) from None
    except KeyboardInterrupt:
        if found:
            raise
        raise OutcomeUnknownError(_UNDER_WAY, hint=OUTCOME_UNKNOWN_HINT) from None
    except LumaError:
        raise
    except Exception as problem:  # a bug: the traceback is shown, and the entry is not left open
        if not found:
            record.unknown(f"the program failed: {type(problem).__name__}")
        raise


def _pause_before(retry: int, problem: LumaError) -> float:
    """Return the seconds before the n-th retry: as many as the server asks for, if it does."""
    asked = problem.retry_after_seconds if isinstance(problem, RateLimitedError) else None
    return backoff_seconds(retry) if asked is None else asked


def _pause(clock: Clock, seconds: float, record: Record) -> None:
    try:
        clock.sleep(seconds)
    except KeyboardInterrupt:
        stopped = StoppedError(_REFUSED_SO_FAR)
        record.refused(stopped)
        raise stopped from None


def _add_hint(refusal: LumaError, body: Mapping[str, Any]) -> None:
    """Say what, by the known rules, the server will refuse next.

    It names one mistake at a time; the rules know all of them. They never stop a request: the
    server may know better.
    """
    if not isinstance(refusal, RejectedError) or refusal.hint:
        return
    from luma_cli.rules.generation import violations

    details = [violation.detail for violation in violations(with_texts(body))]
    others = [detail for detail in details if detail != refusal.message]
    if others:
        refusal.hint = f"the API would also refuse: {'; '.join(others[:_MOST_NAMED])}"


def with_texts(value: Any) -> Any:
    """Return a body in which files that are not read yet are texts, as they will be when sent."""
    if isinstance(value, Mapping):
        return {key: with_texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_texts(inner) for inner in value]
    return "" if isinstance(value, InlineFile) else value
