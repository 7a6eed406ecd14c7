"""How long an exchange with the storage host may take, checked at each read and write.

A silence is limited by the client's time-outs. A peer that sends a byte a second is never silent,
so two limits hold in absolute time: the deadline of the whole command, and for the head of an
answer, which is short, the longest silence counted from the last byte of the request.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli.errors import WaitTimeoutError
from luma_cli.host import Clock

if TYPE_CHECKING:
    import httpx

_WRITE_BYTES = 16 * 1024


class TimeLimit(NamedTuple):
    """An end in seconds of `clock.now()`; `math.inf` for none."""

    clock: Clock
    deadline: float = math.inf

    @property
    def left(self) -> float:
        """The seconds that are left; 0 or less once the time is up."""
        return self.deadline - self.clock.now()

    def check(self, fact: str = "the transfer was not complete") -> None:
        """Raise `WaitTimeoutError` once the time is up."""
        if self.left <= 0:
            raise WaitTimeoutError(f"`--timeout` ran out: {fact}")

    def timeouts(self, usual: httpx.Timeout) -> httpx.Timeout:
        """Return the time-outs of a client, none of which outlasts the deadline."""
        import httpx

        def shorter(seconds: float | None) -> float | None:
            least = min(math.inf if seconds is None else seconds, max(self.left, 0.001))
            return None if least == math.inf else least

        return httpx.Timeout(
            connect=shorter(usual.connect),
            read=shorter(usual.read),
            write=shorter(usual.write),
            pool=shorter(usual.pool),
        )


class Watch:
    """The limits of one exchange; `hears` is a `trace` extension of the HTTP library."""

    def __init__(self, limit: TimeLimit, longest_silence: float | None) -> None:
        self._limit = limit
        self._silence = math.inf if longest_silence is None else longest_silence
        self._head_by = math.inf

    def hears(self, event: str, info: dict[str, Any]) -> None:
        """Learn how far the exchange is, and of each new connection."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            _check_at_each_step(info["return_value"])
        elif event.endswith("send_request_body.complete"):
            self._head_by = self._limit.clock.now() + self._silence
        elif event.endswith("receive_response_headers.complete"):
            self._head_by = math.inf

    def seconds_for_a_step(self, usual: float | None) -> float | None:
        """Return how long the next read or write may take; 0 when there is no time left."""
        left = min(self._limit.left, self._head_by - self._limit.clock.now())
        if left == math.inf:
            return usual
        return max(left if usual is None else min(usual, left), 0.0)


# The watch of the exchange that this thread is at: a connection of the pool outlives an exchange.
_current: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Let a watch limit the exchange in the block."""
    token = _current.set(watch)
    try:
        yield
    finally:
        _current.reset(token)


def _check_at_each_step(stream: Any) -> None:
    """Have a new connection (`httpcore.NetworkStream`) ask the current watch at every step."""
    import httpcore

    read, write = stream.read, stream.write

    def checked_read(max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = read(max_bytes, _step(timeout, httpcore.ReadTimeout))
        return data

    def checked_write(buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_BYTES):
            write(buffer[start : start + _WRITE_BYTES], _step(timeout, httpcore.WriteTimeout))

    stream.read, stream.write = checked_read, checked_write


def _step(usual: float | None, late: Callable[[str], Exception]) -> float | None:
    watch = _current.get()
    seconds = usual if watch is None else watch.seconds_for_a_step(usual)
    if seconds is not None and seconds <= 0:
        raise late("there is no time left")
    return seconds
