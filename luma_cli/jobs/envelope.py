"""What the API answers about a file, of which nothing can be relied on: read here, and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from luma_cli.api.answer import Answer
from luma_cli.errors import UnexpectedAnswerError

_LONGEST_ID = 200
_LONGEST_WORD = 40
_LONGEST_REASON = 500
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
# Said by the request itself, and once.
_OF_THE_CONNECTION = ("content-length", "transfer-encoding", "connection", "host")


class Envelope(NamedTuple):
    """Where the bytes of a file go, and with which headers."""

    file_id: str
    url: str
    headers: dict[str, str]


class FileRecord(NamedTuple):
    """What a file's record says of its state; `reason` is why it failed."""

    file_id: str
    state: str
    reason: str


def envelope_of(answer: Answer) -> Envelope:
    """Read the answer to a new file; raises `UnexpectedAnswerError`, whatever JSON it is."""
    fields = _object(answer)
    envelope, file_id = fields.get("upload"), _id_of(fields)
    url = envelope.get("url") if isinstance(envelope, Mapping) else None
    if not isinstance(envelope, Mapping) or file_id is None or not isinstance(url, str):
        raise _unexpected("the server answered a file without a place to send it to", answer)
    headers = envelope.get("headers") or {}
    if not isinstance(headers, Mapping) or not all(map(_is_header, headers.items())):
        raise _unexpected("the server answered headers for the upload that cannot be sent", answer)
    own = {name: value for name, value in headers.items() if name.lower() not in _OF_THE_CONNECTION}
    return Envelope(file_id, url, own)


def record_of(answer: Answer) -> FileRecord:
    """Read a file's record; raises `UnexpectedAnswerError` for an answer that is none."""
    fields = _object(answer)
    file_id, state = _id_of(fields), fields.get("state")
    if file_id is None or not isinstance(state, str) or not state.isprintable():
        raise _unexpected("the server's answer is not the record of a file", answer)
    reason = fields.get("failure_reason")
    reason = reason if isinstance(reason, str) and reason else "the server gave no reason"
    return FileRecord(file_id, state[:_LONGEST_WORD], reason[:_LONGEST_REASON])


def _object(answer: Answer) -> dict[str, Any]:
    try:
        value = json.loads(answer.text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise _unexpected("the server's answer is not the record of a file", answer)
    return value


def _id_of(fields: Mapping[str, Any]) -> str | None:
    """Return an id that can be asked for, and shown."""
    an_id = fields.get("id")
    is_good = isinstance(an_id, str) and an_id.isprintable() and 0 < len(an_id) <= _LONGEST_ID
    return an_id if is_good and an_id not in (".", "..") else None


def _is_header(header: tuple[Any, Any]) -> bool:
    name, value = header
    return (
        isinstance(name, str)
        and isinstance(value, str)
        and _HEADER_NAME.fullmatch(name) is not None
        and _HEADER_VALUE.fullmatch(value) is not None
    )


def _unexpected(fact: str, answer: Answer) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(fact, hint="check `--base-url`", exchange=answer.exchange)
