"""The script for bash, without descriptions."""

from __future__ import annotations

from collections.abc import Sequence

from luma_cli.docgen.shells.cases import quoted, tables
from luma_cli.docgen.shells.tables import assembled
from luma_cli.docgen.tree import Command


def script(tree: list[Command]) -> str:
    """Return the completion script."""
    return assembled("bash", tables(tree, "path", _words, _words))


def _words(words: Sequence[tuple[str, str]]) -> str:
    return f"offered={quoted(' '.join(word for word, _ in words))}"
