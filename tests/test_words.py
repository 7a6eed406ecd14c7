"""Documents, help, texts, docstrings and comments are in plain words."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import luma_cli
from tests.support.documents import DOCUMENTS, ROOT
from tests.support.words import avoided_words

PAGES = [*DOCUMENTS, *sorted((ROOT / "man").iterdir()), ROOT / "luma_cli/cli/help.txt"]
MODULES = sorted(Path(luma_cli.__file__).parent.rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose_of(module: str) -> Iterator[str]:
    """Yield the comments of a module, and its docstrings and texts: strings with a space."""
    for token in tokenize.generate_tokens(io.StringIO(module).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.value


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pages_avoid_words(page: Path) -> None:
    assert avoided_words(page.read_text()) == []


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_modules_avoid_words(module: Path) -> None:
    found = [word for text in prose_of(module.read_text()) for word in avoided_words(text)]
    assert found == []


def test_avoided_words_are_found() -> None:
    text = "Nobody\nhears of the trouble, which is mended\n anew; that wins"

    assert avoided_words(text) == ["Nobody", "hears of", "trouble", "mended", "anew", "wins"]


def test_avoided_words_are_found_in_comments_docstrings_and_texts() -> None:
    module = '"""Is told."""\nx = "key"  # told\nf(\n    f"go"\n    f" on {x}",\n)\n'

    assert list(prose_of(module)) == ["# told", "Is told.", "go on "]
