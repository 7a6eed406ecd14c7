"""Pages of the file list: the query, the entries and the cursor of the next page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from luma_cli.rules.constants import FILE_STATES, PURPOSES
from luma_cli.rules.violation import Violation, unprocessable
from luma_cli.sandbox.state.files import FileRecord

_DEFAULT_LIMIT, _LARGEST_LIMIT = 25, 100
_CURSOR = "before:"


class PageQuery(NamedTuple):
    """The query of a page: up to `limit` files below the number `before`, with filters."""

    limit: int = _DEFAULT_LIMIT
    before: int | None = None
    purpose: str | None = None
    state: str | None = None


def read_page_query(query: Mapping[str, str]) -> PageQuery | Violation:
    """Parse a query string; return the violation if it is invalid."""
    for name, allowed in (("purpose", PURPOSES), ("state", FILE_STATES)):
        value = query.get(name)
        if value is not None and value not in allowed:
            return unprocessable(f"{name}: '{value}' is not one of {', '.join(allowed)}")
    limit = _number(query.get("limit", str(_DEFAULT_LIMIT)))
    if limit is None or not 1 <= limit <= _LARGEST_LIMIT:
        return unprocessable(f"limit: must be between 1 and {_LARGEST_LIMIT}")
    before = None
    if query.get("cursor") is not None:
        before = _position(query["cursor"])
        if before is None:
            return unprocessable("cursor: is not valid")
    return PageQuery(limit, before, query.get("purpose"), query.get("state"))


def show_page(records: Iterable[FileRecord], query: PageQuery, now: float) -> dict[str, Any]:
    """Return one page of files, newest first. Only `state=deleted` includes deleted files."""
    matching = (record for record in records if _matches(record, query, now))
    page = list(islice(matching, query.limit + 1))
    shown, has_more = page[: query.limit], len(page) > query.limit
    return {
        "data": [record.describe(now) for record in shown],
        "has_more": has_more,
        "next_cursor": _cursor(shown[-1].number) if has_more else None,
    }


def _matches(record: FileRecord, query: PageQuery, now: float) -> bool:
    if query.before is not None and record.number >= query.before:
        return False
    if query.purpose is not None and record.purpose != query.purpose:
        return False
    state = record.state(now)
    return state == query.state if query.state else state != "deleted"


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(f"{_CURSOR}{number}".encode()).decode()


def _position(cursor: str) -> int | None:
    try:
        text = base64.b64decode(cursor.encode(), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return _number(text.removeprefix(_CURSOR)) if text.startswith(_CURSOR) else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
