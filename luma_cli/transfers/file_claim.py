"""Claiming a file for this process: opened safely, and locked against other processes."""

from __future__ import annotations

import errno
import os
import stat
import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from luma_cli.file_lock import take_lock

# So many processes with the same output get a file each under a name that a later run knows.
_MOST_KNOWN_NAMES = 16
_LOCKED = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
# Some network and FUSE file systems have no locks, and say so with one of these.
_LOCKS_UNSUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


class Claim(NamedTuple):
    """A file that only this process writes to; `is_first` if it has the requested name."""

    path: Path
    stream: BinaryIO
    is_first: bool


def claim_file(path: Path) -> Claim:
    """Open and lock the file at `path`, or one beside it while another process has that.

    A missing file is created. On a file system without locks every process gets the file at `path`,
    so that a later run can resume it; check its bytes before use.

    Only a regular file of this user with a single name is opened for writing. Anything else at the
    path is unlinked, or skipped where that is not permitted. Raises `OSError`.
    """
    for candidate in _known_paths(path):
        stream = _open_and_lock(candidate)
        if stream is not None:
            return Claim(candidate, stream, candidate == path)
    unknown = path.with_name(f"{path.name.removesuffix('.part')}.{uuid.uuid4().hex[:8]}.part")
    return Claim(unknown, _create(unknown), is_first=False)


def remove_abandoned(path: Path) -> None:
    """Remove the files that `claim_file` made for `path` and that no running process has."""
    for candidate in _known_paths(path):
        with suppress(OSError):
            if not candidate.exists():
                continue
            stream = _open_and_lock(candidate, create=False)
            if stream is not None:
                candidate.unlink(missing_ok=True)
                stream.close()


def safe_open_flags() -> int:
    """Return the flags of `os.open` that follow no link and wait for no device."""
    names = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
    return sum({getattr(os, name, 0) for name in names})


def is_private(descriptor: int) -> bool:
    """Return whether an open file is a regular file of this user with a single name.

    Writing to a file with two names (hard links) would change it under the other name as well.
    """
    status = os.fstat(descriptor)
    is_regular = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    return is_regular and status.st_uid == _user_id(status)


def is_open_at(path: Path, descriptor: int) -> bool:
    """Return whether `path` leads to the open file, and not to one that replaced it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except OSError:
        return False


def has_locks(descriptor: int) -> bool:
    """Return whether the file system of a claimed file has locks."""
    try:
        take_lock(descriptor)  # this process may lock it again
    except OSError as problem:
        return problem.errno not in _LOCKS_UNSUPPORTED
    return True


def _known_paths(path: Path) -> list[Path]:
    stem = path.name.removesuffix(".part")
    return [path, *(path.with_name(f"{stem}.{n}.part") for n in range(2, _MOST_KNOWN_NAMES + 1))]


def _open_and_lock(path: Path, *, create: bool = True) -> BinaryIO | None:
    """Return the locked file; `None` if another process has it or the path cannot be used."""
    while True:
        try:
            stream = _open_existing(path)
        except _UnusablePathError:
            return None
        if stream is None and not create:
            return None
        existed = stream is not None
        try:
            stream = stream or _create(path)
        except FileExistsError:  # another process created it in between
            continue
        try:
            is_locked = _lock(stream.fileno())
        except OSError:
            if not existed:  # without a lock no later run would remove it
                path.unlink(missing_ok=True)
            is_locked = False
        if not is_locked:
            stream.close()
            return None
        # The process that had the lock may have renamed the file to its final name.
        if is_open_at(path, stream.fileno()):
            if is_private(stream.fileno()):
                return stream
            path.unlink()  # a killed process left it with its final name as well: that one stays
        stream.close()


class _UnusablePathError(Exception):
    """The path is taken by something that is not a file of this user and cannot be removed."""


def _open_existing(path: Path) -> BinaryIO | None:
    """Open the file at `path`; `None` if there is none.

    Links, devices and files of other users are unlinked, which leaves the target of a link alone.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    try:
        if stat.S_ISREG(status.st_mode) and status.st_uid == _user_id(status):
            return os.fdopen(os.open(path, os.O_RDWR | safe_open_flags()), "r+b", buffering=0)
        path.unlink()
    except FileNotFoundError:
        pass
    except OSError:
        raise _UnusablePathError from None
    return None


def _create(path: Path) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | safe_open_flags()
    return os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0)


def _lock(descriptor: int) -> bool:
    """Lock a file; return `False` if another process has locked it.

    A file system without locks counts as success. Raises `OSError` for any other failure.
    """
    try:
        take_lock(descriptor)
    except OSError as problem:
        if problem.errno in _LOCKED:
            return False
        if problem.errno not in _LOCKS_UNSUPPORTED:
            raise
    return True


def _user_id(status: os.stat_result) -> int:
    """Return this user's id; on a system without them, the one in `status`."""
    return os.geteuid() if hasattr(os, "geteuid") else status.st_uid
