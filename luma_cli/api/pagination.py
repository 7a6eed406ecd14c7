"""Following the pages of a list to the end."""

from __future__ import annotations

import json
from collections.abc import Callable

from luma_cli.errors import UnexpectedAnswerError
from luma_cli.jsontext.parts import array_of, items, members, object_of

_LAST = {'"has_more"': "false", '"next_cursor"': "null"}


def read_all_pages(read_page: Callable[[str | None], str]) -> str:
    """Return the first page with the data of all; `read_page` gets a cursor, first `None`.

    Raises `UnexpectedAnswerError` for a page without data, and for pages that form a loop.
    """
    cursor, seen = None, set[str]()
    data: list[str] = []
    first: list[tuple[str, str]] = []
    while True:
        text = read_page(cursor).strip()
        page = dict(members(text)) if text.startswith("{") else {}
        if not page.get('"data"', "").startswith("["):
            raise UnexpectedAnswerError("the server answered a page without `data`")
        first = first or list(members(text))
        data += items(page['"data"'])
        cursor = json.loads(page.get('"next_cursor"', "null"))
        if page.get('"has_more"') != "true" or not isinstance(cursor, str):
            break
        if cursor in seen:
            raise UnexpectedAnswerError("the server's pages form a loop")
        seen.add(cursor)
    ends = _LAST | {'"data"': array_of(data)}
    return object_of((key, ends.get(key, value)) for key, value in first)
