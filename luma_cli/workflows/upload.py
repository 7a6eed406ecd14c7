"""Local files that travel through the Files API: announced, and sent only once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from luma_cli.api.answer import Answer
from luma_cli.body.inline import InlineFile, inline_files
from luma_cli.errors import LumaError, RejectedError, UnexpectedAnswerError
from luma_cli.jobs.upload import UploadRequest, upload_file

if TYPE_CHECKING:
    from luma_cli.workflows.session import Session, UploadRule


def upload(
    session: Session,
    wanted: UploadRequest,
    *,
    wait: bool,
    reuse: bool,
    announced: bool = False,
    deadline: float = math.inf,
) -> Answer:
    """Upload a file and return its record; one that was uploaded from here before may do."""
    sha256 = wanted.file.sha256
    if reuse and (known := _known(session, sha256)) is not None:
        session.reporter.note(f"`{wanted.file}` was uploaded before, as {known.fields['id']}")
        return known
    if announced:
        session.reporter.note(f"uploading `{wanted.file}` ({wanted.file.size:,} bytes)")
    with session.reporter.progress() as progress:
        answer = upload_file(
            session.api,
            session.storage_for,
            wanted,
            wait=wait,
            policy=session.retry_policy,
            report=progress.transferring,
            deadline=deadline,
        )
        progress.finished(wanted.file.path.name)
    if session.history.is_kept:
        _remember(session, sha256, str(answer.fields["id"]))
    return answer


def check_files(rule: UploadRule, body: Any) -> None:
    """Raise `InputFileError` for a local file in a body that is beyond what the API takes."""
    from luma_cli.body.limits import check_limits

    for file in inline_files(body):
        check_limits(file, uploaded=_is_to_be_uploaded(rule, file))


def upload_large(
    session: Session, body: Any, purpose: str = "reference", *, deadline: float = math.inf
) -> Any:
    """Return a body in which large local files are uploaded ones; says so for each.

    `deadline` is in seconds of the clock.
    """
    if isinstance(body, list):
        return [upload_large(session, inner, purpose, deadline=deadline) for inner in body]
    if not isinstance(body, Mapping):
        return body
    file = body.get("data")
    if isinstance(file, InlineFile) and _is_to_be_uploaded(session.upload_rule, file):
        wanted = UploadRequest(file, purpose)
        answer = upload(session, wanted, wait=True, reuse=True, announced=True, deadline=deadline)
        return {"file_id": str(answer.fields["id"])}
    return {
        key: upload_large(
            session, inner, "input" if key == "source" else purpose, deadline=deadline
        )
        for key, inner in body.items()
    }


def _is_to_be_uploaded(rule: UploadRule, file: InlineFile) -> bool:
    if rule.when != "auto" or file.media_type == "application/octet-stream":
        return rule.when == "always" and file.media_type != "application/octet-stream"
    return file.media_type.startswith("video/") or file.size > rule.threshold_bytes


def _known(session: Session, sha256: str) -> Answer | None:
    """Return the record of the same bytes, if the API still has them."""
    if (journal := session.history.existing) is None:
        return None
    from luma_cli.jobs.envelope import read_record

    account = session.history.account
    file_id = journal.uploaded(sha256, account.base_url, account.profile)
    if file_id is None:
        return None
    try:
        answer = session.read(lambda: session.api.get_file(file_id))
        return answer if read_record(answer).state == "ready" else None
    except (RejectedError, UnexpectedAnswerError):  # it is gone, or it is no record
        return None


def _remember(session: Session, sha256: str, file_id: str) -> None:
    account = session.history.account
    try:
        session.history.journal.note_upload(sha256, file_id, account.base_url, account.profile)
    except LumaError as problem:  # the file is there, and can be used
        session.reporter.warning(problem.message)
