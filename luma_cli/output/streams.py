"""What can go wrong with stdout, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from luma_cli.errors import StdoutError


@contextmanager
def writing_to(stdout: TextIO) -> Iterator[None]:
    """Let the block write to stdout.

    Raises `StdoutError` when it cannot be written, or does not exist: the host sets `is_missing` on
    the stream that stands for a closed one. A reader that went away stays a `BrokenPipeError`.
    """
    if getattr(stdout, "is_missing", False):
        raise StdoutError("cannot write to stdout: it is closed")
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise StdoutError(f"cannot write to stdout: {reason}") from None


class Guarded:
    """A stdout for libraries that print by themselves; writing raises as in `writing_to`."""

    encoding = "utf-8"  # for another, Typer would write to what lies below

    def __init__(self, stdout: TextIO) -> None:
        self._stdout = stdout

    def write(self, text: str) -> int:
        with writing_to(self._stdout):
            return self._stdout.write(text)

    def flush(self) -> None:
        with writing_to(self._stdout):
            self._stdout.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stdout, name)
