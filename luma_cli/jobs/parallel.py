"""Several pieces of work at once, stopped together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue
from typing import TypeVar

Result = TypeVar("Result")
# How long an end waits for others that are under way; a silent connection would hold it up.
_GRACE_SECONDS = 1.0


class StoppedEarlyError(Exception):
    """Another piece of work failed, or the user wants no more."""


def side_by_side(
    work: Callable[[int, Callable[[], None]], Result], count: int, at_once: int
) -> Iterator[Result]:
    """Call `work(n, stop)` for n below `count` and yield the results in order.

    `work` calls `stop` as it goes on; it raises once the others are to end, too: when one of them
    failed, or an interruption came. The first error in order is raised.
    """
    stopped = threading.Event()
    numbers: SimpleQueue[int] = SimpleQueue()
    for number in range(count):
        numbers.put(number)
    results: list[Future[Result]] = [Future() for _ in range(count)]

    def stop() -> None:
        if stopped.is_set():
            raise StoppedEarlyError

    def run() -> None:
        while not stopped.is_set():
            try:
                number = numbers.get_nowait()
            except Empty:
                return
            _settle(results[number], partial(work, number, stop))

    # Not a pool: the end of the program would wait for its threads, however long they take.
    threads = [threading.Thread(target=run, daemon=True) for _ in range(min(at_once, count))]
    for thread in threads:
        thread.start()
    try:
        for result in results:
            yield result.result()
    finally:
        stopped.set()
        for thread in threads:
            thread.join(_GRACE_SECONDS)


def _settle(result: Future[Result], work: Callable[[], Result]) -> None:
    try:
        result.set_result(work())
    except BaseException as problem:  # noqa: BLE001 - it is raised where the result is taken
        result.set_exception(problem)
