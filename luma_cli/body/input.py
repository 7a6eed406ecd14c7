"""Stdin, files and the documents in them as input of a request; flags override the documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from luma_cli.body.documents import parse_document
from luma_cli.body.paths import TYPED_PATHS, Paths
from luma_cli.errors import InputFileError, UsageError

STDIN_NAMES = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
# Of each file that is read into a request: a video of 200 MiB in base64, and what is beside it.
MOST_BYTES = 320 * 1024 * 1024

_HINT = "redirect stdin from /dev/null if it is not meant for this program"


class Stdin:
    """Stdin, which can be read once; `is_taken` as soon as a value needs it."""

    def __init__(self, read: Callable[[], str], spool: Callable[[], Path] | None = None) -> None:
        self._read, self._spool, self._is_read = read, spool, False
        self.is_taken = False

    def read(self) -> str:
        """Return all text on stdin; raises `UsageError` the second time."""
        self.take()
        return self._read()

    def spool(self) -> Path | None:
        """Return a file with all bytes on stdin, `None` where only its text can be had.

        Raises `UsageError` the second time.
        """
        if self._spool is None:
            return None
        self.take()
        return self._spool()

    def take(self) -> None:
        """Mark stdin as read, here or elsewhere; raises `UsageError` the second time."""
        if self._is_read:
            raise UsageError("stdin is used twice", hint="it can be read only once")
        self._is_read = self.is_taken = True


def read_input(name: str, stdin: Stdin) -> dict[str, Any]:
    """Return the mapping in a file, `-` for stdin; raises `InputFileError` or `UsageError`."""
    if name in STDIN_NAMES:
        return parse_input(stdin.read(), "stdin")
    return parse_input(read_text(Path(name)), f"`{name}`")


def read_prompt(name: str, stdin: Stdin, paths: Paths = TYPED_PATHS) -> str:
    """Return the text in a file, `-` for stdin, without its last line end.

    Raises `InputFileError`, also for an empty file.
    """
    shown = "stdin" if name in STDIN_NAMES else f"`{name}`"
    text = stdin.read() if name in STDIN_NAMES else read_text(paths.locate(Path(name)))
    prompt = text.removesuffix("\n")
    if not prompt:
        raise InputFileError(f"{shown} is empty", hint="is the program that writes it done?")
    return prompt


def parse_input(text: str, origin: str) -> dict[str, Any]:
    """Return the mapping in a document; an empty document is an empty mapping."""
    value = parse_document(text.removeprefix("\ufeff"), f"the document on {origin}")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UsageError(f"the document on {origin} is not a mapping", hint=_HINT)
    return {str(key): inner for key, inner in value.items()}


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge nested mappings; `over` overrides `under`. Lists are not merged."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]  # both are
    return merged


def read_text(path: Path) -> str:
    """Return the text of a file, or of a pipe such as `<(…)`; raises `InputFileError`."""
    from luma_cli.body.local_file import unreadable
    from luma_cli.decoding import decode_text

    try:
        with path.open("rb") as stream:
            data = read_bounded(stream, f"`{path}`")
    except (OSError, ValueError) as problem:
        raise unreadable(path, problem) from None
    return decode_text(data, f"`{path}`")


def read_bounded(stream: BinaryIO, shown: str) -> bytes:
    """Return all bytes of a file, `InputFileError` for more than `MOST_BYTES`; raises `OSError`."""
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_many_bytes(shown)
    return data


def too_many_bytes(shown: str) -> InputFileError:
    """Return the error for a file, named as `shown`, that no request can hold."""
    return InputFileError(f"{shown} exceeds {MOST_BYTES:,} bytes")
