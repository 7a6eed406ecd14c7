"""Upload local files through the Files API, each only once."""

from __future__ import annotations

import math
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from luma_cli.api.answer import Answer
from luma_cli.body.local_file import LocalFile
from luma_cli.errors import LumaError, RejectedError, UnexpectedAnswerError

if TYPE_CHECKING:
    from luma_cli.body.request import Request
    from luma_cli.jobs.upload import UploadRequest
    from luma_cli.output.progress import Progress
    from luma_cli.workflows.session import Session, UploadRule


def upload(
    session: Session,
    wanted: UploadRequest,
    *,
    wait: bool,
    reuse: bool,
    announced: bool = False,
    deadline: float = math.inf,
    progress: Progress | None = None,
) -> Answer:
    """Upload a file and return its record; `reuse` takes that of an earlier upload from here.

    `progress` is the display that is shown already, if one is.
    """
    from luma_cli.jobs.upload import upload_file

    sha256 = wanted.file.sha256
    if reuse and (known := _known(session, wanted, deadline)) is not None:
        session.reporter.note(
            f"reusing the earlier upload of `{wanted.file}`: {known.fields['id']}"
        )
        return known
    if announced:
        session.reporter.note(f"uploading `{wanted.file}` ({wanted.file.size:,} bytes)")
    with nullcontext(progress) if progress else session.reporter.progress() as shown:
        answer = upload_file(
            session.api,
            session.storage_for,
            wanted,
            wait=wait,
            policy=session.retry_policy,
            report=shown.transferring,
            deadline=deadline,
        )
        shown.finished(wanted.file.path.name)
    if session.history.is_kept:
        _remember(session, sha256, str(answer.fields["id"]))
    return answer


def check_files(rule: UploadRule, request: Request) -> None:
    """Raise `InputFileError` for a local file of a request that exceeds a limit of the API."""
    from luma_cli.body.file_limits import check_file_limits

    for _, file in request.files():
        check_file_limits(file, uploaded=_is_to_be_uploaded(rule, file))


def upload_large(
    session: Session,
    request: Request,
    *,
    deadline: float = math.inf,
    progress: Progress | None = None,
) -> Request:
    """Upload the large local files of a request, and return it with references to them.

    A note names each. `deadline` is in seconds of the clock; `progress` as for `upload`.
    """
    file_ids = {}
    for place, file in request.files():
        if place[-1] == "data" and _is_to_be_uploaded(session.upload_rule, file):
            from luma_cli.jobs.upload import UploadRequest

            wanted = UploadRequest(file, "input" if "source" in place else "reference")
            answer = upload(
                session,
                wanted,
                wait=True,
                reuse=True,
                announced=progress is None,
                deadline=deadline,
                progress=progress,
            )
            file_ids[place] = str(answer.fields["id"])
    return request.with_uploads(file_ids)


def _is_to_be_uploaded(rule: UploadRule, file: LocalFile) -> bool:
    if rule.when != "auto" or file.media_type == "application/octet-stream":
        return rule.when == "always" and file.media_type != "application/octet-stream"
    return file.media_type.startswith("video/") or file.size > rule.threshold_bytes


def _known(session: Session, wanted: UploadRequest, deadline: float) -> Answer | None:
    """Return the record of an earlier upload that serves, if the API still has it."""
    if (journal := session.history.existing) is None:
        return None
    from luma_cli.jobs.retry import retry_in_time

    account = session.history.account
    file_id = journal.uploaded(wanted.file.sha256, account.base_url, account.profile)
    if file_id is None:
        return None
    try:
        get = partial(session.api.get_file, file_id)
        answer = retry_in_time(get, session.retry_policy, deadline)
        return answer if _serves(answer, wanted) else None
    except (RejectedError, UnexpectedAnswerError):  # it is gone, or it is no record
        return None


def _serves(answer: Answer, wanted: UploadRequest) -> bool:
    """Return whether a file is ready and has the wanted purpose, if any, and MIME type.

    A field that the record does not have is not compared.
    """
    from luma_cli.api.file_models import read_record

    record = read_record(answer)
    return (
        record.state == "ready"
        and (wanted.purpose is None or record.purpose in (None, wanted.purpose))
        and record.mime_type in (None, wanted.file.media_type)
    )


def _remember(session: Session, sha256: str, file_id: str) -> None:
    account = session.history.account
    try:
        session.history.journal.record_upload(sha256, file_id, account.base_url, account.profile)
    except LumaError as problem:  # the file is there, and can be used
        session.reporter.warning(problem.message)
