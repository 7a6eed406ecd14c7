"""The text of an input file: UTF-8, or an error that says what the file is and how to save it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from luma_cli.batch.place import Place, unreadable_at
from luma_cli.body.local_file import unreadable
from luma_cli.body.media_type import LONGEST_SIGNATURE_BYTES, sniff
from luma_cli.errors import InputFileError

if TYPE_CHECKING:
    from pathlib import Path

_UTF_16, _UTF_32 = "UTF-16", "UTF-32"
_MARKS = (
    (b"\xff\xfe\0\0", _UTF_32),
    (b"\0\0\xfe\xff", _UTF_32),
    (b"\xff\xfe", _UTF_16),
    (b"\xfe\xff", _UTF_16),
)
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_AS_UTF_8 = (
    "in Excel, save it as `CSV UTF-8`; in LibreOffice, choose the character set UTF-8; or run"
    " `iconv -f {} -t UTF-8`"
)
_CONTROLS = re.compile(rb"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# Bytes that Windows-1252 does not assign.
_NOT_WINDOWS_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a file or a pipe; raises `InputFileError`."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as problem:
        raise unreadable(path, problem) from None


def decoded(data: bytes, file: str) -> str:
    """Return the text of a file without a byte order mark, with `\\n` for each line end.

    Raises `InputFileError`, naming the place, for an empty file and for one that is not UTF-8.
    """
    _refuse_what_is_no_text(data, file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _not_utf_8(data, problem.start, file) from None
    at = text.find("\0")
    if at >= 0:
        raise unreadable_at(_place(text[:at], file), "NUL is not text", "save it as text in UTF-8")
    if not text.strip():
        raise unreadable_at(
            Place(file, 1, 1), "the file is empty", "is the program that writes it done?"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_what_is_no_text(data: bytes, file: str) -> None:
    start = Place(file, 1, 1)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            raise unreadable_at(
                start, f"the text is {encoding}, not UTF-8", _AS_UTF_8.format(encoding)
            )
    if data.startswith((_ZIP, _OLD_OFFICE)):
        raise unreadable_at(
            start, "the file is a workbook or an archive, not text", "save it as `CSV UTF-8`"
        )
    head = data[:LONGEST_SIGNATURE_BYTES]
    unmarked = _unmarked_utf_16(head)
    if unmarked is not None:
        raise unreadable_at(start, f"the text is {unmarked}, not UTF-8", _AS_UTF_8.format(unmarked))
    if sniff(head) is not None or _CONTROLS.search(head):
        raise unreadable_at(start, "the file is binary, not text")


def _unmarked_utf_16(head: bytes) -> str | None:
    """Return the encoding of text in which every other byte is NUL, as of Latin letters."""
    for first, name in ((0, "UTF-16BE"), (1, "UTF-16LE")):
        zeros, others = head[first::2], head[1 - first :: 2]
        if len(zeros) > 1 and not any(zeros) and all(others):
            return name
    return None


def _not_utf_8(data: bytes, at: int, file: str) -> InputFileError:
    place = _place(data[:at].decode("utf-8-sig"), file)
    byte = f"byte 0x{data[at]:02x}"
    if _NOT_WINDOWS_1252.search(data):
        return unreadable_at(place, f"the text is not UTF-8: {byte}", "save it as UTF-8")
    character = data[at : at + 1].decode("windows-1252")
    return unreadable_at(
        place,
        f"the text is not UTF-8 but most likely Windows-1252: {byte} is `{character}` there",
        _AS_UTF_8.format("WINDOWS-1252"),
    )


def _place(before: str, file: str) -> Place:
    lines = before.replace("\r\n", "\n").replace("\r", "\n")
    return Place(file, lines.count("\n") + 1, len(lines) - lines.rfind("\n"))
