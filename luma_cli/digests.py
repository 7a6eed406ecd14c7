"""Comparing the bytes of files, and detecting changes of a file."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple


class FileVersion(NamedTuple):
    """The version of a file, which changes with every write, even in place and of the same size."""

    inode: int
    size: int
    modified_nanoseconds: int


def version_of(status: os.stat_result) -> FileVersion:
    """Return the version of a file with this status."""
    return FileVersion(status.st_ino, status.st_size, status.st_mtime_ns)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal; raises `OSError`."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of_version(path: Path, version: FileVersion) -> str | None:
    """Return the SHA-256 of a file, `None` if its version differs or changes meanwhile.

    Raises `OSError`.
    """
    with path.open("rb") as stream:
        if version_of(os.fstat(stream.fileno())) != version:
            return None
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return sha256 if version_of(os.fstat(stream.fileno())) == version else None
