"""The script for zsh, with a description of each word."""

from __future__ import annotations

from collections.abc import Sequence

from luma_cli.docgen.shells.cases import quoted, tables
from luma_cli.docgen.shells.tables import assembled
from luma_cli.docgen.tree import Command


def script(tree: list[Command]) -> str:
    """Return the completion script."""
    return assembled("zsh", tables(tree, "command_path", _words, _described))


def _words(words: Sequence[tuple[str, str]]) -> str:
    return f"offered=({' '.join(quoted(word) for word, _ in words)})"


def _described(words: Sequence[tuple[str, str]]) -> str:
    lines = [f"        {quoted(f'{word}:{help_text}')}" for word, help_text in words]
    return "\n".join(["offered=(", *lines, "        )"])
