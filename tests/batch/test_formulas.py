"""Cells that a spreadsheet would evaluate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.batch.formulas import with_guard, without_guard

_CELLS = st.text() | st.text("'=+-@\t\r1.e%a")


@given(_CELLS)
def test_guard_is_taken_off_again(cell: str) -> None:
    assert without_guard(with_guard(cell)) == cell


@given(_CELLS)
def test_only_numbers_begin_like_a_formula(cell: str) -> None:
    guarded = with_guard(cell)
    if guarded.startswith(("=", "@", "\t", "\r")):
        pytest.fail(repr(guarded))
    if guarded.startswith(("+", "-")):
        float(guarded.rstrip("%").replace(",", "").replace(".", "") or "x")


@pytest.mark.parametrize("cell", ["", "a", "a=b", "'", "'quoted'", "-5", "+1.5e-3", "-1,250.75"])
def test_harmless_cells_stay(cell: str) -> None:
    assert with_guard(cell) == cell == without_guard(cell)


@pytest.mark.parametrize("cell", ["=1+1", "-1+cmd|'/c calc'!A0", "@SUM(1)", "+", "'=1", "\t=1"])
def test_formulas_are_guarded(cell: str) -> None:
    assert with_guard(cell) == f"'{cell}"
