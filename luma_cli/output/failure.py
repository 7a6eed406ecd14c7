"""Formatting errors, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from luma_cli.errors import NoMatchError
from luma_cli.redaction import the_run

if TYPE_CHECKING:
    from luma_cli.errors import Exchange, LumaError
    from luma_cli.output.documents import View


def error_fields(error: LumaError, *, with_body: bool = True) -> dict[str, Any]:
    """Return an error as JSON: the fields of the API's answer, then those of this program."""
    exchange = error.exchange
    own_fields = {
        "code": error.code,
        "message": error.message,
        "status": exchange.status if exchange else None,
        "request_id": exchange.request_id if exchange else None,
        "hint": error.hint,
        "exit_code": int(error.exit_code),
        "generation_id": error.generation_id,
        "failure_code": getattr(error, "failure_code", None),
        "errors": list(error.errors) or None,
    }
    api_fields = dict(exchange.body or {}) if exchange and with_body else {}
    return api_fields | {key: value for key, value in own_fields.items() if value is not None}


def describe(exchange: Exchange) -> str:
    """Return `GET https://… · HTTP 404 · request id …`, without unknown parts."""
    parts = [f"{exchange.method} {exchange.url}"]
    if exchange.status is not None:
        parts.append(f"HTTP {exchange.status}")
    if exchange.request_id is not None:
        parts.append(f"request id {exchange.request_id}")
    return " · ".join(parts)


def error_text(error: LumaError) -> str:
    """Return an error without secrets as the text of a JSON object."""
    import json

    fields = error_fields(error)
    try:
        text = json.dumps(fields, ensure_ascii=False)
    except RecursionError:  # the answer is nested too deep for `json`
        text = json.dumps(error_fields(error, with_body=False), ensure_ascii=False)
    return the_run.redact_json(text)


def structured(error: LumaError, view: View, transform: str | None) -> str:
    """Return an error without secrets as a document, or the part that `transform` selects."""
    from luma_cli.output.documents import show

    text = error_text(error)  # redacted before the transform, which could cut a secret in two
    try:
        return show(text, view._replace(transform=transform)) or ""
    except NoMatchError:  # never hide an error
        return show(text, view._replace(transform=None)) or ""
