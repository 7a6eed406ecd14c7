"""Bytes written, and hashed while the next ones are on their way."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

# Windows cannot read at a place: there the writer hashes by itself.
_READS_AGAIN = hasattr(os, "pread")
_PIECE_BYTES = 1024 * 1024
_SYNCED_BYTES = 128 * 1024 * 1024
_MOST_UNCERTIFIED_BYTES = 16 * 1024 * 1024


class HashingWriter:
    """Writes to a file, and knows the SHA-256 of all that is in it once the block has ended.

    A thread of its own reads again what was written, from memory still: hashing lets others run
    meanwhile, and would cost a third of the time of a large file. Handing it the pieces themselves
    is slower, because none could be reused for the next bytes.
    """

    def __init__(
        self,
        stream: BinaryIO,
        already: int,
        digest: Hash,
        certify: Callable[[int, str], None] = lambda _size, _sha256: None,
    ) -> None:
        """Begin behind the first `already` bytes, which `digest` knows, and which will know all.

        `certify(size, sha256)` is called now and then, in the other thread: after 1 MiB, and at
        least for each 16 MiB.
        """
        self._stream, self._fresh = stream, 0
        self._digest, self._certify = digest, certify
        self.hashed = already
        self._sizes: SimpleQueue[int] = SimpleQueue()  # of what can be read again; 0 is the end
        self._problem: OSError | None = None
        # Not the path: in a folder that others can write to, it may lead to another file by now.
        self._again = os.dup(stream.fileno())
        self._thread = threading.Thread(target=self._hash, daemon=True)

    def write(self, piece: bytes) -> None:
        """Write bytes; raises `OSError`."""
        rest = memoryview(piece)
        while rest:  # an unbuffered stream may take less than it is given
            written = self._stream.write(rest)
            if _READS_AGAIN:
                self._fresh += written
            else:
                self._digest.update(rest[:written])
                self.hashed += written
            rest = rest[written:]
        if self._fresh >= _PIECE_BYTES:
            self._sizes.put(self._fresh)
            self._fresh = 0

    @property
    def sha256(self) -> str:
        """The digest in hexadecimal of the first `hashed` bytes."""
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
        if self._fresh:
            self._sizes.put(self._fresh)
        self._sizes.put(0)
        self._thread.join()
        if self._problem is not None and error is None:
            raise self._problem

    def _hash(self) -> None:
        unsynced, buffer = 0, memoryview(bytearray(_PIECE_BYTES))
        certified = self.hashed
        try:
            while left := self._sizes.get():
                while left and (size := self._read_again(buffer[:left])):
                    self._digest.update(buffer[:size])
                    self.hashed += size
                    left -= size
                    unsynced += size
                if unsynced >= _SYNCED_BYTES:  # so that little is left for the end
                    unsynced = 0
                    with suppress(OSError):  # the last one, which counts, will say it
                        os.fsync(self._again)
                if self.hashed - certified >= min(certified or 1, _MOST_UNCERTIFIED_BYTES):
                    certified = self.hashed
                    self._certify(certified, self.sha256)
        except OSError as problem:
            self._problem = problem
        finally:
            os.close(self._again)

    def _read_again(self, buffer: memoryview) -> int:
        """Read the bytes behind those that are hashed, wherever the writer is."""
        if hasattr(os, "preadv"):
            return os.preadv(self._again, [buffer], self.hashed)
        piece = os.pread(self._again, len(buffer), self.hashed)
        buffer[: len(piece)] = piece
        return len(piece)


def new_digest() -> Hash:
    """Return the digest of no bytes."""
    return hashlib.sha256()
