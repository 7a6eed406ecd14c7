"""The content of a file on the storage host."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

_PIECE_BYTES = 256 * 1024
# A prime, so that bytes written to a wrong position differ from the right ones.
_BLOCK_BYTES = 1_048_573


@dataclass(frozen=True)
class Content:
    """Bytes in memory, followed by `padding` bytes that are generated while sending.

    Padding makes files of any size possible without memory. `encoding` is the value of
    `Content-Encoding`.
    """

    data: bytes
    content_type: str
    padding: int = 0
    encoding: str | None = None

    @property
    def size(self) -> int:
        """The total number of bytes."""
        return len(self.data) + self.padding

    @cached_property
    def etag(self) -> str:
        """The ETag, which depends on the bytes."""
        digest = hashlib.md5(self.data, usedforsecurity=False).hexdigest()
        return f'"{digest}-{self.padding}"' if self.padding else f'"{digest}"'

    def pieces(self, first: int, last: int) -> Iterator[bytes | memoryview]:
        """Yield the bytes from `first` to `last`, inclusive."""
        position, end = first, last + 1
        data, block = memoryview(self.data), memoryview(_block())
        while position < end:
            if position < len(data):
                piece = data[position : min(end, position + _PIECE_BYTES)]
            else:
                start = (position - len(data)) % _BLOCK_BYTES
                piece = block[start : start + min(end - position, _PIECE_BYTES)]
            yield piece
            position += len(piece)


@cache
def _block() -> bytes:
    return hashlib.shake_256(b"padding").digest(_BLOCK_BYTES)
