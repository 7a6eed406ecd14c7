"""Whether the files of a job are still on disk as they were saved."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from luma_cli.digests import sha256_of_version, version_of
from luma_cli.errors import JournalError
from luma_cli.journal.journal import Journal
from luma_cli.journal.run_job import CheckedFile, RunJob
from luma_cli.journal.runs import record_checked
from luma_cli.transfers.download_log import SavedFile, recorded_files
from luma_cli.transfers.target import Target

_JOBS_AT_ONCE = 100


class FoundFiles(NamedTuple):
    """The outputs of a job on disk, and what to store as checked, if it differs from before."""

    files: tuple[SavedFile, ...]
    checked: Mapping[str, CheckedFile] | None


def find_files(known: RunJob, target: Target, *, verify: bool) -> FoundFiles | None:
    """Return the outputs of a finished job if all are where `target` puts them, else `None`.

    An output is known by its SHA-256: a path that was recorded before a kill, and was then taken by
    another file, does not count as missing once the output was saved under another name. A file
    whose size and time are those of its last check is not hashed, unless to `verify` it.
    """
    missing: set[str] = set()
    found: dict[str, SavedFile] = {}
    before, checked = known.checked, dict[str, CheckedFile]()
    for path, file in recorded_files(known.files).items():
        if not _is_of(target, path):
            continue
        now = _check(file, None if verify else before.get(path))
        if now is None:
            missing.add(file.sha256)
        else:
            found[file.sha256], checked[path] = file, now
    if not found or missing - found.keys():
        return None
    return FoundFiles(tuple(found.values()), checked if checked != before else None)


def checked_as_saved(files: Iterable[SavedFile]) -> dict[str, CheckedFile]:
    """Return files that this process has just saved, so that the next run need not hash them."""
    checked: dict[str, CheckedFile] = {}
    for file in files:
        with suppress(OSError, ValueError):  # the next run finds out
            status = Path(file.path).stat()
            if status.st_size == file.bytes:
                path = str(Path(file.path).absolute())
                checked[path] = CheckedFile(file.sha256, status.st_size, status.st_mtime_ns)
    return checked


class CheckedLog:
    """Stores the files that a run has just saved, many at once: each step is synced to the disk."""

    def __init__(self, journal: Journal, run: int) -> None:
        self._journal, self._run = journal, run
        self._checked: dict[str, Mapping[str, CheckedFile]] = {}

    def add(self, key: str, files: Iterable[SavedFile]) -> None:
        """Store the files of a job, now or later."""
        self._checked[key] = checked_as_saved(files)
        if len(self._checked) >= _JOBS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Store what is not stored yet; what cannot be stored is hashed again by the next run."""
        if self._checked:
            with suppress(JournalError):
                record_checked(self._journal, self._run, self._checked)
            self._checked = {}


def _is_of(target: Target, path: str) -> bool:
    """Return whether a path is one where `Target.path` may put an output."""
    folder, name = os.path.split(os.path.normpath(path))
    if target.output is None:
        return folder == _absolute(target.folder)
    folder_of_output, output = os.path.split(_absolute(target.output))
    stem, dot, _ = output.rpartition(".")
    usual = f"{stem if dot else output}-"
    return folder == folder_of_output and (name == output or name.startswith(usual))


def _absolute(path: Path) -> str:
    # `Path.absolute` takes longer than all else that is done for one of 100,000 rows.
    return os.path.abspath(path)  # noqa: PTH100


def _check(file: SavedFile, before: CheckedFile | None) -> CheckedFile | None:
    """Return a file as it is now, `None` if its bytes are not those that were saved."""
    try:
        status = os.stat(file.path)  # noqa: PTH116 - a Path of each of 100,000 files takes long
        if not stat.S_ISREG(status.st_mode) or status.st_size != file.bytes:
            return None
        now = CheckedFile(file.sha256, status.st_size, status.st_mtime_ns)
        if now == before or sha256_of_version(Path(file.path), version_of(status)) == file.sha256:
            return now
    except (OSError, ValueError):  # also a path that the locale has no bytes for
        pass
    return None
