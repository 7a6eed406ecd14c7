"""Uploads through presigned links, as strict as S3."""

from __future__ import annotations

import hashlib
import tempfile
from typing import IO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from luma_cli.sandbox.log import log_id
from luma_cli.sandbox.state.files import FileRecord, inspect_file
from luma_cli.sandbox.state.state import State
from luma_cli.sandbox.storage.errors import (
    no_such_key,
    refuse_link,
    signature_error,
    storage_error,
)


async def upload(request: Request) -> Response:
    """`PUT` of the bytes of a file, complete and with the signed headers."""
    state: State = request.app.state.sandbox
    if refused := refuse_link(request, "PUT"):
        return refused
    record = state.files.for_upload(request.path_params["file_id"])
    if record is None or record.state(state.now()) == "deleted":
        return no_such_key()
    log_id(request, record.id)
    if refused := _refusal(request, record):
        return refused
    with tempfile.TemporaryFile() as file:
        digest = await _receive(request, file, record.size_bytes)
        if digest is None:
            return _wrong_size(too_large=False)
        file.seek(0)
        seen = await run_in_threadpool(inspect_file, file, record.mime_type, record.size_bytes)
    current = state.files.for_upload(record.id)  # may have changed during the upload
    if current is None or current.ingest_started is not None:
        return _complete_already()
    state.files.keep(current, seen=seen)
    return Response(None, 200, {"ETag": f'"{digest}"'})


def _refusal(request: Request, record: FileRecord) -> Response | None:
    """Return the error for the headers of an upload, before reading its bytes."""
    if record.ingest_started is not None:
        return _complete_already()
    for name, value in record.upload_headers().items():
        if request.headers.get(name) != value:
            return signature_error()
    length = request.headers.get("Content-Length")
    if length is None:
        return storage_error(411, "MissingContentLength", "Content-Length is required")
    if int(length) != record.size_bytes:
        return _wrong_size(too_large=int(length) > record.size_bytes)
    return None


async def _receive(request: Request, file: IO[bytes], size: int) -> str | None:
    """Write the body to `file`; return its MD5, or `None` if it is incomplete."""
    digest, received = hashlib.md5(usedforsecurity=False), 0
    try:
        async for piece in request.stream():
            file.write(piece)
            digest.update(piece)
            received += len(piece)
    except ClientDisconnect:
        return None
    return digest.hexdigest() if received == size else None


def _wrong_size(*, too_large: bool) -> Response:
    if too_large:
        return storage_error(400, "EntityTooLarge", "The upload exceeds the size that was agreed")
    return storage_error(400, "IncompleteBody", "The upload is smaller than was agreed")


def _complete_already() -> Response:
    return storage_error(409, "OperationAborted", "The file is complete")
