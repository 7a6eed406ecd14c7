"""The endpoints for files: create, complete, list, get, delete."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from luma_cli.rules.files import file_violations, parse_moment
from luma_cli.rules.interpretation import (
    DEFAULT_PURPOSE,
    FILE_CREATED_STATUS,
    FILE_WITHOUT_BYTES_STATUS,
    WRONG_FILE_BODY_STATUS,
)
from luma_cli.rules.timestamps import timestamp
from luma_cli.rules.violation import Violation
from luma_cli.sandbox.api.answers import answer, common_headers, error, origin_of
from luma_cli.sandbox.api.bodies import UnreadableError, read_json
from luma_cli.sandbox.api.file_forms import read_form
from luma_cli.sandbox.api.file_pages import read_page_query, show_page
from luma_cli.sandbox.api.keys import owner_of, refuse_key
from luma_cli.sandbox.log import log_id
from luma_cli.sandbox.state.files import FileRecord
from luma_cli.sandbox.state.state import State

_LARGEST_JSON_BYTES = 64 * 1024


async def create_file(request: Request) -> Response:
    """`POST /v1/files`: with the bytes in a form, or for an upload through a presigned link."""
    if refused := refuse_key(request):
        return refused
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return await _create_from_form(request)
        if kind == "application/json":
            return await _create_for_upload(request)
    except UnreadableError as problem:
        return error(request, problem.violation)
    text = "Content-Type must be application/json or multipart/form-data"
    return error(request, Violation(WRONG_FILE_BODY_STATUS, text))


async def complete_file(request: Request) -> Response:
    """`POST /v1/files/{id}/complete`: start the ingest, unless it has already started."""

    async def complete(state: State, record: FileRecord) -> Response:
        now = state.now()
        if record.state(now) == "deleted":
            return error(request, _NOT_FOUND)
        if record.seen is None:
            text = "File has not been uploaded"
            return error(request, Violation(FILE_WITHOUT_BYTES_STATUS, text))
        if record.ingest_started is not None:
            return answer(request, 200, record.describe(now))
        record = state.files.keep(record, ingest_started=now)
        return answer(request, 200, record.describe(now, "pending"))

    return await _with_file(request, complete)


async def list_files(request: Request) -> Response:
    """`GET /v1/files`: one page, newest first."""
    state: State = request.app.state.sandbox
    if refused := refuse_key(request):
        return refused
    query = read_page_query(request.query_params)
    if isinstance(query, Violation):
        return error(request, query)
    records = state.files.newest_first(owner_of(request))
    return answer(request, 200, show_page(records, query, state.now()))


async def get_file(request: Request) -> Response:
    """`GET /v1/files/{id}`, including deleted files."""

    async def show(state: State, record: FileRecord) -> Response:
        return answer(request, 200, record.describe(state.now()))

    return await _with_file(request, show)


async def delete_file(request: Request) -> Response:
    """`DELETE /v1/files/{id}`; deleting a file twice has no further effect."""

    async def delete(state: State, record: FileRecord) -> Response:
        now = state.now()
        if record.state(now) != "deleted":
            state.files.keep(record, deleted=now)
        return Response(None, 204, common_headers(request))

    return await _with_file(request, delete)


_NOT_FOUND = Violation(404, "File not found")


async def _with_file(
    request: Request, use: Callable[[State, FileRecord], Awaitable[Response]]
) -> Response:
    """Find the file named in the path and return the answer of `use`."""
    state: State = request.app.state.sandbox
    if refused := refuse_key(request):
        return refused
    record = state.files.get(request.path_params["file_id"], owner_of(request))
    if record is None:
        return error(request, _NOT_FOUND)
    log_id(request, record.id)
    return await use(state, record)


async def _create_for_upload(request: Request) -> Response:
    state: State = request.app.state.sandbox
    body = await read_json(request, _LARGEST_JSON_BYTES)
    now = state.now()
    if broken := next(file_violations(body, datetime.fromtimestamp(now, UTC)), None):
        return error(request, broken)
    record = state.files.create(
        owner_of(request),
        now,
        mime_type=body["mime_type"],
        size_bytes=body["size_bytes"],
        **_details(body),
    )
    log_id(request, record.id)
    path = f"/storage/files/{record.id}"
    upload = {
        "url": origin_of(request) + state.links.sign("PUT", path, now),
        "method": "PUT",
        "headers": record.upload_headers(),
        "expires_at": timestamp(now + state.links.life_seconds),
    }
    return _created(request, record, now, upload)


async def _create_from_form(request: Request) -> Response:
    state: State = request.app.state.sandbox
    form = await read_form(request, datetime.fromtimestamp(state.now(), UTC))
    now = state.now()
    record = state.files.create(
        owner_of(request),
        now,
        mime_type=form.mime_type,
        size_bytes=form.size,
        ingest_started=now,
        seen=form.seen,
        **_details(form.fields),
    )
    log_id(request, record.id)
    return _created(request, record, now, None)


def _details(fields: dict[str, Any]) -> dict[str, Any]:
    expires = fields.get("expires_at")
    moment = parse_moment(expires) if expires is not None else None
    return {
        "filename": fields.get("filename"),
        "purpose": fields.get("purpose") or DEFAULT_PURPOSE,
        "user_id": fields.get("user_id"),
        "expires": moment and moment.timestamp(),
    }


def _created(
    request: Request, record: FileRecord, now: float, upload: dict[str, Any] | None
) -> Response:
    file = record.describe(now, "pending")
    value = {"id": record.id, "state": file["state"], "file": file, "upload": upload}
    return answer(request, FILE_CREATED_STATUS, value)
