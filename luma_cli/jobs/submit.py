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
from luma_cli.errors import OutcomeUnknownError


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
    except KeyboardInterrupt:
        if accepted:
            raise
        raise OutcomeUnknownError(
            "interrupted while the submission was under way: it may or may not have been accepted",
            hint=OUTCOME_UNKNOWN_HINT,
        ) from None
