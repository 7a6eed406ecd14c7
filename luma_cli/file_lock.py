"""One process at a time: a lock beside a file, held while the file is read and replaced."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LONGEST_WAIT_SECONDS = 10.0
_RETRY_SECONDS = 0.02
_NO_LOCKS_HERE = (errno.ENOLCK, errno.ENOSYS, getattr(errno, "ENOTSUP", errno.ENOSYS))


@contextmanager
def locked(path: Path, longest_wait_seconds: float = LONGEST_WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock of the file at `path`, whose folder must exist, while the block runs.

    The lock is a file that only its owner may open, and that is removed afterwards; the system
    releases the lock of a process that was killed. On a file system without locks the block runs
    without one. Raises `TimeoutError` when other processes hold it too long, and `OSError` when it
    cannot be made.
    """
    lock = path.with_name(f".{path.name}.lock")
    deadline = time.monotonic() + longest_wait_seconds
    while (handle := _taken(lock)) is None:
        if time.monotonic() >= deadline:
            raise TimeoutError(f"`{path}` is locked by another process")
        time.sleep(_RETRY_SECONDS)
    try:
        yield
    finally:
        _release(handle, lock)


def _taken(lock: Path) -> int | None:
    """Return an open, locked file; `None` when another process has it."""
    no_links = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | no_links, 0o600)
    except PermissionError:
        if os.name != "nt":
            raise
        return None  # the file is being removed
    try:
        take_lock(handle)
        # Another process may have removed the file after it was opened here and before it was
        # locked: then the next process cannot see it.
        if os.name == "nt" or os.fstat(handle).st_ino == lock.stat().st_ino:
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError as problem:
        if problem.errno in _NO_LOCKS_HERE:
            return handle
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


def take_lock(descriptor: int, *, shared: bool = False) -> None:
    """Lock an open file without waiting, until it is closed.

    A `shared` lock keeps out exclusive ones only; Windows takes an exclusive one instead. Raises
    `BlockingIOError` when another process has the file, another `OSError` when it has no locks.
    """
    if sys.platform == "win32":
        _lock_by_portalocker(descriptor)
    else:
        _lock_by_fcntl(descriptor, shared=shared)


def _lock_by_fcntl(descriptor: int, *, shared: bool) -> None:
    import fcntl

    fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def _lock_by_portalocker(descriptor: int) -> None:
    import portalocker

    try:
        portalocker.lock(
            descriptor, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING
        )
    except portalocker.AlreadyLocked as problem:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from problem
    except portalocker.LockException as problem:
        raise OSError(errno.ENOLCK, problem.strerror or str(problem)) from problem
