"""`--ordered`: results in the order of the rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.batch.ordered import InOrder
from luma_cli.batch.result import RowResult, Status


def result(number: int) -> RowResult:
    return RowResult(number, str(number), Status.SAVED)


@given(st.permutations(range(8)))
def test_any_order_becomes_that_of_the_rows(order: list[int]) -> None:
    passed: list[RowResult] = []
    in_order = InOrder(map(str, range(8)), passed.append)
    for number in order:
        in_order.add(result(number))
    assert [each.row for each in passed] == list(range(8))


def test_result_waits_only_for_earlier_ones() -> None:
    passed: list[RowResult] = []
    in_order = InOrder("0123", passed.append)
    in_order.add(result(0))
    in_order.add(result(2))
    assert [each.row for each in passed] == [0]
    in_order.add(result(1))
    assert [each.row for each in passed] == [0, 1, 2]


def test_rest_comes_at_the_end_without_the_missing_ones() -> None:
    passed: list[RowResult] = []
    in_order = InOrder("01234", passed.append)
    in_order.add(result(4))
    in_order.add(result(2))
    in_order.finish()
    assert [each.row for each in passed] == [2, 4]


def test_result_that_was_held_is_kept_when_passing_on_fails() -> None:
    def fail(_result: RowResult) -> None:
        raise BrokenPipeError

    in_order = InOrder("01", fail)
    with pytest.raises(BrokenPipeError):
        in_order.add(result(0))


def test_unplanned_key_is_a_bug() -> None:
    in_order = InOrder("01", lambda _result: None)
    in_order.add(result(7))
    with pytest.raises(ValueError, match="no job has the key 7"):
        in_order.finish()
