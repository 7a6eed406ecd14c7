"""A file as the storage host has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

_PIECE_BYTES = 256 * 1024
# A prime: bytes that land at a wrong place then differ from those that belong there.
_BLOCK_BYTES = 1_048_573


@dataclass(frozen=True)
class Content:
    """Some bytes in memory, then `padding` more that are made up while they are sent.

    The padding makes files of any size possible that cost no memory. `encoding` is what is said of
    the bytes in `Content-Encoding`.
    """

    data: bytes
    content_type: str
    padding: int = 0
    encoding: str | None = None

    @property
    def size(self) -> int:
        """The length of the whole in bytes."""
        return len(self.data) + self.padding

    @cached_property
    def etag(self) -> str:
        """What the bytes are known by: it changes when they do."""
        digest = hashlib.md5(self.data, usedforsecurity=False).hexdigest()
        return f'"{digest}-{self.padding}"' if self.padding else f'"{digest}"'

    def pieces(self, first: int, last: int) -> Iterator[bytes | memoryview]:
        """Yield the bytes from `first` to `last`, both included."""
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
