"""A lock that shows whether the process that sends a submission is still running.

Process ids are reused (in a container it is always 1) and clocks are set back; a lock of the
operating system depends on neither, and ends with the process.
"""

import contextlib
import os
import re
from pathlib import Path
from typing import NamedTuple

from luma_cli.file_lock import take_lock

SENDERS_FOLDER = "sending"
_RANDOM_NAME = r"[0-9a-f]{16}"


class SenderLock(NamedTuple):
    """A lock of this process; the row of the submission has the `token`."""

    token: str
    path: Path
    descriptor: int

    def release(self) -> None:
        """Release the lock and remove its file."""
        with contextlib.suppress(OSError):  # a killed process leaves its file, too
            os.close(self.descriptor)
            self.path.unlink()


def take(journal_path: Path) -> SenderLock:
    """Lock a file with a random name beside the journal; raises `OSError`."""
    token = os.urandom(8).hex()
    path = _path(journal_path, token)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        take_lock(descriptor)
    except OSError:
        os.close(descriptor)
        path.unlink()
        raise
    return SenderLock(token, path, descriptor)


def is_held(journal_path: Path, token: str | None) -> bool:
    """Return whether the process that took the lock is still running."""
    if token is None or not re.fullmatch(_RANDOM_NAME, token):
        return False
    try:
        descriptor = os.open(_path(journal_path, token), os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:  # too many open files, no permission: it may be running
        return True
    try:
        take_lock(descriptor, shared=True)  # two processes may test it at once
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def forget(journal_path: Path, token: str | None) -> None:
    """Remove the file of a process that has ended."""
    if token is not None and re.fullmatch(_RANDOM_NAME, token):
        with contextlib.suppress(OSError):
            _path(journal_path, token).unlink()


def _path(journal_path: Path, token: str) -> Path:
    return journal_path.parent / SENDERS_FOLDER / token
