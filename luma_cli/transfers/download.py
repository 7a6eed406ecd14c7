"""Fetching one output: streamed beside its target, checked, and moved into place in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

from luma_cli.digests import sha256_of
from luma_cli.transfers.exchange import Storage
from luma_cli.transfers.partial_file import PartialFile, Place
from luma_cli.transfers.range_request import Resource, ask_for_rest, check_size, is_short
from luma_cli.transfers.target import check_room, check_target, refusals_of_the_disk

ChoosePath = Callable[[str], Path]
ReportBytes = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class SavedFile:
    """A file on disk under its final name, complete."""

    path: str
    bytes: int
    sha256: str
    content_type: str

    def fields(self) -> dict[str, str | int]:
        """Return the form that results print."""
        return asdict(self)


class DownloadLog:
    """Remembers what was saved; this one forgets."""

    def claim(self, target: Path) -> None:
        """Take a name; raises `OutputExistsError` when another output of this run has it."""

    def about_to_save(self, file: SavedFile) -> None:
        """Note a file whose bytes are all here, before it takes its name."""

    def saved_before(self, target: Path) -> SavedFile | None:
        """Return the file at `target` if it was saved before and is still what it was."""


FORGETFUL = DownloadLog()
# The target for what comes, or the existing file that will do.
_Admit = Callable[[Resource], Path | SavedFile]


class _Existing(DownloadLog):
    """Takes any file that is there for one that was saved before."""

    def __init__(self, ledger: DownloadLog) -> None:
        self._ledger = ledger

    def claim(self, target: Path) -> None:
        self._ledger.claim(target)

    def about_to_save(self, file: SavedFile) -> None:
        self._ledger.about_to_save(file)

    def saved_before(self, target: Path) -> SavedFile | None:
        noted = self._ledger.saved_before(target)
        if noted is not None or not target.is_file():
            return noted
        from mimetypes import guess_type

        with refusals_of_the_disk(target):
            digest = sha256_of(target)
        kind = guess_type(target)[0] or "application/octet-stream"
        return SavedFile(str(target), target.stat().st_size, digest, kind)


def download(
    storage: Storage,
    url: str,
    choose_path: ChoosePath,
    *,
    place: Place,
    overwrite: bool,
    report: ReportBytes,
    ledger: DownloadLog = FORGETFUL,
    skip_existing: bool = False,
) -> SavedFile:
    """Save what `url` holds at `choose_path(content_type)`.

    The bytes go to a hidden part at `place`, which takes the final name only when all of them are
    on disk; when the transfer breaks off, the next call resumes it, if the file is still the same.
    `report(name, done, total)` is called for each piece, `ledger` for the whole file before it
    takes its name; an existing file in the ledger is not fetched again, and with `skip_existing` no
    existing file. Raises `OutputExistsError` for another existing file, unless it turns out to have
    the same bytes; `SaveError` when the disk refuses, and the errors of `ask_for_rest`.
    """
    known = _Existing(ledger) if skip_existing else ledger

    def admit(origin: Resource) -> Path | SavedFile:
        target = choose_path(origin.content_type)
        known.claim(target)
        if (there := known.saved_before(target)) is not None:
            return there
        if overwrite or not _may_be_the_same(target, origin):
            check_target(target, overwrite=overwrite)
        return target

    with place.open() as part:
        found = _fetch(storage, url, part, admit, report)
        if isinstance(found, SavedFile):
            part.forget()
            return found
        target, origin = found
        saved = SavedFile(str(target), part.size, part.sha256, origin.content_type)
        with refusals_of_the_disk(target):
            part.become(target, overwrite=overwrite, announce=lambda: ledger.about_to_save(saved))
        return saved


def _may_be_the_same(target: Path, origin: Resource) -> bool:
    """Return whether a file came up that another process may have saved of the same output."""
    with refusals_of_the_disk(target):
        return target.is_file() and origin.total in (None, target.stat().st_size)


def _fetch(
    storage: Storage, url: str, part: PartialFile, admit: _Admit, report: ReportBytes
) -> tuple[Path, Resource] | SavedFile:
    """Fetch what is missing of a part; return its target, or the file that will do."""
    while True:
        with ask_for_rest(storage, url, part) as incoming:
            origin, offset = incoming.origin, incoming.offset
            target = admit(origin)
            if isinstance(target, SavedFile):
                return target
            with refusals_of_the_disk(target):
                check_room(part.path.parent, (origin.total or 0) - offset)
                pieces = _begun(incoming.pieces)
                part.begin(origin, offset)
                with part.write() as sink:
                    for piece in pieces:
                        sink.write(piece)
                        part.size += len(piece)
                        report(target.name, part.size, origin.total)
        if not is_short(part, incoming):
            check_size(part, url)
            return target, origin


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Return pieces whose first is here: what is no output must not cost a part its bytes."""
    first = next(pieces, b"")
    return chain((first,), pieces)
