"""How much a path may make of an answer: `[@this,@this]|[@this,@this]|…` doubles it each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from luma_cli.errors import NoMatchError

# Four times the largest answer.
MOST_CHARACTERS = 64 * 1024 * 1024
# What is in brackets is read once for each bracket around it.
MOST_PATH_CHARACTERS = 8 * 1024


def check_path(path: str) -> None:
    """Raise `NoMatchError` for a path that takes too long, whatever the answer is."""
    if len(path) > MOST_PATH_CHARACTERS:
        raise NoMatchError(
            f"the path of `--transform` has {len(path):,} characters, which exceeds the limit of"
            f" {MOST_PATH_CHARACTERS:,}"
        )


def bounded(values: Iterable[str]) -> Iterator[str]:
    """Yield texts until they are too many to go on; raises `NoMatchError` then."""
    length = 0
    for value in values:
        length += len(value)
        check_size(length)
        yield value


def check_size(characters: int) -> None:
    """Raise `NoMatchError` for a text that no path should have made of an answer."""
    if characters > MOST_CHARACTERS:
        raise NoMatchError(
            f"`--transform` makes more than {MOST_CHARACTERS:,} characters of the answer",
            hint="pick less in one path",
        )
