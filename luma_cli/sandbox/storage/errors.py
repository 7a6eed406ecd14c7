"""Refusals of the storage host, which speaks XML and knows nothing of the API's errors."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

_FORM = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>'
)


def storage_error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a refusal as S3 words it."""
    return Response(_FORM.format(code, message), status, headers, "application/xml")


def link_error(problem: str) -> Response:
    """Return the refusal of a link that `Links.problem` has something to say about."""
    if problem == "expired":
        return storage_error(403, "AccessDenied", "Request has expired")
    return storage_error(403, "SignatureDoesNotMatch", "The signature does not match")


def key_error() -> Response:
    """Return the refusal of a request that brings a key to a link that is its own key."""
    return storage_error(400, "InvalidArgument", "Only one auth mechanism allowed")


def no_such_key() -> Response:
    """Return the refusal for what is not there."""
    return storage_error(404, "NoSuchKey", "Not here")
