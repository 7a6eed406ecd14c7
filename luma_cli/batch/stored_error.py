"""An error from the JSON that was printed of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from luma_cli.errors import Exchange, LumaError

_OWN_FIELDS = {
    *("code", "message", "status", "request_id", "hint", "exit_code"),
    *("generation_id", "failure_code"),
}


def stored_error(fields: Mapping[str, Any], method: str, url: str) -> LumaError:
    """Return the error that `error_fields` gives these fields; `method` and `url` of its exchange.

    A code of a newer version makes a `LumaError`.
    """
    kind = next((kind for kind in _kinds(LumaError) if kind.code == fields["code"]), LumaError)
    error = kind.__new__(kind)
    body = {name: value for name, value in fields.items() if name not in _OWN_FIELDS}
    status, request_id = fields.get("status"), fields.get("request_id")
    exchange = Exchange(method, url, status, request_id, body or None) if method else None
    LumaError.__init__(
        error,
        str(fields["message"]),
        hint=fields.get("hint"),
        exchange=exchange,
        generation_id=fields.get("generation_id"),
    )
    # The facts of some classes, whose constructors differ.
    vars(error).update(failure_code=fields.get("failure_code"))
    vars(error).update(retry_after_seconds=None, answer=None)
    return error


def _kinds(kind: type[LumaError]) -> Iterator[type[LumaError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)
