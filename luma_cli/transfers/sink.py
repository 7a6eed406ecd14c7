"""Bytes written and hashed while the next ones are on their way."""

from __future__ import annotations

import hashlib
import queue
import threading
from types import TracebackType
from typing import BinaryIO, Self

_MOST_WAITING = 16
_PIECE_BYTES = 1024 * 1024


class Sink:
    """Writes to a stream, and knows the sha256 of all that is in it.

    A thread of its own does both, because both let others run meanwhile: on two cores a large file
    takes half the time. Errors of the disk are raised by the next `write`, or at the end.
    """

    def __init__(self, stream: BinaryIO, already: int) -> None:
        """Begin behind the first `already` bytes, which are read for the digest."""
        self._stream, self._digest = stream, hashlib.sha256()
        self._pieces: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._problem: OSError | None = None
        _read_into(self._digest, stream, already)
        self._thread = threading.Thread(target=self._work, daemon=True)

    def write(self, piece: bytes) -> None:
        """Hand over bytes; raises `OSError` when earlier ones could not be written."""
        self._raise_problem()
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
        if error is None:
            self._raise_problem()

    def _work(self) -> None:
        while (piece := self._pieces.get()) is not None:
            if self._problem is not None:
                continue  # whoever writes will hear of it, and must not be kept waiting
            try:
                _write_all(self._stream, piece)
            except OSError as problem:
                self._problem = problem
            self._digest.update(piece)

    def _raise_problem(self) -> None:
        if self._problem is not None:
            raise self._problem


def _write_all(stream: BinaryIO, piece: bytes) -> None:
    """Write to an unbuffered stream, which may take less than it is given."""
    rest = memoryview(piece)
    while rest:
        rest = rest[stream.write(rest) :]


def _read_into(digest: hashlib._Hash, stream: BinaryIO, size: int) -> None:
    stream.seek(0)
    left = size
    while left and (piece := stream.read(min(left, _PIECE_BYTES))):
        digest.update(piece)
        left -= len(piece)
    stream.seek(size)
