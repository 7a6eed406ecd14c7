"""Several pieces of work at once, stopped together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Generic, NoReturn, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Stop = Callable[[], None]
# How long an end waits for others that are under way; a silent connection would hold it up.
_GRACE_SECONDS = 1.0
# For each worker so many items are under way: taken from their source, and their result not yet
# taken. More would only wait in memory, with links that expire.
ITEMS_PER_WORKER = 4


class StoppedEarlyError(Exception):
    """Another piece of work failed, or the user wants no more."""


def map_unordered(
    work: Callable[[Item, Stop], Result], items: Iterable[Item], at_once: int
) -> Generator[Result, None, None]:
    """Call `work(item, stop)` for each item as it comes, and yield each result when it is there.

    `work` calls `stop` as it goes on; it raises once the others are to end, too: when one of them
    failed, or an interruption came. The first error, of `work` or of `items`, is raised. At most
    `at_once` pieces of work run, and at most `ITEMS_PER_WORKER` times as many items are taken ahead
    of the results that the caller has taken.
    """
    crew = _WorkerPool(work, at_once * ITEMS_PER_WORKER)
    # Not a pool: the end of the program would wait for its threads, however long they take.
    feeder = threading.Thread(target=crew.feed, args=(items, at_once), daemon=True)
    workers = [threading.Thread(target=crew.run, daemon=True) for _ in range(at_once)]
    for thread in (feeder, *workers):
        thread.start()
    try:
        for _ in workers:
            while (result := crew.results.get()) is not None:
                crew.places.release()
                yield result.result()
    finally:
        crew.stop(at_once)
        for worker in workers:
            worker.join(_GRACE_SECONDS)


class _WorkerPool(Generic[Item, Result]):
    """What the threads of `map_unordered` share."""

    def __init__(self, work: Callable[[Item, Stop], Result], places: int) -> None:
        self._work = work
        self._stopped = threading.Event()
        # one for each item that may be under way
        self.places = threading.Semaphore(places)
        # an item, or the end for one worker
        self._waiting: SimpleQueue[Callable[[], Result] | None] = SimpleQueue()
        self.results: SimpleQueue[Future[Result] | None] = SimpleQueue()

    def feed(self, items: Iterable[Item], at_once: int) -> None:
        try:
            self.places.acquire()
            for item in items:
                self._waiting.put(partial(self._work, item, self._check))
                self.places.acquire()
                self._check()
        except BaseException as problem:  # noqa: BLE001 - it is raised where results are taken
            self.results.put(_settled(partial(_raise, problem)))
        for _ in range(at_once):
            self._waiting.put(None)

    def run(self) -> None:
        while (work := self._waiting.get()) is not None and not self._stopped.is_set():
            self.results.put(_settled(work))
        self.results.put(None)

    def stop(self, at_once: int) -> None:
        """Let the threads end: those that wait at once, those that work when they call `stop`."""
        self._stopped.set()
        self.places.release()
        for _ in range(at_once):
            self._waiting.put(None)

    def _check(self) -> None:
        if self._stopped.is_set():
            raise StoppedEarlyError


def map_ordered(
    work: Callable[[int, Stop], Result], count: int, at_once: int
) -> Generator[Result, None, None]:
    """Call `work(n, stop)` for n below `count` and yield the results in order.

    The rest as in `map_unordered`; the first error in order is raised.
    """

    def settle(number: int, stop: Stop) -> tuple[int, Future[Result]]:
        return number, _settled(partial(work, number, stop))

    ahead: dict[int, Future[Result]] = {}
    following = 0
    for number, result in map_unordered(settle, range(count), min(at_once, count)):
        ahead[number] = result
        while following in ahead:
            yield ahead.pop(following).result()
            following += 1


def _settled(work: Callable[[], Result]) -> Future[Result]:
    result: Future[Result] = Future()
    try:
        result.set_result(work())
    except BaseException as problem:  # noqa: BLE001 - it is raised where the result is taken
        result.set_exception(problem)
    return result


def _raise(problem: BaseException) -> NoReturn:
    raise problem
