"""A whole request from stdin or a file, under what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from luma_cli.body.documents import parse_document
from luma_cli.errors import InputFileError, UsageError

_HINT = "redirect stdin from /dev/null if it is not meant for this program"


class Stdin:
    """Stdin, which can be read once; `is_taken` when a value asks for it, now or later."""

    def __init__(self, read: Callable[[], str], spool: Callable[[], Path] | None = None) -> None:
        self._read, self._spool, self._is_read = read, spool, False
        self.is_taken = False

    def read(self) -> str:
        """Return all text on stdin; raises `UsageError` the second time."""
        self._take()
        return self._read()

    def spool(self) -> Path:
        """Return a file with all bytes on stdin; raises `UsageError` the second time."""
        self._take()
        if self._spool is None:
            raise UsageError("stdin cannot be a REF here")
        return self._spool()

    def _take(self) -> None:
        if self._is_read:
            raise UsageError("stdin is asked for twice", hint="it can be read only once")
        self._is_read = self.is_taken = True


def read_input(name: str, stdin: Stdin) -> dict[str, Any]:
    """Return the mapping in a file, `-` for stdin; raises `InputFileError` or `UsageError`."""
    text = stdin.read() if name == "-" else read_text(Path(name))
    return parse_input(text, "stdin" if name == "-" else f"`{name}`")


def parse_input(text: str, origin: str) -> dict[str, Any]:
    """Return the mapping that a document spells; nothing but comments is an empty one."""
    value = parse_document(text.removeprefix("\ufeff"), f"the document on {origin}")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UsageError(f"the document on {origin} is not a mapping", hint=_HINT)
    return {str(key): inner for key, inner in value.items()}


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return both, mapping by mapping; where they differ, `over` wins. Lists are not merged."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]  # both are
    return merged


def read_text(path: Path) -> str:
    """Return a file's text; raises `InputFileError`."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise InputFileError(f"`{path}` is not UTF-8 text") from None
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise InputFileError(f"cannot read `{path}`: {reason}") from None
