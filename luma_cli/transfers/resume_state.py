"""The sidecar of a partial file: what its bytes belong to, and how many of them are verified."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

from luma_cli.transfers.file_claim import is_private, safe_open_flags
from luma_cli.transfers.range_request import Resource

_MOST_BYTES = 64 * 1024
_MOST_SIZE = 10**18
_DIGEST = re.compile(r"[0-9a-f]{64}")
_VALIDATOR = re.compile(r'"[\x21\x23-\x7e]*"')


class ResumeState(NamedTuple):
    """The first `size` bytes of a partial file belong to `resource` and have this SHA-256.

    `range_failed`: the last range request brought no byte, so the next one is for the whole file.
    """

    resource: Resource
    size: int
    sha256: str
    range_failed: bool = False


def read_resume_state(path: Path) -> ResumeState | None:
    """Read a sidecar; `None` for one that is missing, damaged, or another user's."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | safe_open_flags()), "rb") as stream:
            if not is_private(stream.fileno()):
                return None
            text = stream.read(_MOST_BYTES + 1)
        return parse_resume_state(json.loads(text)) if len(text) <= _MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None


def parse_resume_state(value: Any) -> ResumeState | None:
    """Return the state in a JSON value; `None` if a field is missing or impossible."""
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
    return ResumeState(Resource(validator, total, content_type), size, sha256, range_failed)


def _is_size(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= _MOST_SIZE


def write_resume_state(path: Path, state: ResumeState) -> None:
    """Write or replace a sidecar in one step; raises `OSError`.

    A link at the path is replaced, never followed.
    """
    fields = state.resource._asdict() | {"size": state.size, "sha256": state.sha256}
    fields |= {"range_failed": True} if state.range_failed else {}
    temporary = path.with_name(f"{path.name}.new")
    with suppress(FileNotFoundError):
        temporary.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | safe_open_flags()
    with os.fdopen(os.open(temporary, flags, 0o666), "w", encoding="utf-8") as stream:
        json.dump(fields, stream)
    temporary.replace(path)


def remove_resume_state(path: Path) -> None:
    """Remove a sidecar, and the temporary file of a killed process; raises `OSError`."""
    for each in (path, path.with_name(f"{path.name}.new")):
        each.unlink(missing_ok=True)
