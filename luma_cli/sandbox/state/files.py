"""Files that were uploaded: a pure function of a record and the time, like jobs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import IO, Any, NamedTuple, Self

from luma_cli.rules.constants import LARGEST_IMAGE_BYTES, LONGEST_IMAGE_SIDE
from luma_cli.rules.timestamps import timestamp
from luma_cli.sandbox.models.media import Media, look_at_film, look_at_picture
from luma_cli.sandbox.state.store import Store

_KIND = "file"
# What a file's name may contain to make its ingest fail, and the reason.
FAILING_NAMES = {
    "[moderated]": "File was flagged by our content moderation system.",
    "[fails]": "File could not be processed",
}
STUCK_NAME = "[stuck]"


class Seen(NamedTuple):
    """What a look at a file's bytes found: what it is, or why it cannot be used."""

    media: Media | None = None
    failure: str | None = None


@dataclass(frozen=True)
class FileRecord:
    """A file without its bytes; times are seconds of the sandbox's clock.

    `number` counts all files. `seen` is `None` until the bytes are there, `ingest_started` until
    they were said to be complete.
    """

    id: str
    owner: str
    number: int
    created: float
    mime_type: str
    size_bytes: int
    purpose: str
    ingest_seconds: float
    filename: str | None = None
    user_id: str | None = None
    expires: float | None = None
    deleted: float | None = None
    ingest_started: float | None = None
    seen: Seen | None = field(default=None, repr=False)

    def state(self, now: float) -> str:
        """Return the state at `now`."""
        if self.deleted_by(now) is not None:
            return "deleted"
        name = self.filename or ""
        if self.ingest_started is None or STUCK_NAME in name:
            return "pending"
        if now < self.ingest_started + self.ingest_seconds:
            return "pending"
        return "failed" if self.failure() else "ready"

    def failure(self) -> str | None:
        """Return the reason for which the ingest will fail, `None` if it will not."""
        for mark, reason in FAILING_NAMES.items():
            if mark in (self.filename or ""):
                return reason
        return self.seen.failure if self.seen else None

    def deleted_by(self, now: float) -> float | None:
        """Return when the file was deleted, or had expired, if that is not after `now`."""
        moments = [moment for moment in (self.deleted, self.expires) if moment is not None]
        first = min(moments, default=None)
        return first if first is not None and first <= now else None

    def upload_headers(self) -> dict[str, str]:
        """Return the headers that are signed with a link, without which it opens nothing."""
        return {"Content-Type": self.mime_type, "x-amz-meta-file-id": self.id}

    def describe(self, now: float, state: str | None = None) -> dict[str, Any]:
        """Return the file as the API shows it; an answer may be of an earlier `state`."""
        state, deleted = state or self.state(now), self.deleted_by(now)
        return {
            "id": self.id,
            "created_at": timestamp(self.created),
            "mime_type": self.mime_type,
            "purpose": self.purpose,
            "size_bytes": self.size_bytes,
            "state": state,
            "filename": self.filename,
            "user_id": self.user_id,
            "failure_reason": self.failure() if state == "failed" else None,
            "expires_at": None if self.expires is None else timestamp(self.expires),
            "deleted_at": None if deleted is None else timestamp(deleted),
        }

    def as_record(self) -> dict[str, Any]:
        """Return what a store can keep."""
        media = self.seen and self.seen.media
        seen = self.seen and {"media": media and media.as_record(), "failure": self.seen.failure}
        return {**vars(self), "seen": seen}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Return what a store has kept."""
        kept = record["seen"]
        media = kept and kept["media"]
        seen = kept and Seen(media and Media.from_record(media), kept["failure"])
        return cls(**{**record, "seen": seen})


class Files:
    """All files of one sandbox."""

    def __init__(self, store: Store, ingest_seconds: Callable[[], float]) -> None:
        self._store, self._ingest_seconds = store, ingest_seconds
        records = (FileRecord.from_record(record) for record in store.load(_KIND))
        self._files = {record.id: record for record in records}
        self._count = max((record.number for record in self._files.values()), default=0)

    def create(self, owner: str, now: float, **fields: Any) -> FileRecord:
        """Make a file that waits for its bytes; `fields` are those of `FileRecord`."""
        self._count += 1
        return self.keep(
            FileRecord(
                id=str(uuid.uuid4()),
                owner=owner,
                number=self._count,
                created=now,
                ingest_seconds=self._ingest_seconds(),
                **fields,
            )
        )

    def keep(self, record: FileRecord, **changes: Any) -> FileRecord:
        """Return the record with these changes, which is remembered in its place."""
        record = replace(record, **changes)
        self._files[record.id] = record
        self._store.save(_KIND, record.id, record.as_record())
        return record

    def get(self, file_id: str, owner: str) -> FileRecord | None:
        """Return a file of this owner; others' do not exist."""
        record = self._files.get(file_id)
        return record if record is not None and record.owner == owner else None

    def for_upload(self, file_id: str) -> FileRecord | None:
        """Return any file: who has a link needs no key."""
        return self._files.get(file_id)

    def newest_first(self, owner: str) -> Iterator[FileRecord]:
        """Yield this owner's files, deleted ones among them."""
        for record in reversed(self._files.values()):
            if record.owner == owner:
                yield record


def look_at(file: IO[bytes], mime_type: str, size: int) -> Seen:
    """Look at the bytes of a file, which takes a while; only pictures and films are read."""
    if mime_type.startswith("video/"):
        film = look_at_film(file)
        return Seen(failure="File could not be decoded") if film.broken else Seen(film)
    if not mime_type.startswith("image/"):
        return Seen(Media("other", 0, 0))
    if size > LARGEST_IMAGE_BYTES:
        return Seen(failure="Image exceeds 50 MB limit")
    picture = look_at_picture(file)
    if picture is None or picture.broken:
        return Seen(failure="File could not be decoded")
    if max(picture.width, picture.height) > LONGEST_IMAGE_SIDE:
        return Seen(failure=f"Image exceeds {LONGEST_IMAGE_SIDE} px limit")
    return Seen(picture)
