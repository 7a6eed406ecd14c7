"""One process at a time: a lock beside a file, held while the file is read and replaced."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LONGEST_WAIT_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.02
_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_NO_LOCKS_HERE = (errno.ENOLCK, errno.ENOSYS, getattr(errno, "ENOTSUP", errno.ENOSYS))


@contextmanager
def locked(path: Path, longest_wait_seconds: float = LONGEST_WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock of the file at `path`, whose folder must exist, while the block runs.

    The lock is a file that only its owner may open, and that is gone afterwards; the system lets go
    of one whose process was killed. Where the file system has no locks, the block runs without.
    Raises `TimeoutError` when others hold it too long, and `OSError` when it cannot be made.
    """
    lock = path.with_name(f".{path.name}.lock")
    deadline = time.monotonic() + longest_wait_seconds
    while (handle := _taken(lock)) is None:
        if time.monotonic() >= deadline:
            raise TimeoutError(f"`{path}` is locked by another process")
        time.sleep(_LOOK_AGAIN_SECONDS)
    try:
        yield
    finally:
        _release(handle, lock)


def _taken(lock: Path) -> int | None:
    """Return an open, locked file; `None` when somebody else has it."""
    no_links = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | no_links, 0o600)
    except PermissionError:
        if os.name != "nt":
            raise
        return None  # one that is just being removed
    try:
        _lock(handle)
        # Whoever had it may have removed it between our opening and our locking: then we hold a
        # file that the next one cannot see.
        if os.name == "nt" or os.fstat(handle).st_ino == lock.stat().st_ino:
            return handle
    except OSError as problem:
        if problem.errno in _NO_LOCKS_HERE:
            return handle
        if problem.errno not in (*_TAKEN, errno.ENOENT):
            os.close(handle)
            raise
    os.close(handle)
    return None


def _release(handle: int, lock: Path) -> None:
    if os.name == "nt":  # an open file cannot be removed there
        os.close(handle)
        with suppress(OSError):
            lock.unlink()
        return
    with suppress(OSError):
        lock.unlink()
    os.close(handle)


if os.name == "nt":

    def _lock(handle: int) -> None:
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
else:

    def _lock(handle: int) -> None:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
