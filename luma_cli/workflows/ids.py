"""Generation ids from arguments or stdin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from luma_cli.errors import UsageError
from luma_cli.output.terminal import is_terminal

if TYPE_CHECKING:
    from luma_cli.host import Host
    from luma_cli.journal.history import History
    from luma_cli.workflows.session import Reporter

_WHOLE_ID = 36
# Beside a `generation_id`, an `id` is that of something else, such as a row.
_ID_KEYS = ("generation_id", "id", "file_id")


def collect_ids(
    host: Host,
    history: History,
    reporter: Reporter,
    arguments: Iterable[str] | None,
    noun: str = "generation",
) -> list[str]:
    """Return the ids given as arguments; without any, or for `-`, those on stdin.

    Skips jobs of `list` and `batch` that have no generation, with a note. Raises `UsageError`
    without any id; `noun` is the kind of the ids.
    """
    given = list(arguments or [])
    if given and given != ["-"]:
        return [resolve_id(history, each) for each in given]
    if not given and is_terminal(host.stdin):
        raise UsageError(f"no {noun} id", hint=_HINT)
    found = list(parse_ids(host.read_stdin()))
    ids = [each for each in found if each is not None]
    if skipped := len(found) - len(ids):
        submissions = "1 submission" if skipped == 1 else f"{skipped} submissions"
        reporter.note(f"skipped {submissions} without a generation id")
    if not ids:
        raise UsageError(f"no {noun} id, neither as an argument nor on stdin", hint=_HINT)
    return [resolve_id(history, each) for each in ids]


def resolve_id(history: History, an_id: str) -> str:
    """Look up `@last`, `@last~1` or the beginning of an id in the history.

    Any other id is returned unchanged. Raises `UsageError` for `@last` without a history.
    """
    if len(an_id) >= _WHOLE_ID:  # most ids are whole, and need no history
        return an_id
    from luma_cli.journal.find import find_id, is_short

    if not is_short(an_id):
        return an_id
    if (journal := history.existing) is not None:
        return find_id(journal, an_id)
    if an_id.startswith("@"):
        raise UsageError(f"there is no `{an_id}`: this machine has no history")
    return an_id


def parse_ids(text: str) -> Iterator[str | None]:
    """Yield the ids in `text`: one a line, or JSON or YAML documents with `id` or `generation_id`.

    Yields `None` for a job of `list` or `batch` that has no generation. Raises `UsageError` for any
    other document without an id.
    """
    text = text.removeprefix("\ufeff").strip()
    if re.search(_YAML, text):
        yield from _ids_in_yaml(text)
        return
    if not text.startswith(("{", "[", '"')):
        yield from text.split()
        return
    decoder, position = json.JSONDecoder(), 0
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as problem:
            raise UsageError(f"stdin is not valid JSON: {problem}", hint=_HINT) from None
        yield from _ids_of(value)
        while position < len(text) and text[position].isspace():
            position += 1


def chosen_ids(
    host: Host,
    history: History,
    reporter: Reporter,
    argument: str | None,
    flag: str,
    typed: str | None,
) -> list[str]:
    """Return the id of a positional or of `flag`, which mean the same; without both, from stdin.

    Raises `UsageError` for both, or for none at all.
    """
    if argument is not None and typed is not None:
        raise UsageError(f"unexpected argument `{argument}` beside `{flag}`")
    chosen = argument if typed is None else typed
    noun = flag.removeprefix("--").removesuffix("-id")
    return collect_ids(host, history, reporter, None if chosen is None else [chosen], noun)


_YAML = rf"(?m)^(?:{'|'.join(_ID_KEYS)})[ \t]*:(?:[ \t]|$)"
_HINT = "give ids as arguments, or pipe ids or JSON objects with an `id`"


def _ids_in_yaml(text: str) -> Iterator[str | None]:
    from luma_cli.body.documents import parse_document

    for document in re.split(r"^---[ \t]*$", text, flags=re.MULTILINE):
        if document.strip():
            yield from _ids_of(parse_document(document, "the document on stdin"))


def _ids_of(value: Any) -> Iterator[str | None]:
    if isinstance(value, list):
        for item in value:
            yield from _ids_of(item)
        return
    if isinstance(value, dict):
        has_no_id = "entry" in value and value.get("id", "") is None
        if has_no_id or value.get("generation_id", "") is None:  # refused, or unknown
            yield None
            return
        value = next((value[key] for key in _ID_KEYS if key in value), None)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise UsageError("stdin has a document without an `id`", hint=_HINT)
    yield value
