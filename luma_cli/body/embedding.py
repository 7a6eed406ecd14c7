"""`@path` in any string of a body is replaced by the content of a file.

    @path           its text, or base64 if it is binary
    @file://path    its text, even if it is binary
    @data://path    its bytes in base64
    @-              the same for stdin
    \\@anything      the text `@anything`

A word such as `@username` that names no file and has neither a dot nor a slash is unchanged.
"""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from luma_cli.body import input as request_input
from luma_cli.body.input import STDIN_NAMES, Stdin
from luma_cli.body.local_file import LocalFile, regular_file, unreadable
from luma_cli.body.text_detection import SNIFFED_BYTES, looks_like_text, text_of
from luma_cli.body.tree import leaves, map_leaves
from luma_cli.decoding import refuse_other_encodings
from luma_cli.digests import version_of

_BYTE_ORDER_MARK = "\ufeff"
_TEXT, _DATA = "file://", "data://"
_LITERAL_HINT = "escape a leading `@` with a backslash: `\\@`"


class Verbatim(str):
    """A string that is sent unchanged, even with a leading `@`: it came from a file."""

    __slots__ = ()


def as_data(value: Any) -> Any:
    """Return a body in which every string is sent unchanged."""
    return map_leaves(value, lambda _, leaf: Verbatim(leaf) if isinstance(leaf, str) else leaf)


def embed_files(value: Any, stdin: Stdin) -> Any:
    """Return a body with the files that its strings name; binary files become `LocalFile`s.

    Keys are unchanged. Raises `InputFileError` for a file that cannot be read.
    """
    return map_leaves(value, lambda _, leaf: _embedded(leaf, stdin))


def asks_for_stdin(value: Any) -> bool:
    """Return whether a string of a body names stdin."""
    return any(
        leaf.startswith("@") and _name_in(leaf)[1] in STDIN_NAMES
        for _, leaf in leaves(value)
        if isinstance(leaf, str) and not isinstance(leaf, Verbatim)
    )


def _name_in(text: str) -> tuple[str, str]:
    """Return the form that a string with a leading `@` asks for, and the name of the file."""
    form = next((form for form in (_TEXT, _DATA) if text.startswith(f"@{form}")), "")
    return form, text[1 + len(form) :]


def _embedded(leaf: Any, stdin: Stdin) -> Any:
    """Return the content of the file that a leaf names, and any other leaf as it is."""
    if not isinstance(leaf, str) or isinstance(leaf, Verbatim):
        return leaf
    if leaf.startswith("\\@"):
        return leaf[1:]
    if not leaf.startswith("@"):
        return leaf
    form, name = _name_in(leaf)
    if name in STDIN_NAMES:
        return _content_of_stdin(stdin, form)
    if not form and not ("." in name or "/" in name) and not _exists(name):
        return leaf
    path = Path(name)
    try:
        return _read(path if _is_empty_device(path) else regular_file(path), form, f"`{path}`")
    except (OSError, ValueError) as problem:
        raise unreadable(path, problem).but(hint=_LITERAL_HINT) from None


def _content_of_stdin(stdin: Stdin, form: str) -> Any:
    spooled = stdin.spool()
    if spooled is not None:
        return _read(spooled, form, "stdin")
    text = stdin.read()
    return base64.b64encode(text.encode()).decode() if form == _DATA else text


def _is_empty_device(path: Path) -> bool:
    return str(path) == os.devnull


def _exists(name: str) -> bool:
    return os.path.exists(name)  # noqa: PTH110 - any text, also one that no path can be


def _read(path: Path, form: str, shown: str) -> Any:
    """Return a file's text or its base64, as the form asks."""
    if path.stat().st_size > request_input.MOST_BYTES:
        raise request_input.too_many_bytes(shown)
    with path.open("rb") as stream:
        if form == _DATA:
            return _base64(path, stream, shown)
        head = stream.read(SNIFFED_BYTES)
        stream.seek(0)
        if form != _TEXT and not looks_like_text(head):
            return _base64(path, stream, shown)  # without reading the rest, which may be large
        data = request_input.read_bounded(stream, shown)
        refuse_other_encodings(data, shown)
        text = data.decode(errors="replace") if form == _TEXT else text_of(data)
        return _base64(path, stream, shown) if text is None else text.removeprefix(_BYTE_ORDER_MARK)


def _base64(path: Path, stream: BinaryIO, shown: str) -> Any:
    """Return a file whose base64 is made when it is sent; that of a device is made now."""
    status = os.fstat(stream.fileno())
    if not stat.S_ISREG(status.st_mode):
        return base64.b64encode(request_input.read_bounded(stream, shown)).decode()
    media_type, name = "application/octet-stream", shown.strip("`")
    return LocalFile(path, media_type, status.st_size, name, version_of(status))
