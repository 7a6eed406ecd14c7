"""`@path` in any text of a body stands for the content of a file.

    @path           its text, or base64 if it is none
    @file://path    its text, whatever it is
    @data://path    its bytes in base64
    @-              the same for stdin
    \\@anything      the text `@anything`

A word such as `@username`, which names no file and has neither a dot nor a slash, is left alone.
"""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path
from typing import Any

from luma_cli.body import input as request_input
from luma_cli.body.inline import InlineFile, regular_file, unreadable
from luma_cli.body.sniffing import SNIFFED_BYTES, looks_like_text, text_of
from luma_cli.body.stdin import STDIN_NAMES, Stdin
from luma_cli.decoding import refuse_other_encodings
from luma_cli.digests import version_of

_BYTE_ORDER_MARK = "\ufeff"
_TEXT, _DATA = "file://", "data://"
_LITERAL_HINT = "a text that begins with `@` is written with a backslash before it: `\\@`"


class Verbatim(str):
    """A text that is sent as it is, whatever it begins with: it came from a file itself."""

    __slots__ = ()


def as_data(value: Any) -> Any:
    """Return a body in which no text stands for anything else."""
    if isinstance(value, dict):
        return {key: as_data(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_data(inner) for inner in value]
    return Verbatim(value) if isinstance(value, str) else value


def embed_files(value: Any, stdin: Stdin) -> Any:
    """Return a body with the files that its texts name; large binaries stay `InlineFile`s.

    Keys are left alone. Raises `InputFileError` for a file that cannot be read.
    """
    return _Embedding(stdin).walk(value)


def asks_for_stdin(value: Any) -> bool:
    """Return whether a text of a body stands for stdin."""
    if isinstance(value, dict):
        return any(asks_for_stdin(inner) for inner in value.values())
    if isinstance(value, list):
        return any(asks_for_stdin(inner) for inner in value)
    if not isinstance(value, str) or isinstance(value, Verbatim) or not value.startswith("@"):
        return False
    return _name_in(value)[1] in STDIN_NAMES


def _name_in(text: str) -> tuple[str, str]:
    """Return the form that a text with a leading `@` asks for, and the file."""
    form = next((form for form in (_TEXT, _DATA) if text.startswith(f"@{form}")), "")
    return form, text[1 + len(form) :]


class _Embedding:
    def __init__(self, stdin: Stdin) -> None:
        self._stdin = stdin

    def walk(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.walk(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.walk(inner) for inner in value]
        if not isinstance(value, str) or isinstance(value, Verbatim):
            return value
        if value.startswith("\\@"):
            return value[1:]
        return self._content(value) if value.startswith("@") else value

    def _content(self, text: str) -> Any:
        form, name = _name_in(text)
        if name in STDIN_NAMES:
            return self._said(form)
        status = _status(name)
        if status is None and not form and not ("." in name or "/" in name):
            return text
        path = Path(name)
        try:
            return _read(path if _is_empty_device(path) else regular_file(path), form, f"`{path}`")
        except (OSError, ValueError) as problem:
            raise unreadable(path, problem).but(hint=_LITERAL_HINT) from None

    def _said(self, form: str) -> Any:
        spooled = self._stdin.spool()
        if spooled is not None:
            return _read(spooled, form, "stdin")
        said = self._stdin.read()
        return base64.b64encode(said.encode()).decode() if form == _DATA else said


def _is_empty_device(path: Path) -> bool:
    return str(path) == os.devnull


def _status(name: str) -> os.stat_result | None:
    try:
        return os.stat(name)  # noqa: PTH116 - any text may stand here, also one that is no path
    except (OSError, ValueError):
        return None


def _read(path: Path, form: str, shown: str) -> Any:
    """Return a file's text, or its base64 when it is none, as the form asks."""
    if path.stat().st_size > request_input.MOST_BYTES:
        raise request_input.too_many_bytes(shown)
    if form == _DATA:
        return _base64(path, shown)
    with path.open("rb") as stream:
        head = stream.read(SNIFFED_BYTES)
        if form != _TEXT and not looks_like_text(head):
            return _base64(path, shown)  # no need to read the rest, which may be large
        stream.seek(0)
        data = request_input.read_bounded(stream, shown)
    refuse_other_encodings(data, shown)
    text = data.decode(errors="replace") if form == _TEXT else text_of(data)
    return _base64(path, shown) if text is None else text.removeprefix(_BYTE_ORDER_MARK)


def _base64(path: Path, shown: str) -> Any:
    with path.open("rb") as stream:  # a folder cannot be, which the error says
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            return base64.b64encode(request_input.read_bounded(stream, shown)).decode()
    media_type, name = "application/octet-stream", shown.strip("`")
    return InlineFile(path, media_type, status.st_size, name, version_of(status))
