"""The storage host: outputs behind presigned links, whole or in part.

A `Range` that is malformed, or asks for several parts, is ignored, as the standard allows.
"""

from __future__ import annotations

import hashlib
import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from luma_cli.sandbox.render import Rendered
from luma_cli.sandbox.world import World

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
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
    problem = world.links.problem(request.url.path, request.query_params, world.now())
    if problem is not None:
        return Response(_REFUSALS[problem], 403, media_type="application/xml")
    file = await run_in_threadpool(world.file, request.path_params["generation_id"])
    if file is None:
        return Response(_ERROR.format("NoSuchKey", "Not here"), 404, media_type="application/xml")
    etag = f'"{hashlib.md5(file.data, usedforsecurity=False).hexdigest()}"'
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    wanted = _RANGE.fullmatch(request.headers.get("Range", ""))
    if wanted and any(wanted.groups()) and request.headers.get("If-Range", etag) == etag:
        return _part(file, wanted[1], wanted[2], headers)
    return Response(file.data, 200, headers, file.content_type)


def _part(file: Rendered, start: str, end: str, headers: dict[str, str]) -> Response:
    size = len(file.data)
    first, last = _bounds(start, end, size)
    if first > last or first >= size:
        headers["Content-Range"] = f"bytes */{size}"
        text = _ERROR.format("InvalidRange", "The requested range is not satisfiable")
        return Response(text, 416, headers, "application/xml")
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(file.data[first : last + 1], 206, headers, file.content_type)


def _bounds(start: str, end: str, size: int) -> tuple[int, int]:
    """Return the first and last byte that `start-end` means; without a start, the last bytes."""
    if not start:
        return max(size - int(end), 0), size - 1
    return int(start), min(int(end), size - 1) if end else size - 1
