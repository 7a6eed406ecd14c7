"""Local files that travel through the Files API: announced, and sent only once."""

from __future__ import annotations

import math

from luma_cli.api.answer import Answer
from luma_cli.body.inline import InlineFile
from luma_cli.body.request import Request
from luma_cli.context import AppContext
from luma_cli.errors import LumaError, RejectedError, UnexpectedAnswerError
from luma_cli.jobs.upload import UploadRequest, upload_file
from luma_cli.workflows.read import read_file, retry_policy


def upload(
    cli: AppContext,
    wanted: UploadRequest,
    *,
    wait: bool,
    reuse: bool,
    announced: bool = False,
    deadline: float = math.inf,
) -> Answer:
    """Upload a file and return its record; one that was uploaded from here before may do."""
    sha256 = wanted.file.sha256
    if reuse and (known := _known(cli, sha256)) is not None:
        cli.out.note(f"`{wanted.file}` was uploaded before, as {known.fields['id']}")
        return known
    if announced:
        cli.out.note(f"uploading `{wanted.file}` ({wanted.file.size:,} bytes)")
    with cli.out.progress() as progress:
        answer = upload_file(
            cli.client,
            cli.storage_for,
            wanted,
            wait=wait,
            policy=retry_policy(cli),
            report=progress.transferring,
            deadline=deadline,
        )
        progress.finished(wanted.file.path.name)
    if cli.settings.history:
        _remember(cli, sha256, str(answer.fields["id"]))
    return answer


def check_files(cli: AppContext, request: Request) -> None:
    """Raise `InputFileError` for a local file of a request that exceeds a limit of the API."""
    from luma_cli.body.limits import check_limits

    for _, file in request.files():
        check_limits(file, uploaded=_is_to_be_uploaded(cli, file))


def upload_large(cli: AppContext, request: Request, *, deadline: float = math.inf) -> Request:
    """Upload the large local files of a request, and return it with references to them.

    A note names each. `deadline` is in seconds of the clock.
    """
    file_ids = {}
    for place, file in request.files():
        if place[-1] == "data" and _is_to_be_uploaded(cli, file):
            wanted = UploadRequest(file, "input" if "source" in place else "reference")
            answer = upload(cli, wanted, wait=True, reuse=True, announced=True, deadline=deadline)
            file_ids[place] = str(answer.fields["id"])
    return request.with_uploads(file_ids)


def _is_to_be_uploaded(cli: AppContext, file: InlineFile) -> bool:
    settings = cli.settings
    if settings.upload != "auto" or file.media_type == "application/octet-stream":
        return settings.upload == "always" and file.media_type != "application/octet-stream"
    return file.media_type.startswith("video/") or file.size > settings.upload_threshold


def _known(cli: AppContext, sha256: str) -> Answer | None:
    """Return the record of the same bytes, if the API still has them."""
    if cli.history is None:
        return None
    from luma_cli.jobs.envelope import read_record

    settings = cli.settings
    file_id = cli.history.uploaded(sha256, settings.base_url, settings.profile)
    if file_id is None:
        return None
    try:
        answer = read_file(cli, file_id)
        return answer if read_record(answer).state == "ready" else None
    except (RejectedError, UnexpectedAnswerError):  # it is gone, or it is no record
        return None


def _remember(cli: AppContext, sha256: str, file_id: str) -> None:
    settings = cli.settings
    try:
        cli.journal.note_upload(sha256, file_id, settings.base_url, settings.profile)
    except LumaError as problem:  # the file is there, and can be used
        cli.out.warning(problem.message)
