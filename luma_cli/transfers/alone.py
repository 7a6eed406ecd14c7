"""Opening a file that no other process writes to at the same time."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import BinaryIO

_FAR_BEHIND = 1 << 60


def open_alone(path: Path) -> tuple[Path, BinaryIO]:
    """Return a file that nobody else writes to: the one at `path`, or one beside it."""
    while True:
        stream = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
        if not _lock(stream.fileno()):
            stream.close()
            own = path.with_name(f"{path.name.removesuffix('.part')}.{uuid.uuid4().hex[:8]}.part")
            return own, own.open("x+b", buffering=0)
        # Whoever had the lock may have given the file its name: then it is no part any more.
        if _is_still(stream.fileno(), path):
            return path, stream
        stream.close()


def _is_still(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _lock(descriptor: int) -> bool:
    """Take a lock that ends with the process; return whether it was free."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        # What is locked there cannot be read: a byte far behind the last one.
        os.lseek(descriptor, _FAR_BEHIND, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
