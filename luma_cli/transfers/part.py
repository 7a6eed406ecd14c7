"""A file under way: hidden, kept when it breaks off, named only when all of it is on disk."""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from luma_cli.transfers.alone import open_alone
from luma_cli.transfers.answer import Origin
from luma_cli.transfers.names import plain
from luma_cli.transfers.target import check_target, refusals_of_the_disk

# File systems that know no hard links say so in one of these ways.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
_LONGEST_KEY = 100


class Part:
    """The bytes that are here: `size` of them, of `origin` if there are any.

    Nothing is made on the disk before there is something to keep.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.origin: Origin | None = None
        self.size = 0
        self._stream: BinaryIO | None = None
        self._is_named = False
        if path.exists():
            self._open()
            self.origin = _origin_of(self._note)
            self.size = os.fstat(self.stream.fileno()).st_size if self.origin is not None else 0

    @property
    def stream(self) -> BinaryIO:
        """The open file; there is one after `begin`, and for a part that was kept."""
        if self._stream is None:
            raise ValueError("nothing was begun")
        return self._stream

    @property
    def _note(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self._stream = open_alone(self.path)

    @property
    def is_whole(self) -> bool:
        """Whether only the name is missing."""
        return self.origin is not None and 0 < self.size == self.origin.total

    def begin(self, origin: Origin, offset: int) -> None:
        """Make ready for bytes from `offset` on; what stands behind it is forgotten."""
        if self._stream is None:
            self._open()
        self.stream.seek(offset)
        self.stream.truncate()
        if origin != self.origin and origin.validator is not None:
            self._note.write_text(json.dumps(origin._asdict()), encoding="utf-8")
        elif origin.validator is None:
            self._note.unlink(missing_ok=True)
        self.origin, self.size = origin, offset

    def forget(self) -> None:
        """Begin anew the next time: what is here belongs to something else."""
        self.origin, self.size = None, 0

    def become(self, target: Path, *, overwrite: bool, announce: Callable[[], None]) -> None:
        """Take the final name, once all bytes are on disk and `announce` was called.

        A link is followed: what it points to is written. Raises `OutputExistsError` for a target
        that must not be replaced, also for one that came up meanwhile.
        """
        os.fsync(self.stream.fileno())
        announce()
        final = target.resolve() if target.is_symlink() else target
        final.parent.mkdir(parents=True, exist_ok=True)
        if overwrite:
            if os.name == "nt":  # an open file cannot be renamed there
                self.stream.close()
            _replace(self.path, final)
        else:
            _take_free_name(self.path, final)
        self._is_named = True

    def close(self) -> None:
        """Keep what a later try can go on with, and nothing else."""
        if self._stream is None:
            return
        self._stream.close()
        keeps = self.origin is not None and self.origin.validator is not None and self.path.exists()
        if self._is_named or not keeps or self.path.stat().st_size == 0:
            self.path.unlink(missing_ok=True)
            self._note.unlink(missing_ok=True)


class Place(NamedTuple):
    """Where a part is kept: in the folder of its target, under a `key` that a later try knows."""

    folder: Path
    key: str

    @property
    def path(self) -> Path:
        """The hidden file."""
        return self.folder / f".{plain(self.key)[:_LONGEST_KEY]}.part"

    @property
    def bytes_kept(self) -> int:
        """How many bytes a later try would not have to fetch."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @contextmanager
    def open(self) -> Iterator[Part]:
        """Open the part for this process alone; another one that is at it has its own.

        Raises `SaveError` when the disk refuses.
        """
        with refusals_of_the_disk(self.folder):
            part = Part(self.path)
            try:
                yield part
            finally:
                with suppress(OSError):  # what stopped the writing has been told
                    part.close()


def _origin_of(note: Path) -> Origin | None:
    try:
        return Origin(**json.loads(note.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _replace(part: Path, final: Path) -> None:
    try:
        part.replace(final)
    except OSError as problem:
        if problem.errno != errno.EXDEV:  # a link may lead to another disk
            raise
        beside = final.with_name(f".{final.name[:_LONGEST_KEY]}.{uuid.uuid4().hex[:8]}.part")
        shutil.copyfile(part, beside)
        beside.replace(final)


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
        _replace(part, final)
