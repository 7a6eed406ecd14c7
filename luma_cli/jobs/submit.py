"""Submitting a job: one POST, and another only after one that cannot have been accepted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from luma_cli import PROGRAM
from luma_cli.api.answer import Answer
from luma_cli.api.client import LumaClient
from luma_cli.api.failures import OUTCOME_UNKNOWN_HINT
from luma_cli.body.encode import EncodedBody
from luma_cli.body.inline import InlineFile
from luma_cli.errors import LumaError, OutcomeUnknownError, RejectedError, StoppedError
from luma_cli.host import Clock
from luma_cli.jobs.patience import Persistence, backoff_seconds
from luma_cli.jobs.record import Record

LONGEST_SUBMISSION_SECONDS = 300.0
_MOST_NAMED = 3


def submit(
    client: LumaClient,
    body: Mapping[str, Any],
    record: Record,
    on_accepted: Callable[[str], None],
    persistence: Persistence,
    report: Callable[[int, int], None] = lambda *_: None,
) -> Answer:
    """Send the request and return the answer; `record` notes every step before it is taken.

    `on_accepted` hears the new job's id as soon as it is read and noted, `report(done, total)` of
    the bytes as they are sent. Raises `OutcomeUnknownError` when the job may or may not exist, also
    for an interruption while the request is under way; any other `LumaError` before `on_accepted`
    was called means that no job was made.
    """
    encoded, clock = EncodedBody(body, report), persistence.clock
    deadline = clock.now() + LONGEST_SUBMISSION_SECONDS
    sent_again = 0
    while True:
        try:
            return _send_once(client, encoded, record, on_accepted)
        except OutcomeUnknownError as problem:
            record.unknown(problem)
            if record.is_kept:
                show = f"`{PROGRAM} generations show {record.entry}`"
                problem.hint = f"{problem.hint}; {show} has its request ids"
            raise
        except LumaError as problem:
            pause = backoff_seconds(sent_again + 1, problem, LONGEST_SUBMISSION_SECONDS)
            out_of_patience = sent_again == persistence.retries or clock.now() + pause > deadline
            if not problem.may_be_sent_again or out_of_patience:
                record.refused(problem)
                _add_hint(problem, body)
                raise
            persistence.on_retry(problem, pause)
        sent_again += 1
        _pause(clock, pause, record)


def _send_once(
    client: LumaClient, body: EncodedBody, record: Record, on_accepted: Callable[[str], None]
) -> Answer:
    accepted: list[str] = []

    def accept(generation_id: str) -> None:
        accepted.append(generation_id)
        record.accepted(generation_id)
        on_accepted(generation_id)

    request_id = str(uuid.uuid4())
    record.attempt(request_id)
    try:
        return client.create_generation(body, accept, request_id)
    except KeyboardInterrupt:
        if accepted:
            raise
        raise OutcomeUnknownError(
            "interrupted while the submission was under way: it may or may not have been accepted",
            hint=OUTCOME_UNKNOWN_HINT,
        ) from None


def _pause(clock: Clock, seconds: float, record: Record) -> None:
    try:
        clock.sleep(seconds)
    except KeyboardInterrupt:
        stopped = StoppedError("interrupted; the submission was refused so far, no job was made")
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
