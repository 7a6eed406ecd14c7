"""Downloading one output: into a partial file, verified, then renamed in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from luma_cli.digests import sha256_of
from luma_cli.transfers.download_log import NO_LOG, DownloadLog, SavedFile
from luma_cli.transfers.partial_file import PartialFile, PartialLocation
from luma_cli.transfers.range_request import Resource, check_size, is_short, request_rest
from luma_cli.transfers.storage import Storage
from luma_cli.transfers.target import check_room, check_target, disk_errors

ChoosePath = Callable[[str], Path]
ReportBytes = Callable[[str, int, int | None], None]


# Returns the target of a download, or the existing file that replaces it.
_ChooseTarget = Callable[[Resource], Path | SavedFile]


class _LogWithExistingFiles(DownloadLog):
    """Adds all existing files to a log."""

    def __init__(self, log: DownloadLog) -> None:
        self._log = log

    def claim(self, target: Path) -> None:
        self._log.claim(target)

    def about_to_save(self, file: SavedFile) -> None:
        self._log.about_to_save(file)

    def saved_before(self, target: Path) -> SavedFile | None:
        saved = self._log.saved_before(target)
        if saved is not None or not target.is_file():
            return saved
        from mimetypes import guess_type

        with disk_errors(target):
            digest = sha256_of(target)
        kind = guess_type(target)[0] or "application/octet-stream"
        return SavedFile(str(target), target.stat().st_size, digest, kind)


def download(
    storage: Storage,
    url: str,
    choose_path: ChoosePath,
    *,
    location: PartialLocation,
    overwrite: bool,
    report: ReportBytes,
    log: DownloadLog = NO_LOG,
    skip_existing: bool = False,
) -> SavedFile:
    """Save the resource at `url` as `choose_path(content_type)`.

    The bytes are written to a hidden partial file at `location`, which is renamed once all of them
    are on disk. The next call resumes a transfer that broke off if the resource is unchanged.
    `report(name, done, total)` is called for each chunk, `log` before the file is renamed. A file
    in the log is not downloaded again, and with `skip_existing` no existing file. Raises
    `OutputExistsError` for any other existing file, unless it has the same bytes; `SaveError` when
    the disk refuses, and the errors of `request_rest`.
    """
    known = _LogWithExistingFiles(log) if skip_existing else log

    def choose_target(resource: Resource) -> Path | SavedFile:
        target = choose_path(resource.content_type)
        known.claim(target)
        if (existing := known.saved_before(target)) is not None:
            return existing
        if overwrite or not _may_be_the_same(target, resource):
            check_target(target, overwrite=overwrite)
        return target

    with location.open() as partial:
        found = _fetch(storage, url, partial, choose_target, report)
        if isinstance(found, SavedFile):
            partial.discard()
            return found
        target, resource = found
        saved = SavedFile(str(target), partial.size, partial.sha256, resource.content_type)
        with disk_errors(target):
            partial.rename(target, overwrite=overwrite, announce=lambda: log.about_to_save(saved))
        return saved


def _may_be_the_same(target: Path, resource: Resource) -> bool:
    """Return whether another process may have saved the same output meanwhile."""
    with disk_errors(target):
        return target.is_file() and resource.total in (None, target.stat().st_size)


def _fetch(
    storage: Storage,
    url: str,
    partial: PartialFile,
    choose_target: _ChooseTarget,
    report: ReportBytes,
) -> tuple[Path, Resource] | SavedFile:
    """Download the rest of a partial file; return its target, or an existing file instead."""
    while True:
        with request_rest(storage, url, partial) as response:
            resource, offset = response.resource, response.offset
            target = choose_target(resource)
            if isinstance(target, SavedFile):
                return target
            with disk_errors(target):
                check_room(partial.path.parent, (resource.total or 0) - offset)
                chunks = _with_first_read(response.chunks)
                partial.start(resource, offset)
                with partial.write() as writer:
                    for chunk in chunks:
                        writer.write(chunk)
                        partial.size += len(chunk)
                        report(target.name, partial.size, resource.total)
        if not is_short(partial, response):
            check_size(partial, url)
            return target, resource


def _with_first_read(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Read the first chunk now: a response that is refused must not truncate the partial file."""
    first = next(chunks, b"")
    return chain((first,), chunks)
