"""A REF, the one way to name an image or video, becomes an object of the body."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from luma_cli.body.documents import parse_document
from luma_cli.body.input import STDIN_NAMES
from luma_cli.body.paths import TYPED_PATHS, Paths
from luma_cli.errors import InputFileError, UsageError
from luma_cli.rules.constants import REFERENCE_FIELDS

_FILE_URL = "file:///"
_PREFIXES = {"gen:": "generation_id", "file:": "file_id"}
_PATH_STARTS = ("/", "./", "../", "~/")


def resolve_reference(
    text: str,
    flag: str,
    spool_stdin: Callable[[], Path | None],
    paths: Paths = TYPED_PATHS,
) -> dict[str, Any] | None:
    """Parse a REF.

    An http(s) URL, `gen:ID`, `file:ID`, `-` for the bytes on stdin, `null`, the path of a local
    image or video, or a `{…}` mapping (or one in YAML's block style; in one line, with the
    fields of a reference). A text that begins like a path or names an existing file is a path,
    whatever else it looks like; `paths` finds it. Raises `InputFileError` for a bad file and
    `UsageError` for any other text, naming `flag`.
    """
    if text.lower().startswith(("https://", "http://")):
        return {"url": text}
    for prefix, field in _PREFIXES.items():
        if text.startswith(prefix) and not text.startswith(_FILE_URL):
            if not text.removeprefix(prefix):
                raise UsageError(f"`{flag}`: no id after `{prefix}`")
            return {field: text.removeprefix(prefix)}
    if text.startswith(_FILE_URL):  # as curl and browsers write a path
        return _local(Path(unquote(urlsplit(text).path)), paths)
    if text in STDIN_NAMES:
        return _local(_spooled(spool_stdin), TYPED_PATHS, "stdin")
    if _names_a_file(text, paths):
        return _local(_expanded(text, paths), paths)
    if _is_written_as_mapping(text):
        return _mapping(text, flag)
    if "\n" in text or ": " in text:
        return _block_mapping(text, flag, paths)
    return _local(_plain_path(text, flag), paths)


def _plain_path(text: str, flag: str) -> Path:
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", text):
        raise UsageError(f"`{flag}`: only https URLs can be fetched", hint=_HINT)
    if not text:
        raise UsageError(f"`{flag}` is empty", hint=_HINT)
    return Path(text)


def _local(path: Path, paths: Paths, name: str = "") -> dict[str, Any]:
    file = paths.open(path, name)
    return {"data": file, "media_type": file.media_type}


def _spooled(spool_stdin: Callable[[], Path | None]) -> Path:
    path = spool_stdin()
    if path is None:
        raise UsageError("stdin cannot be a REF here")
    return path


def _names_a_file(text: str, paths: Paths) -> bool:
    """Return whether `text` is a path; the official client's `null` never is."""
    return text.startswith(_PATH_STARTS) or (text not in ("", "null") and paths.exists(text))


def _expanded(text: str, paths: Paths) -> Path:
    """Return a path; `~`, which no shell expands in `--ref=~/a.png`, is the home folder."""
    path = Path(text)
    if not text.startswith("~/") or paths.exists(text):
        return path
    try:
        return path.expanduser()
    except RuntimeError:  # there is no home
        return path


_HINT = "a REF is an https:// URL, gen:ID, file:ID, a path, `-`, or a mapping like `{url: …}`"
_BRACES_HINT = (
    "without braces, a line is a mapping with the fields "
    + ", ".join(f"`{field}`" for field in REFERENCE_FIELDS)
    + " only; `{…}` may have any"
)


def _is_written_as_mapping(text: str) -> bool:
    return text == "null" or text.lstrip().startswith("{")


def _mapping(text: str, flag: str) -> dict[str, Any] | None:
    value = parse_document(text, f"the value of `{flag}`")
    if value is not None and not isinstance(value, dict):
        raise UsageError(f"the value of `{flag}` is not a mapping", hint=_HINT)
    return value


def _block_mapping(text: str, flag: str, paths: Paths) -> dict[str, Any] | None:
    """Return a mapping without braces; `Screenshot 10: fox.png` is a file, which is missing."""
    if "\n" in text:
        return _mapping(text, flag)
    try:
        value = parse_document(text, f"the value of `{flag}`")
    except UsageError:
        value = None
    if isinstance(value, dict) and all(_is_field(*pair) for pair in value.items()):
        return value
    try:
        return _local(Path(text), paths)
    except InputFileError as problem:
        raise problem.but(hint=_BRACES_HINT) from None


def _is_field(key: str, value: Any) -> bool:
    """Return whether a line is no file name: `fox: 2.png` may be one, `loop: true` hardly."""
    is_word = re.fullmatch(r"[a-z]\w*", key) is not None
    return key in REFERENCE_FIELDS or (is_word and not isinstance(value, str | None))
