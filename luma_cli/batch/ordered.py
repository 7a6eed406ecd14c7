"""Results in the order of the rows, from jobs that end in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from luma_cli.batch.result import RowResult


class InOrder:
    """Passes results on in the order of their keys.

    Holds a result until all earlier jobs have theirs: at most as many results as jobs ended while
    the first missing one was running, of some 2 kB each, so that all of 100,000 jobs take 200 MB.
    """

    def __init__(self, keys: Iterable[str], pass_on: Callable[[RowResult], None]) -> None:
        self._keys, self._pass_on = iter(keys), pass_on
        self._held: dict[str, RowResult] = {}
        self._next = next(self._keys, None)

    def add(self, result: RowResult) -> None:
        """Take the result of a job; passes on what is complete up to the first missing one."""
        self._held[result.key] = result
        while self._next is not None and self._next in self._held:
            ready = self._held.pop(self._next)
            self._next = next(self._keys, None)
            self._pass_on(ready)

    def finish(self) -> None:
        """Pass on the rest when no more results come, for instance after an interruption."""
        while self._held:
            if self._next is None:
                raise ValueError(f"no job has the key {next(iter(self._held))}")
            if (result := self._held.pop(self._next, None)) is not None:
                self._pass_on(result)
            self._next = next(self._keys, None)
