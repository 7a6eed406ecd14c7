"""The storage host: presigned links that expire, with ranges."""

from __future__ import annotations

import hashlib
import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from luma_cli.sandbox.world import World

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>'
)
_REFUSALS = {
    "expired": _ERROR.format("AccessDenied", "Request has expired"),
    "forged": _ERROR.format("SignatureDoesNotMatch", "The signature does not match"),
}


async def download(request: Request) -> Response:
    """`GET` and `HEAD` of an output, whole or one range of it."""
    world: World = request.app.state.world
    query = request.query_params
    problem = world.link_problem(
        request.url.path, query.get("X-Amz-Date", ""), query.get("X-Amz-Signature", "")
    )
    if problem is not None:
        return Response(_REFUSALS[problem], 403, media_type="application/xml")
    file = await run_in_threadpool(world.file, request.path_params["generation_id"])
    if file is None:
        return Response(_ERROR.format("NoSuchKey", "Not here"), 404, media_type="application/xml")
    etag = f'"{hashlib.md5(file.data, usedforsecurity=False).hexdigest()}"'
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    wanted = request.headers.get("Range")
    if wanted and request.headers.get("If-Range", etag) == etag:
        return _part(file.data, file.content_type, wanted, headers)
    return Response(file.data, 200, headers, file.content_type)


def _part(data: bytes, content_type: str, wanted: str, headers: dict[str, str]) -> Response:
    bounds = _bounds(wanted, len(data))
    if bounds is None:
        headers["Content-Range"] = f"bytes */{len(data)}"
        return Response(_ERROR.format("InvalidRange", "Out of range"), 416, headers)
    first, last = bounds
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], 206, headers, content_type)


def _bounds(wanted: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of a `Range` header, `None` when it cannot be satisfied."""
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or not any(found.groups()):
        return None
    start, end = found.groups()
    if not start:
        length = min(int(end), size)
        return (size - length, size - 1) if length else None
    first, last = int(start), min(int(end), size - 1) if end else size - 1
    return (first, last) if first <= last else None
