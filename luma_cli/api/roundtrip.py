"""One request and its answer, within limits of time and size that the HTTP library does not keep.

httpx limits the time between two reads. A server that sends single bytes or endless 103s never
exceeds that limit and never ends, and looking up a name has no limit. So the library works in a
thread, and the caller waits until the answer is complete, the time is up, or a held signal has
waited long enough. What was received by then is kept: it may contain the id of a paid job.
"""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli.connections import body_of, leave, socket_of
from luma_cli.errors import StoppedError, UnavailableError
from luma_cli.interrupts import Interrupts

if TYPE_CHECKING:
    import httpx

LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
LARGEST_ERROR_BYTES = 1024 * 1024
# Added to the user's deadline: a paid answer is worth a few seconds.
SUBMISSION_GRACE_SECONDS = 10.0
REQUEST_THREAD = "request"
# Kinds of compressed data, as zlib numbers them.
_GZIP_OR_ZLIB, _BARE_DEFLATE = 47, -15
# Lock waits cannot be interrupted on Windows: look for signals this often.
_LOOK_SECONDS = 0.1


class AnswerTooLargeError(Exception):
    """The decoded answer is larger than any the API sends."""


class OutOfTimeError(Exception):
    """The time ran out before a request was sent completely; the rest is never sent."""


class Received(NamedTuple):
    """What came of an answer: its head and `content`, decoded.

    `problem` is what kept the rest away, or the reason why it was not read.
    """

    status_code: int
    reason_phrase: str
    headers: httpx.Headers
    content: bytes
    problem: Exception | None = None


