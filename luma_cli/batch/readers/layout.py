"""The layouts of a document of rows: a list, one row, or a mapping of defaults and jobs."""

from __future__ import annotations

from typing import Any

from luma_cli.batch.place import Place, unreadable_at

DEFAULTS, JOBS = "defaults", "jobs"
_HINT = "a file is a list of jobs, or a mapping with the keys `defaults` and `jobs`"


def check_layout(document: Any, place: Place) -> None:
    """Raise `InputFileError` for a document that has no rows, or more than rows and defaults."""
    if not isinstance(document, list | dict):
        raise unreadable_at(place, "the document is not a list of jobs", _HINT)
    if not document:
        raise unreadable_at(place, "the file has no jobs", _HINT)
    if isinstance(document, list) or JOBS not in document:
        if isinstance(document, dict) and DEFAULTS in document:
            raise unreadable_at(place, "there are `defaults`, and no `jobs`", _HINT)
        return
    others = [key for key in document if key not in (DEFAULTS, JOBS)]
    if others:
        raise unreadable_at(place, f"unknown key `{others[0]}` beside `jobs`", _HINT)
    if not isinstance(document[JOBS], list) or not document[JOBS]:
        raise unreadable_at(place, "`jobs` is not a list with jobs in it", _HINT)
    if not isinstance(document.get(DEFAULTS) or {}, dict):
        raise unreadable_at(place, "`defaults` is not a mapping", "write `{model: uni-1}`")
