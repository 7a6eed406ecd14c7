"""Bytes written, and hashed while the next ones are on their way."""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, Self

_MOST_WAITING = 16
_PIECE_BYTES = 1024 * 1024
_SYNCED_BYTES = 128 * 1024 * 1024


class Sink:
    """Writes to a stream, and knows the sha256 of all that is in it.

    The digest is made by a thread of its own, because hashing lets others run meanwhile: it would
    cost a third of the time of a large file.
    """

    def __init__(self, stream: BinaryIO, already: int) -> None:
        """Begin behind the first `already` bytes, which are read for the digest."""
        self._stream, self._digest = stream, hashlib.sha256()
        self._pieces: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        _read_into(self._digest, stream, already)
        self._thread = threading.Thread(target=self._hash, daemon=True)

    def write(self, piece: bytes) -> None:
        """Write bytes; raises `OSError`."""
        rest = memoryview(piece)
        while rest:  # an unbuffered stream may take less than it is given
            rest = rest[self._stream.write(rest) :]
        self._pieces.put(piece)

    @property
    def sha256(self) -> str:
        """The digest in hexadecimal; all bytes are in it once the block has ended."""
        return self._digest.hexdigest()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pieces.put(None)
        self._thread.join()

    def _hash(self) -> None:
        fresh = 0
        while (piece := self._pieces.get()) is not None:
            self._digest.update(piece)
            fresh += len(piece)
            if fresh >= _SYNCED_BYTES:  # so that little is left for the end
                fresh = 0
                with suppress(OSError):  # the last one, which counts, will say it
                    os.fsync(self._stream.fileno())


def _read_into(digest: hashlib._Hash, stream: BinaryIO, size: int) -> None:
    stream.seek(0)
    left = size
    while left and (piece := stream.read(min(left, _PIECE_BYTES))):
        digest.update(piece)
        left -= len(piece)
    stream.seek(size)
