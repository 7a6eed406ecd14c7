"""Absolute time limits of an exchange with the storage host, checked at each read and write.

The client's timeouts limit a silence, which a host that sends a byte per second never reaches. So
two limits are absolute: the deadline of the command, and for the headers of a response the read
timeout, counted from the last byte of the request.
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
    """A deadline in seconds of `clock.now()`; `math.inf` for none."""

    clock: Clock
    deadline: float = math.inf

    @property
    def left(self) -> float:
        """The remaining seconds; 0 or less after the deadline."""
        return self.deadline - self.clock.now()

    def check(self, fact: str = "the transfer was not complete") -> None:
        """Raise `WaitTimeoutError` after the deadline."""
        if self.left <= 0:
            raise WaitTimeoutError(f"`--timeout` ran out: {fact}")

    def timeouts(self, usual: httpx.Timeout) -> httpx.Timeout:
        """Return a client's timeouts, shortened to end at the deadline."""
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


class ExchangeLimits:
    """The limits of one exchange; `on_event` is a `trace` extension of the HTTP library."""

    def __init__(self, limit: TimeLimit, read_timeout: float | None) -> None:
        self._limit = limit
        self._read_timeout = math.inf if read_timeout is None else read_timeout
        self._headers_deadline = math.inf

    def on_event(self, event: str, info: dict[str, Any]) -> None:
        """Follow the exchange, and check the time in each new connection."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            _check_at_each_step(info["return_value"])
        elif event.endswith("send_request_body.complete"):
            self._headers_deadline = self._limit.clock.now() + self._read_timeout
        elif event.endswith("receive_response_headers.complete"):
            self._headers_deadline = math.inf

    def seconds_for_a_step(self, usual: float | None) -> float | None:
        """Return the timeout of the next read or write; 0 after a limit."""
        left = min(self._limit.left, self._headers_deadline - self._limit.clock.now())
        if left == math.inf:
            return usual
        return max(left if usual is None else min(usual, left), 0.0)


# The current exchange of this thread: a pooled connection outlives an exchange.
_current: ContextVar[ExchangeLimits | None] = ContextVar("limits", default=None)


@contextmanager
def enforced(limits: ExchangeLimits) -> Iterator[None]:
    """Apply the limits to the exchange in the block."""
    token = _current.set(limits)
    try:
        yield
    finally:
        _current.reset(token)


def _check_at_each_step(stream: Any) -> None:
    """Make each read and write of a new connection (`httpcore.NetworkStream`) check the limits."""
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
    limits = _current.get()
    seconds = usual if limits is None else limits.seconds_for_a_step(usual)
    if seconds is not None and seconds <= 0:
        raise late("there is no time left")
    return seconds
