"""A partial file: hidden, kept when the transfer breaks off, renamed once it is complete."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from luma_cli.digests import sha256_of
from luma_cli.errors import OutputExistsError, PartSwappedError
from luma_cli.transfers.file_claim import claim_file, has_locks, is_open_at, remove_abandoned
from luma_cli.transfers.hashing_writer import HashingWriter, new_digest
from luma_cli.transfers.names import hidden_name, plain
from luma_cli.transfers.range_request import Resource
from luma_cli.transfers.rename import rename_if_free, rename_over
from luma_cli.transfers.resume_state import (
    ResumeState,
    read_resume_state,
    remove_resume_state,
    write_resume_state,
)
from luma_cli.transfers.target import disk_errors

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

_CHUNK_BYTES = 1024 * 1024


class PartialFile:
    """The first `size` bytes of `resource`, which is `None` without any.

    Of the bytes that an earlier run kept, only those count whose digest is in the resume state. The
    last byte of a complete file is requested again, so that the storage host confirms that the file
    is unchanged before it gets its name. Nothing is created before there is a byte to keep.
    """

    def __init__(self, path: Path) -> None:
        self.path = self._preferred_path = path
        self.resource: Resource | None = None
        self.size = 0
        self.range_failed = False
        self._digest: Hash = new_digest()
        self._hashed = 0  # so many bytes are in `_digest`
        self._stream: BinaryIO | None = None
        self._is_first = True
        self._is_renamed = False
        if os.path.lexists(path):
            self._open()
            self._restore()

    @property
    def stream(self) -> BinaryIO:
        """The open file; there is one after `start`, and for a file that an earlier run kept."""
        if self._stream is None:
            raise ValueError("the partial file is not open")
        return self._stream

    @property
    def sha256(self) -> str:
        """The digest of all bytes, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def _state_path(self) -> Path:
        return _state_path_of(self.path)

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Later runs resume the file with the preferred name, which another process may have.
        self.path, self._stream, self._is_first = claim_file(self.path)

    def _restore(self) -> None:
        """Take over the bytes of an earlier run if they match its resume state."""
        state = read_resume_state(self._state_path) if self._is_first else None
        if state is None:
            return
        size = state.size if state.size != state.resource.total else state.size - 1
        digest, left = new_digest(), size
        self.stream.seek(0)
        while left > 0 and (chunk := self.stream.read(min(left, _CHUNK_BYTES))):
            digest.update(chunk)
            left -= len(chunk)
        whole = digest.copy()
        whole.update(self.stream.read(state.size - size) or b"")
        if left <= 0 and whole.hexdigest() == state.sha256:
            self.resource, self.size = state.resource, max(size, 0)
            self._digest, self._hashed = digest, self.size
            self.range_failed = state.range_failed

    def start(self, resource: Resource, offset: int) -> None:
        """Prepare for the bytes from `offset` on, which is the current size, or 0 to start over."""
        if (
            offset == 0
            and self._stream is not None
            and not is_open_at(self.path, self._stream.fileno())
        ):
            # Without locks, another process may have renamed it: it must not be truncated.
            self._stream.close()
            self.path, self._stream = self._preferred_path, None
        if self._stream is None:
            self._open()
        if offset not in (0, self._hashed):
            raise ValueError(f"offset {offset} does not follow the first {self._hashed} bytes")
        if offset == 0:
            self._digest, self._hashed = new_digest(), 0
        self.stream.seek(offset)
        self.stream.truncate()
        self.resource, self.size = resource, offset
        if resource.validator is None or not self._is_first:
            remove_resume_state(self._state_path)
        else:
            self._save_state(offset, self._digest.hexdigest())

    @contextmanager
    def write(self) -> Iterator[HashingWriter]:
        """Give the block a writer for the next bytes; the resume state is saved as they come."""
        on_progress = self._save_state if self._is_resumable else (lambda _size, _sha256: None)
        writer = HashingWriter(self.stream, self.size, self._digest, on_progress)
        try:
            with writer:
                yield writer
        finally:
            self._hashed = writer.hashed

    @property
    def _is_resumable(self) -> bool:
        return self._is_first and self.resource is not None and self.resource.validator is not None

    def _save_state(self, size: int, sha256: str) -> None:
        resource = self.resource  # another thread may discard it
        if resource is not None:
            state = ResumeState(resource, size, sha256, self.range_failed)
            with suppress(OSError):  # the download continues, and a later run resumes fewer bytes
                write_resume_state(self._state_path, state)

    def discard(self) -> None:
        """Start over with the next request: the bytes belong to another resource."""
        self.resource, self.size = None, 0

    def rename(self, target: Path, *, overwrite: bool, announce: Callable[[], None]) -> None:
        """Sync the file, call `announce`, then give it its final name.

        A link at `target` is followed. A file of the same bytes that another process put there
        counts as success. Raises `OutputExistsError` for a different one that must not be replaced,
        and `SaveError` when the path no longer leads to the file that was written.
        """
        os.fsync(self.stream.fileno())
        announce()
        final = target.resolve() if target.is_symlink() else target
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._check_unchanged()
            if overwrite:
                rename_over(self.path, self.stream, final)
            else:
                rename_if_free(self.path, self.stream, final)
        except (OutputExistsError, PartSwappedError):
            if not has_bytes(final, self.size, self.sha256):
                raise
        self._is_renamed = True

    def _check_unchanged(self) -> None:
        """Raise `SaveError` unless the path still leads to the open file, with all of its bytes.

        Files are renamed by path, and other users of a shared folder can put another file there.
        """
        descriptor = self.stream.fileno()
        is_unchanged = (
            is_open_at(self.path, descriptor) and os.fstat(descriptor).st_size == self.size
        )
        if is_unchanged and not has_locks(descriptor):  # another process may have written to it
            is_unchanged = self._digest_on_disk() == self.sha256
        if not is_unchanged:
            raise PartSwappedError(
                f"another process replaced or changed `{self.path}` before it was complete",
                hint="choose a folder that only you can write to, with `-o` or `-d`",
            )

    def close(self) -> None:
        """Close the file; it is kept only if a later run can resume it."""
        if self._stream is None:
            return
        if self._is_resumable and not self._is_renamed and self._hashed > 0:
            self._save_state(self._hashed, self._digest.hexdigest())
            self._stream.close()
        else:
            self._remove()
        if self._is_renamed:
            remove_abandoned(self._preferred_path)
            if not os.path.lexists(self._preferred_path):
                remove_resume_state(_state_path_of(self._preferred_path))

    def _remove(self) -> None:
        """Remove the file and its resume state, while the lock keeps other processes away."""
        remove_resume_state(self._state_path)
        if os.name == "nt":  # an open file cannot be removed there
            self.stream.close()
            self.path.unlink(missing_ok=True)
        elif is_open_at(self.path, self.stream.fileno()):  # it was not renamed
            self.path.unlink(missing_ok=True)
        self.stream.close()

    def _digest_on_disk(self) -> str:
        digest = new_digest()
        self.stream.seek(0)
        while chunk := self.stream.read(_CHUNK_BYTES):
            digest.update(chunk)
        return digest.hexdigest()


def _state_path_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


class PartialLocation(NamedTuple):
    """The path of a partial file: in the folder of its target, by a `key` that later runs know."""

    folder: Path
    key: str

    @property
    def path(self) -> Path:
        """The hidden file."""
        return self.folder / hidden_name(self.key, plain(self.key))

    @contextmanager
    def open(self) -> Iterator[PartialFile]:
        """Open the partial file for this process; another process gets a file of its own.

        Raises `SaveError` when the disk refuses.
        """
        with disk_errors(self.folder):
            partial = PartialFile(self.path)
            try:
                yield partial
            finally:
                with suppress(OSError):  # the error that stopped the writing is the one to report
                    partial.close()


def has_bytes(path: Path, size: int, sha256: str) -> bool:
    """Return whether a file has this size and digest; `False` if it cannot be read."""
    try:
        return path.is_file() and path.stat().st_size == size and sha256_of(path) == sha256
    except OSError:
        return False
