"""Counting how often a file is opened, whoever opens it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# An audit hook stays for good, so there is one for all tests.
_watched: dict[str, list[str]] = {}


def _note_open(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _watched and isinstance(arguments[0], str | os.PathLike):
        path = str(arguments[0])
        _watched.get(os.path.basename(path), []).append(path)  # noqa: PTH119 - must open nothing


sys.addaudithook(_note_open)


@contextmanager
def opened(name: str) -> Iterator[list[str]]:
    """Yield a list that gets the path of each file of this name when it is opened."""
    opens = _watched[name] = []
    try:
        yield opens
    finally:
        del _watched[name]
