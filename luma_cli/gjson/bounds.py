"""Limits of paths and results: each `[@this,@this]|…` of a path doubles the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from luma_cli.errors import NoMatchError

# Four times the largest answer.
MOST_CHARACTERS = 64 * 1024 * 1024
# The content of brackets is read once per enclosing bracket.
MOST_PATH_CHARACTERS = 8 * 1024


def check_path(path: str) -> None:
    """Raise `NoMatchError` for a path that would take too long with any answer."""
    if len(path) > MOST_PATH_CHARACTERS:
        raise NoMatchError(
            f"the path of `--transform` has {len(path):,} characters, which exceeds the limit of"
            f" {MOST_PATH_CHARACTERS:,}"
        )


def bounded(values: Iterable[str]) -> Iterator[str]:
    """Yield texts; raises `NoMatchError` when their total size exceeds the limit."""
    length = 0
    for value in values:
        length += len(value)
        check_size(length)
        yield value


def check_size(characters: int) -> None:
    """Raise `NoMatchError` for a result that exceeds the limit."""
    if characters > MOST_CHARACTERS:
        raise NoMatchError(
            f"the result of `--transform` exceeds {MOST_CHARACTERS:,} characters",
            hint="select less with one path",
        )
