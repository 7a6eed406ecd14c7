"""Refusals of the storage host, which speaks XML and knows nothing of the API's errors."""

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
    """Return a refusal as S3 words it."""
    return Response(_FORM.format(code, message), status, headers, "application/xml")


def refuse_link(request: Request, method: str) -> Response | None:
    """Return why the link of a request does not open what it names, `None` when it does."""
    world: State = request.app.state.world
    if "Authorization" in request.headers:  # the link is its own key
        return storage_error(400, "InvalidArgument", "Only one auth mechanism allowed")
    problem = world.links.problem(method, request.url.path, request.query_params, world.now())
    if problem == "expired":
        return storage_error(403, "AccessDenied", "Request has expired")
    return signature_error() if problem else None


def signature_error() -> Response:
    """Return the refusal of a request that is not what was signed."""
    return storage_error(403, "SignatureDoesNotMatch", "The signature does not match")


def no_such_key() -> Response:
    """Return the refusal for what is not there."""
    return storage_error(404, "NoSuchKey", "Not here")
