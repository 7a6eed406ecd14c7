"""A file under way: hidden, kept when it breaks off, named only when all of it is on disk."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from luma_cli.digests import sha256_of
from luma_cli.errors import OutputExistsError, PartSwappedError, SaveError
from luma_cli.transfers.exclusive import has_locks, is_still, open_alone, remove_left_behind
from luma_cli.transfers.hashing_writer import HashingWriter, new_digest
from luma_cli.transfers.names import hidden_name, plain
from luma_cli.transfers.note import Note, read_note, remove_note, write_note
from luma_cli.transfers.range_request import Resource
from luma_cli.transfers.target import check_target, refusals_of_the_disk

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

# File systems that know no hard links say so in one of these ways.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
_PIECE_BYTES = 1024 * 1024


class PartialFile:
    """The bytes that are here: `size` of them, of `origin` if there are any.

    Of what an earlier run kept, only the bytes count whose digest it noted. The last byte of a
    whole file does not: it is asked for again, so that the storage host has confirmed that the
    file is still the same before it gets its name. Nothing is made on the disk before there is
    something to keep.
    """

    def __init__(self, path: Path) -> None:
        self.path = self._first_path = path
        self.origin: Resource | None = None
        self.size = 0
        self.range_failed = False
        self._digest: Hash = new_digest()
        self._certain = 0  # so many bytes are in `_digest`
        self._stream: BinaryIO | None = None
        self._is_kept = True
        self._is_named = False
        if os.path.lexists(path):
            self._open()
            self._take_up()

    @property
    def stream(self) -> BinaryIO:
        """The open file; there is one after `begin`, and for a part that was kept."""
        if self._stream is None:
            raise ValueError("nothing was begun")
        return self._stream

    @property
    def sha256(self) -> str:
        """The digest of all bytes that were written with `write`."""
        return self._digest.hexdigest()

    @property
    def _note(self) -> Path:
        return self._note_of(self.path)

    @staticmethod
    def _note_of(path: Path) -> Path:
        return path.with_name(f"{path.name}.json")

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # What another process is at is not kept: its own part is what a later run goes on with.
        self.path, self._stream, self._is_kept = open_alone(self.path)

    def _take_up(self) -> None:
        """Go on with what was kept, as far as its bytes are those that were noted."""
        note = read_note(self._note) if self._is_kept else None
        if note is None:
            return
        size = note.size if note.size != note.origin.total else note.size - 1
        digest, left = new_digest(), size
        self.stream.seek(0)
        while left > 0 and (piece := self.stream.read(min(left, _PIECE_BYTES))):
            digest.update(piece)
            left -= len(piece)
        whole = digest.copy()
        whole.update(self.stream.read(note.size - size) or b"")
        if left <= 0 and whole.hexdigest() == note.sha256:
            self.origin, self.size = note.origin, max(size, 0)
            self._digest, self._certain = digest, self.size
            self.range_failed = note.range_failed

    def begin(self, origin: Resource, offset: int) -> None:
        """Make ready for bytes from `offset` on: the next ones, or 0 to begin again."""
        if (
            offset == 0
            and self._stream is not None
            and not is_still(self._stream.fileno(), self.path)
        ):
            # It has another name by now, where there are no locks, and must not be emptied.
            self._stream.close()
            self.path, self._stream = self._first_path, None
        if self._stream is None:
            self._open()
        if offset not in (0, self._certain):
            raise ValueError(f"{self._certain} bytes are here, and {offset} were expected")
        if offset == 0:
            self._digest, self._certain = new_digest(), 0
        self.stream.seek(offset)
        self.stream.truncate()
        self.origin, self.size = origin, offset
        if origin.validator is None or not self._is_kept:
            remove_note(self._note)
        else:
            self._certify(offset, self._digest.hexdigest())

    @contextmanager
    def write(self) -> Iterator[HashingWriter]:
        """Give the block what takes the next bytes; they are noted as they come."""
        certify = self._certify if self._keeps else (lambda _size, _sha256: None)
        sink = HashingWriter(self.stream, self.size, self._digest, certify)
        try:
            with sink:
                yield sink
        finally:
            self._certain = sink.hashed

    @property
    def _keeps(self) -> bool:
        return self._is_kept and self.origin is not None and self.origin.validator is not None

    def _certify(self, size: int, sha256: str) -> None:
        origin = self.origin  # which another thread may forget
        if origin is not None:
            with suppress(OSError):  # without it, less can be resumed; the bytes are what counts
                write_note(self._note, Note(origin, size, sha256, self.range_failed))

    def forget(self) -> None:
        """Begin again the next time: what is here belongs to something else."""
        self.origin, self.size = None, 0

    def become(self, target: Path, *, overwrite: bool, announce: Callable[[], None]) -> None:
        """Take the final name, once all bytes are on disk and `announce` was called.

        A link is followed: what it points to is written. A file that came up meanwhile and has the
        same bytes is the one that was wanted. Raises `OutputExistsError` for another one that must
        not be replaced, and `SaveError` when the part is no longer the file that was written.
        """
        os.fsync(self.stream.fileno())
        announce()
        final = target.resolve() if target.is_symlink() else target
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._check_that_it_is_ours()
            if overwrite:
                _replace(self.path, self.stream, final)
            else:
                _take_free_name(self.path, self.stream, final)
        except (OutputExistsError, PartSwappedError):
            if not has_bytes(final, self.size, self.sha256):
                raise
        self._is_named = True

    def _check_that_it_is_ours(self) -> None:
        """Raise `SaveError` unless the path still leads to the open file, with all of its bytes.

        Names are given by path, and in a shared folder others can put another file there.
        """
        descriptor = self.stream.fileno()
        is_ours = is_still(descriptor, self.path) and os.fstat(descriptor).st_size == self.size
        if is_ours and not has_locks(descriptor):  # so others may have written to it
            is_ours = self._digest_on_disk() == self.sha256
        if not is_ours:
            raise PartSwappedError(
                f"another process replaced or changed `{self.path}` before it was whole",
                hint="choose a folder that only you can write to, with `-o` or `-d`",
            )

    def close(self) -> None:
        """Keep what a later try can go on with, and nothing else."""
        if self._stream is None:
            return
        if self._keeps and not self._is_named and self._certain > 0:
            self._certify(self._certain, self._digest.hexdigest())
            self._stream.close()
        else:
            self._remove()
        if self._is_named:
            remove_left_behind(self._first_path)
            if not os.path.lexists(self._first_path):
                remove_note(self._note_of(self._first_path))

    def _remove(self) -> None:
        """Remove note and part, while the lock still keeps others from them."""
        remove_note(self._note)
        if os.name == "nt":  # an open file cannot be removed there
            self.stream.close()
            self.path.unlink(missing_ok=True)
        elif is_still(self.stream.fileno(), self.path):  # and has no final name yet
            self.path.unlink(missing_ok=True)
        self.stream.close()

    def _digest_on_disk(self) -> str:
        digest = new_digest()
        self.stream.seek(0)
        while piece := self.stream.read(_PIECE_BYTES):
            digest.update(piece)
        return digest.hexdigest()


class Place(NamedTuple):
    """Where a part is kept: in the folder of its target, under a `key` that a later try knows."""

    folder: Path
    key: str

    @property
    def path(self) -> Path:
        """The hidden file."""
        return self.folder / hidden_name(self.key, plain(self.key))

    @contextmanager
    def open(self) -> Iterator[PartialFile]:
        """Open the part for this process alone; another one that is at it has its own.

        Raises `SaveError` when the disk refuses.
        """
        with refusals_of_the_disk(self.folder):
            part = PartialFile(self.path)
            try:
                yield part
            finally:
                with suppress(OSError):  # what stopped the writing has been told
                    part.close()


def has_bytes(path: Path, size: int, sha256: str) -> bool:
    """Return whether a file has these bytes; `False` for one that cannot be read."""
    try:
        return path.is_file() and path.stat().st_size == size and sha256_of(path) == sha256
    except OSError:
        return False


def _replace(part: Path, stream: BinaryIO, final: Path) -> None:
    if os.name == "nt":  # an open file cannot be renamed there
        stream.close()
    try:
        part.replace(final)
    except OSError as problem:
        if problem.errno != errno.EXDEV:  # a link may lead to another disk
            raise
        _copy_beside(part, stream, final)


def _copy_beside(part: Path, stream: BinaryIO, final: Path) -> None:
    """Put the bytes of a part on the disk of `final`, and give them that name there."""
    beside = open_alone(final.with_name(hidden_name(final.name, final.name)))
    try:
        with beside.stream as copy:
            copy.truncate(0)
            if stream.closed:
                stream = part.open("rb")
            stream.seek(0)
            shutil.copyfileobj(stream, copy, _PIECE_BYTES)
            os.fsync(copy.fileno())
            if not is_still(copy.fileno(), beside.path):
                raise PartSwappedError(f"another process replaced `{beside.path}`")
            beside.path.replace(final)
    except (OSError, SaveError):
        beside.path.unlink(missing_ok=True)
        raise


def _take_free_name(part: Path, stream: BinaryIO, final: Path) -> None:
    """Give the file its name unless somebody took it; a hard link decides that in one step."""
    try:
        final.hardlink_to(part)
    except FileExistsError:
        check_target(final, overwrite=False)
    except OSError as problem:
        if problem.errno not in _NO_LINKS:
            raise
        check_target(final, overwrite=False)
        _replace(part, stream, final)
