"""Submitting a job: one POST, and no second one whatever happens.

The journal will stand here: an entry before the POST, the id right after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from luma_cli.api.answer import Answer
from luma_cli.api.client import LumaClient
from luma_cli.api.failures import OUTCOME_UNKNOWN_HINT
from luma_cli.body.encode import EncodedBody
from luma_cli.errors import OutcomeUnknownError


def submit(client: LumaClient, body: Mapping[str, Any]) -> Answer:
    """Send the request and return the answer, whose `fields["id"]` names the new job.

    Raises `OutcomeUnknownError` when the job may or may not exist, also for an interruption while
    the request is under way; any other error means that no job was made.
    """
    encoded = EncodedBody(body)
    try:
        return client.create_generation(encoded)
    except KeyboardInterrupt:
        raise OutcomeUnknownError(
            "interrupted while the submission was under way: it may or may not have been accepted",
            hint=OUTCOME_UNKNOWN_HINT,
        ) from None
