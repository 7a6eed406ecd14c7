"""Parsing and checking the API's answers about files, which are untrusted."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
)

from luma_cli.api.answer import Answer, read_object
from luma_cli.errors import UnexpectedAnswerError

_LONGEST_ID = 200
_LONGEST_WORD = 40
_LONGEST_REASON = 500
_NO_REASON = "the server gave no reason"
# Said by the request itself, and once.
_OF_THE_CONNECTION = ("content-length", "transfer-encoding", "connection", "host")

Model = TypeVar("Model", bound=BaseModel)


def _check_shown(text: str) -> str:
    """Return a valid id, and a word that can be printed."""
    if not text.isprintable() or text in (".", ".."):
        raise ValueError
    return text


def _own_headers(headers: dict[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in headers.items() if name.lower() not in _OF_THE_CONNECTION
    }


def _some_reason(value: Any) -> str:
    """Return the reason why a file failed, from any JSON value."""
    is_text = isinstance(value, str) and value
    return re.sub("[\ud800-\udfff]", "\ufffd", value)[:_LONGEST_REASON] if is_text else _NO_REASON


FileId = Annotated[
    str, StringConstraints(min_length=1, max_length=_LONGEST_ID), AfterValidator(_check_shown)
]
State = Annotated[
    str, AfterValidator(_check_shown), AfterValidator(lambda text: text[:_LONGEST_WORD])
]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\t\x20-\x7e]*$")]


class Envelope(BaseModel):
    """The link for the upload of a file, and its headers."""

    url: str
    headers: Annotated[
        dict[HeaderName, HeaderValue],
        BeforeValidator(lambda value: value or {}),
        AfterValidator(_own_headers),
    ] = Field(default_factory=dict)


class NewFile(BaseModel):
    """The answer to a new file."""

    id: FileId
    upload: Envelope


class FileRecord(BaseModel):
    """The state of a file; `failure_reason` is why it failed."""

    id: FileId
    state: State
    failure_reason: Annotated[str, BeforeValidator(_some_reason)] = _NO_REASON


def read_new_file(answer: Answer) -> NewFile:
    """Parse the answer to a new file; raises `UnexpectedAnswerError` for any other JSON."""
    return _read(NewFile, answer, "the server answered a file without a place to send it to")


def read_record(answer: Answer) -> FileRecord:
    """Parse the record of a file; raises `UnexpectedAnswerError` for any other answer."""
    return _read(FileRecord, answer, "the server's answer is not the record of a file")


def _read(model: type[Model], answer: Answer, fact: str) -> Model:
    try:
        return model.model_validate(read_object(answer.text))
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        if "headers" in first["loc"]:
            fact = "the server answered headers for the upload that cannot be sent"
        raise UnexpectedAnswerError(
            fact, hint="check `--base-url`", exchange=answer.exchange
        ) from None
