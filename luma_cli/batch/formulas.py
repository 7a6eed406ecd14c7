"""Cells that a spreadsheet would take for a formula, guarded by an apostrophe.

`without_guard(with_guard(cell)) == cell` for every cell.
"""

from __future__ import annotations

import re

_GUARD = "'"
# Also a guarded cell that begins with apostrophes of its own.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?%?")


def with_guard(cell: str) -> str:
    """Return a cell that no spreadsheet evaluates; numbers stay numbers."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return _GUARD + cell
    return cell


def without_guard(cell: str) -> str:
    """Return the cell that `with_guard` was given."""
    return cell[1:] if cell.startswith(_GUARD) and _FORMULA.match(cell) else cell
