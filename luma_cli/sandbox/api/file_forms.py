"""Reading a file from a multipart form."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from python_multipart.exceptions import FormParserError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from luma_cli.rules.files import detail_violations
from luma_cli.rules.interpretation import LARGEST_INLINE_FILE_BYTES
from luma_cli.sandbox.api.bodies import UnreadableError, limited
from luma_cli.sandbox.state.files import Inspection, inspect_file

_ROOM_FOR_FIELDS = 64 * 1024
_MOST_FIELDS = 16


class FileForm(NamedTuple):
    """An uploaded file without its bytes, which have been inspected and dropped."""

    mime_type: str
    size: int
    seen: Inspection
    fields: dict[str, str]


async def read_form(request: Request, now: datetime) -> FileForm:
    """Read the file of a form; raises `UnreadableError`."""
    request = limited(request, LARGEST_INLINE_FILE_BYTES + _ROOM_FOR_FIELDS)
    try:
        async with request.form(
            max_files=1, max_fields=_MOST_FIELDS, max_part_size=_ROOM_FOR_FIELDS
        ) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.size:
                raise UnreadableError("file: a part with the bytes is required", status=422)
            if file.size > LARGEST_INLINE_FILE_BYTES:
                raise too_large()
            texts = {name: value for name, value in form.items() if isinstance(value, str)}
            fields = {"filename": file.filename or "", **texts}
            for violation in detail_violations(fields, now):
                raise UnreadableError(violation.detail, violation.status)
            mime_type = file.content_type or "application/octet-stream"
            seen = await run_in_threadpool(inspect_file, file.file, mime_type, file.size)
            return FileForm(mime_type, file.size, seen, fields)
    except (HTTPException, FormParserError, ClientDisconnect):
        raise UnreadableError("Request body is not a valid form") from None


def too_large() -> UnreadableError:
    """Return the error for a file that is too large for a form."""
    limit = LARGEST_INLINE_FILE_BYTES // 1024 // 1024
    return UnreadableError(
        f"File exceeds {limit} MB limit for inline upload; use a presigned upload", status=413
    )
