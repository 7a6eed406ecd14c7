"""The flags that set fields of the request of `files create`, each declared once."""

from __future__ import annotations

from luma_cli.body.body_flag import BodyFlag, Kind
from luma_cli.flags import Completion, Flag
from luma_cli.rules.constants import PURPOSES

FILE_FLAGS: tuple[BodyFlag, ...] = (
    BodyFlag(
        Flag("--mime-type", "MIME type of the file; required", metavar="MIME-TYPE"),
        Kind.TEXT,
        ("mime_type",),
    ),
    BodyFlag(
        Flag("--size-bytes", "Exact size of the file; required", metavar="BYTES"),
        Kind.COUNT,
        ("size_bytes",),
    ),
    BodyFlag(
        Flag("--filename", "Name of the file", metavar="NAME"), Kind.NULLABLE_TEXT, ("filename",)
    ),
    BodyFlag(
        Flag("--purpose", "Purpose of the file", "Options", "PURPOSE", PURPOSES),
        Kind.TEXT,
        ("purpose",),
    ),
    BodyFlag(
        Flag(
            "--expires-at",
            "Time after which the API may delete the file, e.g. 2027-01-31T12:00:00Z",
            metavar="TIME",
        ),
        Kind.DOCUMENT,
        ("expires_at",),
    ),
    BodyFlag(
        Flag(
            "--user-id", "Opaque id of your end user, for abuse reports", completion=Completion.TEXT
        ),
        Kind.NULLABLE_TEXT,
        ("user_id",),
    ),
)
