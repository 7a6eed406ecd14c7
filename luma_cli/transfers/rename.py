"""Giving a complete file its final name in one step."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import BinaryIO

from luma_cli.errors import PartSwappedError, SaveError
from luma_cli.transfers.file_claim import claim_file, is_open_at
from luma_cli.transfers.names import hidden_name
from luma_cli.transfers.target import check_target

# What file systems without hard links answer.
_LINKS_UNSUPPORTED = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
_CHUNK_BYTES = 1024 * 1024


def rename_over(path: Path, stream: BinaryIO, final: Path) -> None:
    """Rename the open file at `path`; an existing file at `final` is replaced."""
    if os.name == "nt":  # an open file cannot be renamed there
        stream.close()
    try:
        path.replace(final)
    except OSError as problem:
        if problem.errno != errno.EXDEV:  # `final` may be on another disk, behind a link
            raise
        _copy_over(path, stream, final)


def rename_if_free(path: Path, stream: BinaryIO, final: Path) -> None:
    """Rename the open file at `path`; raises `OutputExistsError` if `final` exists.

    A hard link makes that one step.
    """
    try:
        final.hardlink_to(path)
    except FileExistsError:
        check_target(final, overwrite=False)
    except OSError as problem:
        if problem.errno not in _LINKS_UNSUPPORTED:
            raise
        check_target(final, overwrite=False)
        rename_over(path, stream, final)


def _copy_over(path: Path, stream: BinaryIO, final: Path) -> None:
    """Copy the file to the disk of `final`, then rename the copy."""
    claim = claim_file(final.with_name(hidden_name(final.name, final.name)))
    try:
        with claim.stream as copy:
            copy.truncate(0)
            if stream.closed:
                stream = path.open("rb")
            stream.seek(0)
            shutil.copyfileobj(stream, copy, _CHUNK_BYTES)
            os.fsync(copy.fileno())
            if not is_open_at(claim.path, copy.fileno()):
                raise PartSwappedError(f"another process replaced `{claim.path}`")
            claim.path.replace(final)
    except (OSError, SaveError):
        claim.path.unlink(missing_ok=True)
        raise
