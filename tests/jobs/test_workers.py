"""Work done side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from queue import Empty, SimpleQueue

import pytest

from luma_cli.host import Clock
from luma_cli.jobs.workers import StoppedEarlyError, Workers, map_ordered

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


def test_as_many_threads_as_there_is_work() -> None:
    workers = Workers[int](Clock())
    before = set(threading.enumerate())
    work = Held()
    for number in range(5):
        workers.start(lambda number=number: work(number, lambda: None))  # type: ignore[misc]

    assert work.has_begun(5) == {0, 1, 2, 3, 4}
    work.gates[3].set()
    assert workers.take(SECONDS) == 3
    workers.start(lambda: work(5, lambda: None))
    assert work.has_begun(1) == {5}
    assert len(set(threading.enumerate()) - before) == 5

    for gate in work.gates:
        gate.set()
    assert {workers.take(SECONDS) for _ in range(5)} == {0, 1, 2, 4, 5}
    workers.close()
    assert set(threading.enumerate()) - before == set()


def test_work_is_done_where_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    workers = Workers[int](Clock())

    workers.start(lambda: 1)
    workers.start(lambda: 2)

    assert [workers.take(SECONDS), workers.take(SECONDS)] == [1, 2]


def test_an_error_of_work_is_raised_where_results_are_taken() -> None:
    def fail() -> int:
        raise KeyboardInterrupt

    workers = Workers[int](Clock())
    workers.start(fail)

    with pytest.raises(KeyboardInterrupt):
        workers.take(SECONDS)
    workers.close()
