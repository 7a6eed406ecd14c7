"""Work done side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from luma_cli.jobs.parallel import StoppedEarlyError, as_they_end, side_by_side


def test_results_come_in_order_and_the_work_at_once() -> None:
    all_here = threading.Barrier(3)

    def work(number: int, _stop: Callable[[], None]) -> int:
        all_here.wait(10)
        return number * 10

    assert list(side_by_side(work, 3, 3)) == [0, 10, 20]


def test_no_more_at_once_than_allowed() -> None:
    running, most = [0], [0]
    lock = threading.Lock()

    def work(number: int, _stop: Callable[[], None]) -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        with lock:
            running[0] -= 1
        return number

    assert list(side_by_side(work, 20, 2)) == list(range(20))
    assert most[0] <= 2


def test_a_failure_stops_the_others() -> None:
    begun, seen_stop = threading.Event(), threading.Event()

    def work(number: int, stop: Callable[[], None]) -> int:
        if number == 0:
            begun.wait(10)
            raise ValueError("no")
        begun.set()
        try:
            while True:
                stop()
        except StoppedEarlyError:
            seen_stop.set()
            raise

    with pytest.raises(ValueError, match="no"):
        list(side_by_side(work, 2, 2))
    assert seen_stop.wait(10)


def test_what_has_not_begun_is_left_out() -> None:
    done: list[int] = []

    def work(number: int, _stop: Callable[[], None]) -> int:
        done.append(number)
        return number

    results = side_by_side(work, 100, 1)
    next(results)
    results.close()  # type: ignore[attr-defined]

    assert len(done) <= 100
    assert done == list(range(len(done)))


def test_a_result_is_there_before_the_next_item() -> None:
    taken = threading.Event()

    def items() -> Iterator[str]:
        yield "first"
        assert taken.wait(10)
        yield "second"

    results = as_they_end(lambda item, _stop: item.upper(), items(), 2)

    assert next(results) == "FIRST"
    taken.set()
    assert list(results) == ["SECOND"]


def test_trouble_with_the_items_is_raised_behind_what_is_done() -> None:
    done = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        assert done.wait(10)
        raise ValueError("no more")

    results = as_they_end(lambda item, _stop: item, items(), 2)

    assert next(results) == 1
    done.set()
    with pytest.raises(ValueError, match="no more"):
        next(results)


def test_an_end_stops_what_is_under_way() -> None:
    begun, seen_stop = threading.Event(), threading.Event()

    def work(number: int, stop: Callable[[], None]) -> int:
        if number == 0:
            begun.wait(10)
            return number
        begun.set()
        try:
            while True:
                stop()
        except StoppedEarlyError:
            seen_stop.set()
            raise

    results = as_they_end(work, range(2), 2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]

    assert seen_stop.wait(10)
