"""Writing a file and computing its SHA-256 at the same time."""

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

# Windows cannot read at an offset: there the writing thread computes the digest.
_HAS_PREAD = hasattr(os, "pread")
_CHUNK_BYTES = 1024 * 1024
_SYNC_BYTES = 128 * 1024 * 1024
_MOST_BYTES_BETWEEN_CALLS = 16 * 1024 * 1024


class HashingWriter:
    """Writes to a file; `sha256` is the digest of all its bytes once the block has ended.

    A second thread reads the bytes back from the page cache and hashes them, without the lock of
    the interpreter; in one thread that would take a third of the time of a large file. Where no
    second thread can be started, it is done at the end of the block.
    """

    def __init__(
        self,
        stream: BinaryIO,
        size: int,
        digest: Hash,
        on_progress: Callable[[int, str], None] = lambda _size, _sha256: None,
    ) -> None:
        """Append to a file of `size` bytes, which `digest` has; it is updated with the new ones.

        `on_progress(size, sha256)` is called in the second thread, after the first MiB and at least
        once for every 16 MiB.
        """
        self._stream, self._unqueued = stream, 0
        self._digest, self._on_progress = digest, on_progress
        self.hashed = size
        self._sizes: SimpleQueue[int] = SimpleQueue()  # bytes to read back; 0 ends the thread
        self._error: OSError | None = None
        # Not opened by path: in a shared folder another user may have replaced the file.
        self._descriptor = os.dup(stream.fileno())
        self._thread = threading.Thread(target=self._hash, daemon=True)

    def write(self, chunk: bytes) -> None:
        """Write bytes; raises `OSError`."""
        rest = memoryview(chunk)
        while rest:  # an unbuffered stream may write less than it is given
            written = self._stream.write(rest)
            if _HAS_PREAD:
                self._unqueued += written
            else:
                self._digest.update(rest[:written])
                self.hashed += written
            rest = rest[written:]
        if self._unqueued >= _CHUNK_BYTES:
            self._sizes.put(self._unqueued)
            self._unqueued = 0

    @property
    def sha256(self) -> str:
        """The digest of the first `hashed` bytes, in hexadecimal."""
        return self._digest.hexdigest()

    def __enter__(self) -> Self:
        with suppress(RuntimeError):  # this user may run no more threads
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._unqueued:
            self._sizes.put(self._unqueued)
        self._sizes.put(0)
        if self._thread.ident is None:
            self._hash()
        else:
            self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def _hash(self) -> None:
        unsynced, buffer = 0, memoryview(bytearray(_CHUNK_BYTES))
        reported = self.hashed
        try:
            while left := self._sizes.get():
                while left and (size := self._read_back(buffer[:left])):
                    self._digest.update(buffer[:size])
                    self.hashed += size
                    left -= size
                    unsynced += size
                if unsynced >= _SYNC_BYTES:  # so that the last sync is short
                    unsynced = 0
                    with suppress(OSError):  # the last sync reports it
                        os.fsync(self._descriptor)
                if self.hashed - reported >= min(reported or 1, _MOST_BYTES_BETWEEN_CALLS):
                    reported = self.hashed
                    self._on_progress(reported, self.sha256)
        except OSError as problem:
            self._error = problem
        finally:
            os.close(self._descriptor)

    def _read_back(self, buffer: memoryview) -> int:
        """Read the bytes that follow the hashed ones, without moving the position of the stream."""
        if hasattr(os, "preadv"):
            return os.preadv(self._descriptor, [buffer], self.hashed)
        chunk = os.pread(self._descriptor, len(buffer), self.hashed)
        buffer[: len(chunk)] = chunk
        return len(chunk)


def new_digest() -> Hash:
    """Return the digest of no bytes."""
    return hashlib.sha256()
