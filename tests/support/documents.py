"""The documents of the project, and what tests read in them."""

from __future__ import annotations

import re
from pathlib import Path

import luma_cli

ROOT = Path(luma_cli.__file__).parents[1]
DOCUMENTS = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read_document(name: str) -> str:
    """Return the text of a document, named from the root: `docs/sandbox.md`."""
    return (ROOT / name).read_text()


def fenced_blocks(document: Path) -> list[tuple[str, str]]:
    """Return the language and the text of each fenced block."""
    return _FENCED.findall(document.read_text())


def shell_blocks(document: Path) -> list[str]:
    """Return the blocks that a reader would paste into a shell."""
    return [text for language, text in fenced_blocks(document) if language == "sh"]


def without_code(text: str) -> str:
    """Return prose and tables without fenced blocks and code in a line."""
    return re.sub(r"`[^`\n]*`", "", _FENCED.sub("", text))
