"""Downloads of outputs behind presigned links, whole or in part.

A malformed `Range`, or one of several parts, is ignored, as the standard allows.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from luma_cli.sandbox.log import log_id
from luma_cli.sandbox.models.content import Content
from luma_cli.sandbox.state.state import State
from luma_cli.sandbox.storage.encodings import stored_as
from luma_cli.sandbox.storage.errors import no_such_key, refuse_link, storage_error

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


async def download(request: Request) -> Response:
    """`GET` and `HEAD` of an output or a range of it."""
    state: State = request.app.state.sandbox
    if refused := refuse_link(request, "GET"):
        return refused
    log_id(request, request.path_params["generation_id"])
    content = await _content(request, state)
    if content is None:
        return no_such_key()
    headers = {"ETag": content.etag, "Accept-Ranges": "bytes"}
    if content.encoding is not None:
        headers["Content-Encoding"] = content.encoding
    requested = _RANGE.fullmatch(request.headers.get("Range", ""))
    is_unchanged = request.headers.get("If-Range", content.etag) == content.etag
    if requested is None or not any(requested.groups()) or not is_unchanged:
        return _stream(request, content, 200, (0, content.size - 1), headers)
    first, last = _bounds(requested[1], requested[2], content.size)
    if first > last or first >= content.size:
        headers["Content-Range"] = f"bytes */{content.size}"
        text = "The requested range is not satisfiable"
        return storage_error(416, "InvalidRange", text, headers)
    headers["Content-Range"] = f"bytes {first}-{last}/{content.size}"
    return _stream(request, content, 206, (first, last), headers)


async def _content(request: Request, state: State) -> Content | None:
    job = state.job_for_download(request.path_params["generation_id"])
    if job is None or job.state(state.now()) != "completed":
        return None
    content = await run_in_threadpool(state.gallery.content, job, request.path_params["name"])
    encoding = request.scope.get("luma_cli.encoding")
    if content is None or encoding is None:
        return content
    return await run_in_threadpool(stored_as, content, encoding)


def _stream(
    request: Request,
    content: Content,
    status: int,
    bounds: tuple[int, int],
    headers: dict[str, str],
) -> Response:
    first, last = bounds
    headers["Content-Length"] = str(last - first + 1)
    if request.method == "HEAD":
        return Response(None, status, headers, content.content_type)

    async def pieces() -> AsyncIterator[bytes | memoryview]:
        for piece in content.pieces(first, last):
            yield piece

    return StreamingResponse(pieces(), status, headers, content.content_type)


def _bounds(start: str, end: str, size: int) -> tuple[int, int]:
    """Return the first and last byte of `start-end`; `-end` is that many bytes at the end."""
    if not start:
        return max(size - int(end), 0), size - 1
    return int(start), min(int(end), size - 1) if end else size - 1
