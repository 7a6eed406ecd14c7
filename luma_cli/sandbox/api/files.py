"""The five calls for files."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from luma_cli.sandbox.api.answers import answer
from luma_cli.sandbox.api.keys import refuse_key


async def list_files(request: Request) -> Response:
    """`GET /v1/files`"""
    if refused := refuse_key(request):
        return refused
    return answer(request, 200, {"data": [], "has_more": False, "next_cursor": None})
