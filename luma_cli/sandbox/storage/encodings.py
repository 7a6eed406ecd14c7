"""Files stored with a `Content-Encoding`, right or wrong."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from luma_cli.sandbox.models.content import Content


class _Encoding(NamedTuple):
    """The value of the header, and the encoding of the bytes, if any."""

    header: str
    encode: Callable[[bytes], bytes] | None = None


ENCODINGS = {
    "empty": _Encoding(""),
    "identity": _Encoding("identity"),
    "aws-chunked": _Encoding("aws-chunked"),
    "gzip": _Encoding("gzip", lambda data: gzip.compress(data, mtime=0)),
    "deflate": _Encoding("deflate", zlib.compress),
    "false-gzip": _Encoding("gzip"),
}


def stored_as(content: Content, name: str) -> Content:
    """Return the file stored in an encoding, which is slow.

    Ranges and ETag are those of the stored bytes.
    """
    header, encode = ENCODINGS[name]
    if encode is None:
        return replace(content, encoding=header)
    data = b"".join(content.pieces(0, content.size - 1))
    return replace(content, data=encode(data), padding=0, encoding=header)
