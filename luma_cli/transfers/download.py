"""Fetching one output: streamed beside its target, checked, and moved into place in one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from luma_cli.digests import sha256_of
from luma_cli.transfers.answer import Origin, ask_for_rest, check_size
from luma_cli.transfers.part import Part, Place
from luma_cli.transfers.sink import Sink
from luma_cli.transfers.target import check_room, check_target, refusals_of_the_disk

if TYPE_CHECKING:
    import httpx

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


class Ledger:
    """Remembers what was saved; this one forgets."""

    def claim(self, target: Path) -> None:
        """Take a name; raises `OutputExistsError` when another output of this run has it."""

    def about_to_save(self, file: SavedFile) -> None:
        """Note a file whose bytes are all here, before it takes its name."""

    def saved_before(self, target: Path) -> SavedFile | None:
        """Return the file at `target` if it was saved before and is still what it was."""


FORGETFUL = Ledger()
# The target for a content type, or the file that is there and will do.
_Admit = Callable[[str], Path | SavedFile]
_Found = SavedFile | tuple[Path, Origin, str]


class _Existing(Ledger):
    """Takes any file that is there for one that was saved before."""

    def __init__(self, ledger: Ledger) -> None:
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
    http: httpx.Client,
    url: str,
    choose_path: ChoosePath,
    *,
    place: Place,
    overwrite: bool,
    report: ReportBytes,
    ledger: Ledger = FORGETFUL,
    skip_existing: bool = False,
) -> SavedFile:
    """Save what `url` holds at `choose_path(content_type)`.

    The bytes go to a hidden part at `place`, which takes the final name only when all of them are
    on disk; when the transfer breaks off, the next call goes on where it ended, if the file is
    still the same. `http` must carry no API key: the storage host has no business with it.
    `report(name, done, total)` hears of each piece, `ledger` of the whole file before it takes its
    name; a file that is there and in the ledger is not fetched again, and with `skip_existing` no
    file that is there. Raises `OutputExistsError` for another target that is there, `SaveError`
    when the disk refuses, `LinkRefusedError` when the link is no good, and `UnavailableError` when
    the bytes do not come.
    """
    known = _Existing(ledger) if skip_existing else ledger

    def admit(content_type: str) -> Path | SavedFile:
        target = choose_path(content_type)
        known.claim(target)
        if (there := known.saved_before(target)) is not None:
            return there
        check_target(target, overwrite=overwrite)
        return target

    with place.open() as part:
        if part.origin is not None and part.is_whole:
            found = _named_only(part, part.origin, admit)
        else:
            found = _fetch(http, url, part, admit, report)
        if isinstance(found, SavedFile):
            part.forget()
            return found
        target, origin, sha256 = found
        saved = SavedFile(str(target), part.size, sha256, origin.content_type)
        with refusals_of_the_disk(target):
            part.become(target, overwrite=overwrite, announce=lambda: ledger.about_to_save(saved))
        return saved


def _named_only(part: Part, origin: Origin, admit: _Admit) -> _Found:
    """Return what a part lacks whose bytes are all here: its target and digest."""
    target = admit(origin.content_type)
    if isinstance(target, SavedFile):
        return target
    return target, origin, sha256_of(part.path)


def _fetch(http: httpx.Client, url: str, part: Part, admit: _Admit, report: ReportBytes) -> _Found:
    """Fetch what is missing of a part; return its target and digest, or the file that will do."""
    with ask_for_rest(http, url, part) as incoming:
        origin, offset = incoming.origin, incoming.offset
        target = admit(origin.content_type)
        if isinstance(target, SavedFile):
            return target
        with refusals_of_the_disk(target):
            check_room(part.path.parent, (origin.total or 0) - offset)
            part.begin(origin, offset)
            with Sink(part.path, part.stream, offset) as sink:
                for piece in incoming.pieces:
                    sink.write(piece)
                    part.size += len(piece)
                    report(target.name, part.size, origin.total)
    check_size(part, url)
    return target, origin, sink.sha256
