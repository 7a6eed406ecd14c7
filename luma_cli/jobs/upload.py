"""Uploading a file: create its record, send its bytes, wait until the API has processed it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.api.client import LumaClient
from luma_cli.body.encode import EncodedBody
from luma_cli.body.local_file import LocalFile
from luma_cli.errors import (
    FileFailedError,
    LinkRefusedError,
    LumaError,
    RejectedError,
    WaitTimeoutError,
)
from luma_cli.jobs.poll import Finished, Lookup
from luma_cli.jobs.retry import RetryPolicy, retry, retry_in_time
from luma_cli.jobs.scheduler import Scheduler
from luma_cli.transfers.storage import Storage
from luma_cli.transfers.upload import put_file

if TYPE_CHECKING:
    import httpx

LONGEST_INGEST_SECONDS = 300.0
_FIRST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS, _GROWTH = 0.5, 5.0, 1.5
_MOST_ENVELOPES = 3


class UploadRequest(NamedTuple):
    """A local file, and the fields of its record."""

    file: LocalFile
    purpose: str | None = None
    expires_at: str | None = None


def upload_file(
    client: LumaClient,
    storage_for: Callable[[str], httpx.Client],
    wanted: UploadRequest,
    *,
    wait: bool,
    policy: RetryPolicy,
    report: Callable[[str, int, int | None], None],
    deadline: float = math.inf,
) -> Answer:
    """Upload a file and return its record, `ready` unless `wait` is off.

    `deadline` is in seconds of the policy's clock. Raises `FileFailedError` if the API rejects the
    file, `InputFileError` if it changed during the upload, `WaitTimeoutError` after the deadline or
    five minutes, `UnexpectedAnswerError`, and the errors of the client and of `put_file`.
    """
    storage = Storage(storage_for, policy.clock, deadline)
    from luma_cli.api.file_models import read_record

    file_id = _send_bytes(client, storage, wanted, policy, report)
    try:
        answer = retry_in_time(partial(client.complete_file, file_id), policy, deadline)
    except RejectedError as refusal:
        if refusal.exchange is None or refusal.exchange.status != 409:
            raise
        # an earlier try succeeded, and only its answer was lost
        answer = retry_in_time(partial(client.get_file, file_id), policy, deadline)
    read_record(answer)
    return _ready(client, file_id, answer, policy, deadline) if wait else answer


def _send_bytes(
    client: LumaClient,
    storage: Storage,
    wanted: UploadRequest,
    policy: RetryPolicy,
    report: Callable[[str, int, int | None], None],
) -> str:
    """Send the bytes and return the file's id; an expired link is replaced by a new one."""
    from luma_cli.api.file_models import read_new_file

    deadline = storage.deadline
    envelopes = 0
    while True:
        envelopes += 1
        storage.limit.check("the upload was not complete")
        create = partial(client.create_file, EncodedBody(_record(wanted)))
        created = retry_in_time(create, policy, deadline)
        new_file = read_new_file(created)
        url, headers = new_file.upload.url, new_file.upload.headers
        file = wanted.file
        put = partial(
            put_file,
            storage,
            url,
            headers,
            file.path,
            file.size,
            report,
            version=file.version,
        )
        try:
            retry(put, policy, deadline)
        except LinkRefusedError as refused:
            if envelopes == _MOST_ENVELOPES or refused.exchange is None:
                raise
            continue
        wanted.file.check_unchanged()  # else the record has mixed bytes under a wrong digest
        return new_file.id


def _record(wanted: UploadRequest) -> dict[str, Any]:
    fields = {
        "mime_type": wanted.file.media_type,
        "size_bytes": wanted.file.size,
        "filename": wanted.file.path.name,
        "purpose": wanted.purpose,
        "expires_at": wanted.expires_at,
    }
    return {name: value for name, value in fields.items() if value is not None}


class _FilePoll(Lookup):
    """Waits until a file is ready, at most five minutes."""

    def __init__(
        self, file_id: str, client: LumaClient, policy: RetryPolicy, deadline: float
    ) -> None:
        super().__init__(file_id, client.get_file, policy, deadline)
        self._given_up = policy.clock.now() + LONGEST_INGEST_SECONDS
        self._pause, self._state = _FIRST_LOOK_SECONDS, "pending"

    def begin(self, now: float) -> None:
        """Use the answer to the upload as the first one."""

    def judge(self, answer: Answer, now: float) -> Finished | None:
        from luma_cli.api.file_models import read_record

        record = read_record(answer)
        self._state = record.state
        if record.state == "ready":
            return Finished(self.id, answer)
        if record.state in ("failed", "deleted"):
            raise FileFailedError(f"the API did not take file {self.id}: {record.failure_reason}")
        if now + self._pause > min(self._given_up, self.deadline):
            raise self._late()
        self.due = now + self._pause
        self._pause = min(self._pause * _GROWTH, _LONGEST_LOOK_SECONDS)
        return None

    def _failed(self, problem: LumaError) -> Finished:
        return Finished(self.id, error=problem)

    def _late(self, problem: str | None = None) -> LumaError:  # noqa: ARG002 - the state says it
        late = (
            "after five minutes" if self._given_up <= self.deadline else "and `--timeout` ran out"
        )
        return WaitTimeoutError(
            f"file {self.id} is still {self._state} {late}",
            hint=f"look again with `luma-agents-cli files get {self.id}`",
        )


def _ready(
    client: LumaClient, file_id: str, answer: Answer, policy: RetryPolicy, deadline: float
) -> Answer:
    """Return the record of a file once it is `ready`; `answer` is the first one."""
    poll = _FilePoll(file_id, client, policy, deadline)
    finished = poll.judge(answer, policy.clock.now())
    if finished is None:
        scheduler = Scheduler(policy.clock, lambda finished, _: finished)
        scheduler.add(poll)
        (finished,) = scheduler.run()
    if finished.answer is None:
        raise finished.error or AssertionError("a poll ends with an answer or an error")
    return finished.answer
