"""Errors of the storage host, in the XML of S3."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from luma_cli.sandbox.state.state import State

_FORM = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>'
)


def storage_error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an error in the format of S3."""
    return Response(_FORM.format(code, message), status, headers, "application/xml")


def refuse_link(request: Request, method: str) -> Response | None:
    """Return the error for the link of a request, `None` if the link is valid."""
    state: State = request.app.state.sandbox
    if "Authorization" in request.headers:  # S3 rejects a key beside a link
        return storage_error(400, "InvalidArgument", "Only one auth mechanism allowed")
    problem = state.links.problem(method, request.url.path, request.query_params, state.now())
    if problem == "expired":
        return storage_error(403, "AccessDenied", "Request has expired")
    return signature_error() if problem else None


def signature_error() -> Response:
    """Return the error for a request that differs from the signed one."""
    return storage_error(403, "SignatureDoesNotMatch", "The signature does not match")


def no_such_key() -> Response:
    """Return the error for a missing file."""
    return storage_error(404, "NoSuchKey", "Not here")
