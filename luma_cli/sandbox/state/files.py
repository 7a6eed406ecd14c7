"""Uploaded files, whose state is a pure function of a record and the time, like that of jobs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import IO, Any, NamedTuple, Self

from luma_cli.rules.constants import LARGEST_IMAGE_BYTES, LONGEST_IMAGE_SIDE
from luma_cli.rules.timestamps import timestamp
from luma_cli.sandbox.models.media import Media, inspect_image, inspect_video
from luma_cli.sandbox.state.store import Store

_KIND = "file"
# Mark in the name of a file that makes its ingest fail -> the reason.
FAILING_NAMES = {
    "[moderated]": "File was flagged by our content moderation system.",
    "[fails]": "File could not be processed",
}
STUCK_NAME = "[stuck]"


class Inspection(NamedTuple):
    """The result of inspecting a file: its description, or the reason why it is unusable."""

    media: Media | None = None
    failure: str | None = None


@dataclass(frozen=True)
class FileRecord:
    """A file without its bytes; times are seconds of the sandbox's clock.

    `number` counts all files. `seen` is `None` until the upload, `ingest_started` until the call of
    `complete`.
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
    seen: Inspection | None = field(default=None, repr=False)

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
        """Return the reason why the ingest will fail, `None` if it will not fail."""
        for mark, reason in FAILING_NAMES.items():
            if mark in (self.filename or ""):
                return reason
        return self.seen.failure if self.seen else None

    def deleted_by(self, now: float) -> float | None:
        """Return the time of deletion or expiry, `None` if that is after `now`."""
        first = min(
            (time for time in (self.deleted, self.expires) if time is not None), default=None
        )
        return first if first is not None and first <= now else None

    def upload_headers(self) -> dict[str, str]:
        """Return the signed headers of the upload link, which the upload must send."""
        return {"Content-Type": self.mime_type, "x-amz-meta-file-id": self.id}

    def describe(self, now: float, state: str | None = None) -> dict[str, Any]:
        """Return the file as JSON of the API, optionally in an earlier `state`."""
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
        """Return the record as JSON for a store."""
        media = self.seen and self.seen.media
        seen = self.seen and {"media": media and media.as_record(), "failure": self.seen.failure}
        return {**vars(self), "seen": seen}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Return the record from the JSON of a store."""
        stored = record["seen"]
        media = stored and stored["media"]
        seen = stored and Inspection(media and Media.from_record(media), stored["failure"])
        return cls(**{**record, "seen": seen})


class Files:
    """The files of a sandbox."""

    def __init__(self, store: Store, ingest_seconds: Callable[[], float]) -> None:
        self._store, self._ingest_seconds = store, ingest_seconds
        records = (FileRecord.from_record(record) for record in store.load(_KIND))
        self._files = {record.id: record for record in records}
        self._count = max((record.number for record in self._files.values()), default=0)

    def create(self, owner: str, now: float, **fields: Any) -> FileRecord:
        """Create a file without bytes; `fields` are those of `FileRecord`."""
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
        """Apply changes to a record, store it and return it."""
        record = replace(record, **changes)
        self._files[record.id] = record
        self._store.save(_KIND, record.id, record.as_record())
        return record

    def get(self, file_id: str, owner: str) -> FileRecord | None:
        """Return a file of this owner, `None` for a file of another one."""
        record = self._files.get(file_id)
        return record if record is not None and record.owner == owner else None

    def for_upload(self, file_id: str) -> FileRecord | None:
        """Return a file of any owner: a presigned link needs no key."""
        return self._files.get(file_id)

    def newest_first(self, owner: str) -> Iterator[FileRecord]:
        """Yield this owner's files, including deleted ones."""
        for record in reversed(self._files.values()):
            if record.owner == owner:
                yield record


def inspect_file(file: IO[bytes], mime_type: str, size: int) -> Inspection:
    """Inspect the bytes of an image or video, which is slow; accept other files unread."""
    if mime_type.startswith("video/"):
        video = inspect_video(file)
        return (
            Inspection(failure="File could not be decoded") if video.broken else Inspection(video)
        )
    if not mime_type.startswith("image/"):
        return Inspection(Media("other", 0, 0))
    if size > LARGEST_IMAGE_BYTES:
        return Inspection(failure="Image exceeds 50 MB limit")
    picture = inspect_image(file)
    if picture is None or picture.broken:
        return Inspection(failure="File could not be decoded")
    if max(picture.width, picture.height) > LONGEST_IMAGE_SIDE:
        return Inspection(failure=f"Image exceeds {LONGEST_IMAGE_SIDE} px limit")
    return Inspection(picture)