class RoundTrip:
    """One request on its way."""

    def __init__(
        self,
        http: httpx.Client,
        interrupts: Interrupts,
        *,
        answer_seconds: float,
        total_seconds: float = math.inf,
        is_submission: bool = False,
    ) -> None:
        """Allow `answer_seconds` to connect, and as many from the last byte sent to the last read.

        `total_seconds` bounds all of it; a submission that was sent whole by then gets
        `SUBMISSION_GRACE_SECONDS` more for its answer.
        """
        self._http, self._interrupts = http, interrupts
        self._socket: socket.socket | None = None
        self._answer_seconds = answer_seconds
        self._grace = SUBMISSION_GRACE_SECONDS if is_submission else 0.0
        self._is_submission = is_submission
        self._started = time.monotonic()
        self._end = self._started + total_seconds
        self._connected: float | None = None
        self._sent: float | None = None
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._may_have_arrived = self._is_abandoned = self._is_over = False
        self._head: httpx.Response | None = None
        self._raw = bytearray()
        self._problem: BaseException | None = None

    @property
    def may_have_arrived(self) -> bool:
        """Whether the last piece of the request was handed to the network."""
        return self._may_have_arrived

    def pieces(self, body: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the request's body; the last piece goes out only before the end was decided."""
        last: bytes | None = None
        for piece in body:
            if last is not None:
                yield last
            last = piece
        self._hand_over()
        if last is not None:
            yield last

    def run(self, request: httpx.Request, meanwhile: Callable[[], None] = lambda: None) -> Received:
        """Send the request, call `meanwhile` while it is on its way, and return what came.

        Raises the exceptions of httpx and of the body when there is no head of an answer, and
        `StoppedError` for a signal, `OutOfTimeError` for an end of time, that came before the
        request was sent whole. Once it has returned or raised, nothing more is sent.
        """
        request.extensions = {**request.extensions, "trace": self._note_event}
        try:
            threading.Thread(
                target=self._work, args=(request,), name=REQUEST_THREAD, daemon=True
            ).start()
        except RuntimeError:  # this user may run no more threads
            self._work_here(request)
        meanwhile()
        while not self._ended.wait(_LOOK_SECONDS):
            if (problem := self._reason_to_end()) is not None:
                self._is_over = True
                self._cut(request)
                return self._received(problem)
        return self._received(self._problem)

    def _work_here(self, request: httpx.Request) -> None:
        """Send a read in this thread, with the limits that httpx keeps; never a submission."""
        if self._is_submission:
            raise UnavailableError(
                "cannot start a thread: the limit of this user is reached",
                hint="end other programs, or raise the limit (`ulimit -u`)",
            ) from None
        self._work(request)

    def _hand_over(self) -> None:
        with self._lock:
            if self._is_abandoned:
                raise StoppedError("interrupted")
            if time.monotonic() >= self._end:
                raise OutOfTimeError
            self._may_have_arrived = True

    def _work(self, request: httpx.Request) -> None:
        try:
            response = self._http.send(request, stream=True)
            self._head = response
            try:
                self._read(response)
            finally:
                leave(response)
        except BaseException as problem:  # noqa: BLE001 - it is raised where the answer is awaited
            self._problem = problem
        finally:
            self._ended.set()

    def _read(self, response: httpx.Response) -> None:
        for piece in body_of(response):
            self._raw += piece
            if len(self._raw) > _most_bytes(response):
                raise AnswerTooLargeError

    def _reason_to_end(self) -> BaseException | None:
        """Return why the answer is not waited for any longer, if so.

        Unless the last piece of the request has gone out already, it never will after that.
        """
        import httpx

        now = time.monotonic()
        if self._interrupts.is_pending and self._abandon():
            return StoppedError("interrupted")
        if now >= self._end and self._abandon():
            return OutOfTimeError()
        if self._interrupts.hold_is_over or now >= self._end + self._grace:
            return httpx.ReadTimeout("out of time")
        if self._connected is None and now >= self._started + self._answer_seconds:
            is_certain = self._abandon()
            kind = httpx.ConnectTimeout if is_certain else httpx.ReadTimeout
            return kind("out of time")
        if self._sent is not None and now >= self._sent + self._answer_seconds:
            self._abandon()
            return httpx.ReadTimeout("out of time")
        return None

    def _abandon(self) -> bool:
        """Keep the last piece of the request from being sent; return whether that was possible."""
        with self._lock:
            self._is_abandoned = not self._may_have_arrived
            return self._is_abandoned

    def _note_event(self, name: str, info: dict[str, Any]) -> None:
        """Note an event of httpcore (the `trace` extension)."""
        if self._is_over:  # a connection that comes up only now is not used any more
            if name.startswith("connection.") and name.endswith(".complete"):
                info["return_value"].close()
            raise StoppedError("interrupted")
        if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
        elif name.endswith("send_request_headers.started"):
            # Through a proxy there are two requests; the first one asks for the connection.
            self._connected, self._sent = time.monotonic(), None
        elif name.endswith("send_request_body.complete"):
            self._sent = time.monotonic()

    def _cut(self, request: httpx.Request) -> None:
        """Wake the reading thread, which would wait as long as the server sends single bytes.

        Other requests of the client continue.
        """
        own = self._socket or socket_of(self._http, request)
        if own is not None:
            with suppress(OSError):
                # not `own.shutdown`: that of a TLS socket takes its state from under the reader
                socket.socket.shutdown(own, socket.SHUT_RDWR)

    def _received(self, problem: BaseException | None) -> Received:
        head = self._head
        if head is None or (problem is not None and not isinstance(problem, Exception)):
            raise problem or RuntimeError("no answer and no problem")
        content, is_too_large = _decoded(bytes(self._raw), head)
        if is_too_large:
            problem = problem or AnswerTooLargeError()
        return Received(head.status_code, head.reason_phrase, head.headers, content, problem)


def _most_bytes(response: httpx.Response) -> int:
    return LARGEST_ANSWER_BYTES if response.is_success else LARGEST_ERROR_BYTES


def _decoded(raw: bytes, response: httpx.Response) -> tuple[bytes, bool]:
    """Return the decoded answer up to the size limit, and whether it exceeds the limit.

    An answer that is not encoded as its header says, or in an encoding that was not requested, is
    left unchanged: a proxy may have decoded it and kept the header.
    """
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("gzip", "x-gzip", "deflate"):
        return raw, False
    import zlib

    most = _most_bytes(response)
    for window in (_GZIP_OR_ZLIB, _BARE_DEFLATE):
        try:
            content = zlib.decompressobj(window).decompress(raw, most + 1)
        except zlib.error:
            continue
        return content[:most], len(content) > most
    return raw, False
