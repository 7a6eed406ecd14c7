"""A failure in words and as fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from luma_cli.errors import NoMatchError
from luma_cli.redaction import the_run

if TYPE_CHECKING:
    from luma_cli.errors import Exchange, LumaError
    from luma_cli.output.documents import View


def error_fields(error: LumaError, *, with_body: bool = True) -> dict[str, Any]:
    """Return the structured form of an error: the API's own fields first, then ours."""
    exchange = error.exchange
    ours = {
        "code": error.code,
        "message": error.message,
        "status": exchange.status if exchange else None,
        "request_id": exchange.request_id if exchange else None,
        "hint": error.hint,
        "exit_code": int(error.exit_code),
        "generation_id": error.generation_id,
        "failure_code": getattr(error, "failure_code", None),
    }
    api_fields = dict(exchange.body or {}) if exchange and with_body else {}
    return api_fields | {key: value for key, value in ours.items() if value is not None}


def describe(exchange: Exchange) -> str:
    """Return `GET https://… · HTTP 404 · request id …`, without what is not known."""
    parts = [f"{exchange.method} {exchange.url}"]
    if exchange.status is not None:
        parts.append(f"HTTP {exchange.status}")
    if exchange.request_id is not None:
        parts.append(f"request id {exchange.request_id}")
    return " · ".join(parts)


def structured(error: LumaError, view: View, transform: str | None) -> str:
    """Return a failure without secrets as one document, or what `transform` picks from it."""
    import json

    from luma_cli.output.documents import show

    fields = error_fields(error)
    try:
        text = json.dumps(fields, ensure_ascii=False)
    except RecursionError:  # an answer may be nested deeper than it can be written
        ours = error_fields(error, with_body=False)
        text = json.dumps(ours, ensure_ascii=False)
    # Before anything is picked, which could cut a secret in two.
    text = the_run.redact_json(text)
    try:
        return show(text, view._replace(transform=transform)) or ""
    except NoMatchError:  # a failure is never kept back
        return show(text, view._replace(transform=None)) or ""
