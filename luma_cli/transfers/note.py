"""What is written down beside a part: whose bytes they are, and how many are certain."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

from luma_cli.transfers.exclusive import is_ours, open_flags
from luma_cli.transfers.range_request import Resource

_MOST_BYTES = 64 * 1024
_MOST_SIZE = 10**18
_DIGEST = re.compile(r"[0-9a-f]{64}")
_VALIDATOR = re.compile(r'"[\x21\x23-\x7e]*"')


class Note(NamedTuple):
    """The first `size` bytes of a part are of `origin` and have this SHA-256.

    With `range_failed` the next request is for the whole file: the last one brought nothing.
    """

    origin: Resource
    size: int
    sha256: str
    range_failed: bool = False


def read_note(path: Path) -> Note | None:
    """Return what a note says; `None` for one that is missing, damaged, or not a file of ours."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | open_flags()), "rb") as stream:
            if not is_ours(stream.fileno()):
                return None
            text = stream.read(_MOST_BYTES + 1)
        return note_of(json.loads(text)) if len(text) <= _MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None


def note_of(value: Any) -> Note | None:
    """Return the note that a JSON value is, `None` for any other value."""
    if not isinstance(value, dict):
        return None
    validator, content_type = value.get("validator"), value.get("content_type")
    if not (isinstance(validator, str) and _VALIDATOR.fullmatch(validator)):
        return None
    if not (isinstance(content_type, str) and content_type.isprintable()):
        return None
    total, size, sha256 = value.get("total"), value.get("size"), value.get("sha256")
    if not (isinstance(sha256, str) and _DIGEST.fullmatch(sha256) and _is_size(size)):
        return None
    if total is not None and not (_is_size(total) and size <= total):
        return None
    range_failed = value.get("range_failed") is True
    return Note(Resource(validator, total, content_type), size, sha256, range_failed)


def _is_size(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= _MOST_SIZE


def write_note(path: Path, note: Note) -> None:
    """Put a note in the place of an older one, in one step; raises `OSError`.

    A link that stands there is replaced, never followed.
    """
    fields = note.origin._asdict() | {"size": note.size, "sha256": note.sha256}
    fields |= {"range_failed": True} if note.range_failed else {}
    beside = path.with_name(f"{path.name}.new")
    with suppress(FileNotFoundError):
        beside.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | open_flags()
    with os.fdopen(os.open(beside, flags, 0o666), "w", encoding="utf-8") as stream:
        json.dump(fields, stream)
    beside.replace(path)


def remove_note(path: Path) -> None:
    """Remove a note, and what a kill left of writing one; raises `OSError`."""
    for each in (path, path.with_name(f"{path.name}.new")):
        each.unlink(missing_ok=True)
