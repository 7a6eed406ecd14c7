"""The content of a file that a string of a body names: its text or its base64."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from luma_cli.body import input as request_input
from luma_cli.body.embedding import DATA, TEXT
from luma_cli.body.input import Stdin
from luma_cli.body.local_file import LocalFile, regular_file, unreadable
from luma_cli.body.text_detection import SNIFFED_BYTES, looks_like_text, text_of
from luma_cli.decoding import refuse_other_encodings
from luma_cli.digests import version_of

_BYTE_ORDER_MARK = "\ufeff"
_LITERAL_HINT = "escape a leading `@` with a backslash: `\\@`"


def content_of(path: Path, form: str) -> Any:
    """Return the content of a file; raises `InputFileError`."""
    try:
        return _read(path if _is_empty_device(path) else regular_file(path), form, f"`{path}`")
    except (OSError, ValueError) as problem:
        raise unreadable(path, problem).but(hint=_LITERAL_HINT) from None


def content_of_stdin(stdin: Stdin, form: str) -> Any:
    """Return the content of stdin; raises `InputFileError`, or `UsageError` the second time."""
    spooled = stdin.spool()
    if spooled is not None:
        return _read(spooled, form, "stdin")
    text = stdin.read()
    return base64.b64encode(text.encode()).decode() if form == DATA else text


def _is_empty_device(path: Path) -> bool:
    return str(path) == os.devnull


def _read(path: Path, form: str, shown: str) -> Any:
    """Return a file's text or its base64, as the form asks."""
    if path.stat().st_size > request_input.MOST_BYTES:
        raise request_input.too_many_bytes(shown)
    with path.open("rb") as stream:
        if form == DATA:
            return _base64(path, stream, shown)
        head = stream.read(SNIFFED_BYTES)
        stream.seek(0)
        if form != TEXT and not looks_like_text(head):
            return _base64(path, stream, shown)  # without reading the rest, which may be large
        data = request_input.read_bounded(stream, shown)
        refuse_other_encodings(data, shown)
        text = data.decode(errors="replace") if form == TEXT else text_of(data)
        return _base64(path, stream, shown) if text is None else text.removeprefix(_BYTE_ORDER_MARK)


def _base64(path: Path, stream: BinaryIO, shown: str) -> Any:
    """Return a file whose base64 is made when it is sent; that of a device is made now."""
    status = os.fstat(stream.fileno())
    if not stat.S_ISREG(status.st_mode):
        return base64.b64encode(request_input.read_bounded(stream, shown)).decode()
    media_type, name = "application/octet-stream", shown.strip("`")
    return LocalFile(path, media_type, status.st_size, name, version_of(status))
