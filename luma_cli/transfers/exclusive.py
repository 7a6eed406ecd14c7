"""Opening a file that is ours, and that no other process writes to at the same time."""

from __future__ import annotations

import errno
import os
import stat
import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

_FAR_BEHIND = 1 << 60
# So many processes at one output have a part each under a name that the next run knows.
_MOST_AT_ONCE = 16
_TAKEN = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
# Some network and FUSE file systems have no locks, and say so in one of these ways.
_NO_LOCKS_HERE = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


class Opened(NamedTuple):
    """A file for this process alone; `is_first` unless another process has that of this name."""

    path: Path
    stream: BinaryIO
    is_first: bool


def open_alone(path: Path) -> Opened:
    """Open the file at `path`, made if need be, or one beside it while another process has that.

    Where the file system has no locks, every process gets the one at `path`, so that a later run
    can resume it: what is written has to be checked before it is used.

    What stands there and is not a regular file of this user with one name only is never opened for
    writing: it is unlinked, or left alone when that is not allowed. Raises `OSError`.
    """
    for each in _names(path):
        stream = _open(each)
        if stream is not None:
            return Opened(each, stream, each == path)
    own = path.with_name(f"{path.name.removesuffix('.part')}.{uuid.uuid4().hex[:8]}.part")
    return Opened(own, _create(own), is_first=False)


def remove_left_behind(path: Path) -> None:
    """Remove what ended processes left of the files that `open_alone` makes for `path`.

    Those of living processes are theirs.
    """
    for each in _names(path):
        with suppress(OSError):
            if not each.exists():
                continue
            stream = _open(each, makes=False)
            if stream is not None:
                each.unlink(missing_ok=True)
                stream.close()


def open_flags() -> int:
    """Return the flags with which no link is followed and no device waited for."""
    names = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
    return sum({getattr(os, name, 0) for name in names})


def is_ours(descriptor: int) -> bool:
    """Return whether an open file is a regular one of this user that has one name only.

    The bytes of a file with another name would change under that name, too.
    """
    status = os.fstat(descriptor)
    is_regular = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    return is_regular and status.st_uid == _owner(status)


def is_still(descriptor: int, path: Path) -> bool:
    """Return whether an open file is the one that has a name now."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except OSError:
        return False


def _owner(status: os.stat_result) -> int:
    """Return this user, or the owner himself where files have none (Windows)."""
    return os.geteuid() if hasattr(os, "geteuid") else status.st_uid


def _names(path: Path) -> list[Path]:
    stem = path.name.removesuffix(".part")
    return [path, *(path.with_name(f"{stem}.{n}.part") for n in range(2, _MOST_AT_ONCE + 1))]


def _open(path: Path, *, makes: bool = True) -> BinaryIO | None:
    """Open and lock a file; `None` when another process has it, or it cannot be ours."""
    while True:
        try:
            stream = _open_there(path)
        except _InTheWayError:
            return None
        if stream is None and not makes:
            return None
        was_there = stream is not None
        try:
            stream = stream or _create(path)
        except FileExistsError:  # it came up meanwhile
            continue
        try:
            is_free = _lock(stream.fileno())
        except OSError:  # without a lock it would not be removed later, either
            if not was_there:
                path.unlink(missing_ok=True)
            is_free = False
        if not is_free:
            stream.close()
            return None
        # Whoever had the lock may have given the file its name: then it is no part any more.
        if is_still(stream.fileno(), path):
            if is_ours(stream.fileno()):
                return stream
            path.unlink()  # a kill left it with its final name, too; that one stays
        stream.close()


class _InTheWayError(Exception):
    """Something stands there that is no file of ours, and cannot be removed."""


def _open_there(path: Path) -> BinaryIO | None:
    """Open a file that is there; what cannot be a part is unlinked: links, devices, others' files.

    Unlinking a link leaves alone what it leads to.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    try:
        if stat.S_ISREG(status.st_mode) and status.st_uid == _owner(status):
            return os.fdopen(os.open(path, os.O_RDWR | open_flags()), "r+b", buffering=0)
        path.unlink()
    except FileNotFoundError:
        pass
    except OSError:
        raise _InTheWayError from None
    return None


def _create(path: Path) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | open_flags()
    return os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0)


def _lock(descriptor: int) -> bool:
    """Take a lock that ends with the process; return whether no other process has it.

    Without locks none has. Raises `OSError` when the lock cannot be had for any other reason.
    """
    try:
        _ask_for_lock(descriptor)
    except OSError as problem:
        if problem.errno in _TAKEN:
            return False
        if problem.errno not in _NO_LOCKS_HERE:
            raise
    return True


def has_locks(descriptor: int) -> bool:
    """Return whether a file that `open_alone` gave is kept from other processes."""
    try:
        _ask_for_lock(descriptor)  # what is locked by it already can be locked by it again
    except OSError as problem:
        return problem.errno not in _NO_LOCKS_HERE
    return True


def _ask_for_lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        # What is locked there cannot be read: a byte far behind the last one.
        os.lseek(descriptor, _FAR_BEHIND, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
