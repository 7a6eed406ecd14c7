"""Decoding text: UTF-8, and errors that name other encodings."""

from __future__ import annotations

import codecs

from luma_cli.errors import InputFileError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def decode_text(data: bytes, name: str) -> str:
    """Decode UTF-8 without a byte order mark, and with `\\n` for each line end.

    Raises `InputFileError`, naming `name`, for other encodings and for binary data.
    """
    refuse_other_encodings(data, name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputFileError(
            f"{name} is not UTF-8 text: byte 0x{data[problem.start]:02x} at offset"
            f" {problem.start:,}",
            hint="save it as UTF-8, for example with `iconv -f WINDOWS-1252 -t UTF-8`",
        ) from None
    if "\0" in text:
        raise InputFileError(f"{name} has NUL bytes", hint="save it as text in UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def refuse_other_encodings(data: bytes, name: str) -> None:
    """Raise `InputFileError` for text whose byte order mark says that it is not UTF-8."""
    for mark, encoding in _OTHER_MARKS:
        if data.startswith(mark):
            raise InputFileError(
                f"{name} is {encoding} text, and UTF-8 is needed",
                hint=f"save it as UTF-8, for example with `iconv -f {encoding} -t UTF-8`",
            )
