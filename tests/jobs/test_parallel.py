"""Work done side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from queue import Empty, SimpleQueue

import pytest

from luma_cli.jobs.parallel import ITEMS_PER_WORKER, StoppedEarlyError, map_ordered, map_unordered

SECONDS = 10


def test_results_come_in_order_and_the_work_at_once() -> None:
    all_here = threading.Barrier(3)

    def work(number: int, _stop: Callable[[], None]) -> int:
        all_here.wait(10)
        return number * 10

    assert list(map_ordered(work, 3, 3)) == [0, 10, 20]


class Held:
    """Work that ends only when it is let go, and knows how much of it is under way."""

    def __init__(self) -> None:
        self.begun: SimpleQueue[int] = SimpleQueue()
        self.gates = [threading.Event() for _ in range(100)]

    def __call__(self, number: int, _stop: Callable[[], None]) -> int:
        self.begun.put(number)
        assert self.gates[number].wait(SECONDS)
        return number

    def has_begun(self, count: int) -> set[int]:
        """Return which pieces have begun, once so many have; no other begins within a moment."""
        begun = {self.begun.get(timeout=SECONDS) for _ in range(count)}
        with pytest.raises(Empty):
            self.begun.get(timeout=0.05)
        return begun


def test_as_many_at_once_as_allowed_and_not_one_more() -> None:
    work = Held()
    with closing(map_ordered(work, 20, 3)) as results:
        taking = threading.Thread(target=lambda: collected.extend(results))
        collected: list[int] = []
        taking.start()

        assert work.has_begun(3) == {0, 1, 2}
        work.gates[1].set()
        assert work.has_begun(1) == {3}  # one ends, one begins

        for gate in work.gates:
            gate.set()
        taking.join(SECONDS)
    assert collected == list(range(20))


def test_items_are_not_taken_far_ahead_of_their_results() -> None:
    taken: SimpleQueue[int] = SimpleQueue()
    most = 2 * ITEMS_PER_WORKER

    def items() -> Iterator[int]:
        for number in range(100_000):
            taken.put(number)
            yield number

    with closing(map_unordered(lambda item, _stop: item, items(), 2)) as results:
        next(results)
        for _ in range(most + 1):
            taken.get(timeout=SECONDS)
        with pytest.raises(Empty):
            taken.get(timeout=0.05)


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
        list(map_ordered(work, 2, 2))
    assert seen_stop.wait(10)


def test_what_has_not_begun_is_left_out() -> None:
    work = Held()
    results = map_ordered(work, 100, 2)
    work.gates[0].set()
    assert next(results) == 0
    assert work.has_begun(3) == {0, 1, 2}

    closing_it = threading.Thread(target=results.close)
    closing_it.start()
    closing_it.join(SECONDS)  # the work that is under way is not waited for without end
    assert not closing_it.is_alive()
    for gate in work.gates:
        gate.set()

    assert work.has_begun(0) == set()


def test_threads_that_have_nothing_to_do_end_at_once() -> None:
    asked, let_go = threading.Event(), threading.Event()

    def items() -> Iterator[int]:
        yield 1
        asked.set()
        let_go.wait(SECONDS)

    before = set(threading.enumerate())
    results = map_unordered(lambda item, _stop: item, items(), 4)
    assert next(results) == 1
    assert asked.wait(SECONDS)
    results.close()

    assert len(set(threading.enumerate()) - before) == 1  # the one that asks for items
    let_go.set()


def test_a_result_is_there_before_the_next_item() -> None:
    taken = threading.Event()

    def items() -> Iterator[str]:
        yield "first"
        assert taken.wait(10)
        yield "second"

    results = map_unordered(lambda item, _stop: item.upper(), items(), 2)

    assert next(results) == "FIRST"
    taken.set()
    assert list(results) == ["SECOND"]


def test_trouble_with_the_items_is_raised_behind_what_is_done() -> None:
    done = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        assert done.wait(10)
        raise ValueError("no more")

    results = map_unordered(lambda item, _stop: item, items(), 2)

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

    results = map_unordered(work, range(2), 2)
    assert next(results) == 0
    results.close()

    assert seen_stop.wait(10)
