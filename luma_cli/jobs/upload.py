"""Uploading a file: a record, its bytes, and the wait until the API has taken them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.api.client import LumaClient
from luma_cli.body.encode import EncodedBody
from luma_cli.body.inline import InlineFile
from luma_cli.errors import (
    FileFailedError,
    LinkRefusedError,
    RejectedError,
    UnexpectedAnswerError,
    WaitTimeoutError,
)
from luma_cli.jobs.patience import Persistence, try_again
from luma_cli.transfers.upload import put_file

if TYPE_CHECKING:
    import httpx

LONGEST_INGEST_SECONDS = 300.0
_FIRST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS, _GROWTH = 0.5, 5.0, 1.5
_MOST_ENVELOPES = 3


class Wanted(NamedTuple):
    """A local file, and what its record is to say."""

    file: InlineFile
    purpose: str | None = None
    expires_at: str | None = None


def upload_file(
    client: LumaClient,
    storage_for: Callable[[str], httpx.Client],
    wanted: Wanted,
    *,
    wait: bool,
    persistence: Persistence,
    report: Callable[[str, int, int | None], None],
) -> Answer:
    """Upload a file and return its record, `ready` unless `wait` is off.

    Raises `FileFailedError` when the API does not take it, `WaitTimeoutError` when it takes longer
    than five minutes, and the errors of the client and of `put_file`.
    """
    file_id = _send_bytes(client, storage_for, wanted, persistence, report)
    try:
        answer = try_again(lambda: client.complete_file(file_id), persistence)
    except RejectedError as refusal:
        if refusal.exchange is None or refusal.exchange.status != 409:
            raise
        # an earlier try was carried out, and only its answer was lost
        answer = try_again(lambda: client.get_file(file_id), persistence)
    return _ready(client, answer, persistence) if wait else answer


def _send_bytes(
    client: LumaClient,
    storage_for: Callable[[str], httpx.Client],
    wanted: Wanted,
    persistence: Persistence,
    report: Callable[[str, int, int | None], None],
) -> str:
    """Send the bytes and return the file's id; an envelope that has died is asked for again."""
    envelopes = 0
    while True:
        envelopes += 1
        created = try_again(
            lambda: client.create_file(EncodedBody(_record(wanted))), persistence
        ).fields
        envelope = created.get("upload")
        if not isinstance(envelope, Mapping) or not isinstance(created.get("id"), str):
            raise UnexpectedAnswerError("the server answered a file without a place to send it to")
        url = str(envelope.get("url"))
        headers = {str(name): str(value) for name, value in (envelope.get("headers") or {}).items()}
        put = partial(
            put_file, storage_for(url), url, headers, wanted.file.path, wanted.file.size, report
        )
        try:
            try_again(put, persistence)
        except LinkRefusedError:
            if envelopes == _MOST_ENVELOPES:
                raise
            continue
        return str(created["id"])


def _record(wanted: Wanted) -> dict[str, Any]:
    fields = {
        "mime_type": wanted.file.media_type,
        "size_bytes": wanted.file.size,
        "filename": wanted.file.path.name,
        "purpose": wanted.purpose,
        "expires_at": wanted.expires_at,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _ready(client: LumaClient, answer: Answer, persistence: Persistence) -> Answer:
    file_id, clock = str(answer.fields.get("id")), persistence.clock
    deadline, pause = clock.now() + LONGEST_INGEST_SECONDS, _FIRST_LOOK_SECONDS
    while (state := answer.fields.get("state")) != "ready":
        if state in ("failed", "deleted"):
            reason = answer.fields.get("failure_reason") or "the server gave no reason"
            raise FileFailedError(f"the API did not take file {file_id}: {reason}")
        if clock.now() + pause > deadline:
            raise WaitTimeoutError(
                f"file {file_id} is still {state} after five minutes",
                hint=f"look again with `luma-agents-cli files get {file_id}`",
            )
        clock.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_LOOK_SECONDS)
        answer = try_again(lambda: client.get_file(file_id), persistence)
    return answer
