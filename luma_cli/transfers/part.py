"""A file that takes its final name only when all of it is on disk."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from luma_cli.transfers.target import check_target, refusals_of_the_disk

# File systems that know no hard links say so in one of these ways.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)


@contextmanager
def part_file(target: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """Open a hidden file beside `target`; on success it becomes `target`, else it is removed.

    A link is followed: what it points to is written. Raises `OutputExistsError` for a target that
    must not be replaced, also for one that comes up meanwhile, and `SaveError` when the disk
    refuses.
    """
    check_target(target, overwrite=overwrite)
    final = target.resolve() if target.is_symlink() else target
    part = final.with_name(f".{final.name[:100]}.{uuid.uuid4().hex[:8]}.part")
    try:
        with refusals_of_the_disk(target):
            final.parent.mkdir(parents=True, exist_ok=True)
            with part.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if overwrite:
                part.replace(final)
            else:
                _take_free_name(part, final)
    finally:
        with suppress(OSError):  # what stopped the writing has been told
            part.unlink()


def _take_free_name(part: Path, final: Path) -> None:
    """Give the file its name unless somebody took it; a hard link decides that in one step."""
    try:
        final.hardlink_to(part)
    except FileExistsError:
        check_target(final, overwrite=False)
    except OSError as problem:
        if problem.errno not in _NO_LINKS:
            raise
        check_target(final, overwrite=False)
        part.replace(final)
