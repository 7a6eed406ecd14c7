"""Submitting a job: one POST, and no second one whatever happens.

The journal will stand here: an entry before the POST, the id right after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from luma_cli.api.answer import Answer
from luma_cli.api.client import LumaClient
from luma_cli.api.failures import OUTCOME_UNKNOWN_HINT
from luma_cli.body.encode import EncodedBody
from luma_cli.body.inline import InlineFile
from luma_cli.errors import OutcomeUnknownError, RejectedError

_MOST_NAMED = 3


def submit(
    client: LumaClient, body: Mapping[str, Any], on_accepted: Callable[[str], None]
) -> Answer:
    """Send the request and return the answer.

    `on_accepted` hears the new job's id as soon as it is read. Raises `OutcomeUnknownError` when
    the job may or may not exist, also for an interruption while the request is under way; any other
    `LumaError` before `on_accepted` was called means that no job was made.
    """
    accepted: list[str] = []

    def accept(generation_id: str) -> None:
        accepted.append(generation_id)
        on_accepted(generation_id)

    try:
        return client.create_generation(EncodedBody(body), accept)
    except RejectedError as refusal:
        refusal.hint = refusal.hint or _what_else(body, refusal.message)
        raise
    except KeyboardInterrupt:
        if accepted:
            raise
        raise OutcomeUnknownError(
            "interrupted while the submission was under way: it may or may not have been accepted",
            hint=OUTCOME_UNKNOWN_HINT,
        ) from None


def _what_else(body: Mapping[str, Any], said: str) -> str | None:
    """Return what, by the known rules, the server will refuse next.

    It names one mistake at a time; the rules know all of them. They never stop a request: the
    server may know better.
    """
    from luma_cli.rules.generation import violations

    details = [violation.detail for violation in violations(_with_texts(body))]
    others = [detail for detail in details if detail != said]
    return f"the API would also refuse: {'; '.join(others[:_MOST_NAMED])}" if others else None


def _with_texts(value: Any) -> Any:
    """Return a body in which files that are not read yet are texts, as they will be when sent."""
    if isinstance(value, Mapping):
        return {key: _with_texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_texts(inner) for inner in value]
    return "" if isinstance(value, InlineFile) else value
