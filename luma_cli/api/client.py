"""The API's endpoints as methods. Each sends one request; the caller decides about retries."""

from __future__ import annotations

import math
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import quote, urlencode

from luma_cli.api import failures
from luma_cli.api.accepted import decode, find_id
from luma_cli.api.answer import Answer, read_object
from luma_cli.api.rate_limit import rate_limit, seconds_asked
from luma_cli.api.roundtrip import OutOfTimeError, Received, RoundTrip
from luma_cli.api.transport import timeout_of
from luma_cli.errors import Exchange, MissingKeyError, UsageError
from luma_cli.host import Clock
from luma_cli.interrupts import Interrupts
from luma_cli.redaction import the_run

if TYPE_CHECKING:
    import httpx

    from luma_cli.api.trace import Trace

SANDBOX_HEADER = "X-Luma-Sandbox"
# The encodings that `roundtrip` decodes.
_ACCEPTED = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate"}


class Body(Protocol):
    """A request body whose length is known before its bytes are made."""

    @property
    def length(self) -> int: ...

    @property
    def preview(self) -> str: ...

    def chunks(self) -> Iterable[bytes]: ...


class Accepted(NamedTuple):
    """A submitted job: its id, and the sandbox that made it, if any.

    `is_certain` is false for an id from an answer that cannot be parsed completely.
    """

    generation_id: str
    sandbox: str | None
    is_certain: bool


class LumaClient:
    """Talks to one API host with one key.

    `new_http` makes a client of httpx, with `reuses_connections=False` one that makes a connection
    for each request; `on_exchange` is called with every exchange that got an answer, `trace` with
    all its details. Several threads may send requests at once. Each method raises the errors of
    `api.failures`, and `MissingKeyError` when there is no key; `key_hint` is the hint for a
    rejected one. A `timeout` limits the whole exchange, in seconds, if that is less than the usual
    limit.
    """

    def __init__(
        self,
        new_http: Callable[..., httpx.Client],
        base_url: str,
        token: str | None,
        headers: Mapping[str, str],
        on_exchange: Callable[[Exchange], None],
        trace: Trace | None = None,
        interrupts: Interrupts | None = None,
        clock: Clock | None = None,
        key_hint: str = failures.STORED_KEY_HINT,
    ) -> None:
        self._new_http, self._base_url, self._headers = new_http, base_url, dict(headers)
        self._http, self._is_unused = new_http(), True
        self._unconnected: httpx.Client | None = None
        self._choice = threading.Lock()
        self._token, self._key_hint = token, key_hint
        self._on_exchange, self._trace = on_exchange, trace
        self._interrupts, self._clock = interrupts or Interrupts(), clock or Clock()

    def create_generation(
        self,
        body: Body,
        on_accepted: Callable[[Accepted], None],
        request_id: str,
        *,
        seconds: float = math.inf,
    ) -> Answer:
        """`POST /generations`, once, over a connection of its own, sent within `seconds`.

        `on_accepted` is called with the new id as soon as it is known, before anything else. Raises
        `StoppedError` for a held signal that came before all of the request was sent.
        """
        return self._send(
            "POST",
            "/generations",
            body=body,
            on_accepted=on_accepted,
            request_id=request_id,
            seconds=seconds,
        )

    def get_generation(
        self,
        generation_id: str,
        *,
        timeout: float = math.inf,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Answer:
        """`GET /generations/{id}`, with fresh URLs in the answer.

        `meanwhile` is called while the request is on its way.
        """
        path = f"/generations/{_path_segment(generation_id)}"
        return self._send("GET", path, seconds=timeout, meanwhile=meanwhile)

    def create_file(self, body: Body, *, timeout: float = math.inf) -> Answer:
        """`POST /files`: create the record of a file; the answer has the envelope for its bytes."""
        return self._send("POST", "/files", body=body, seconds=timeout)

    def complete_file(self, file_id: str, *, timeout: float = math.inf) -> Answer:
        """`POST /files/{id}/complete`: mark the upload as complete."""
        path = f"/files/{_path_segment(file_id)}/complete"
        return self._send("POST", path, seconds=timeout)

    def get_file(self, file_id: str, *, timeout: float = math.inf) -> Answer:
        """`GET /files/{id}`."""
        return self._send("GET", f"/files/{_path_segment(file_id)}", seconds=timeout)

    def list_files(self, query: Mapping[str, str]) -> Answer:
        """`GET /files`: one page, the newest first."""
        return self._send("GET", "/files", query=urlencode(query, errors="surrogateescape"))

    def delete_file(self, file_id: str) -> Answer:
        """`DELETE /files/{id}`; the answer's text is empty."""
        return self._send("DELETE", f"/files/{_path_segment(file_id)}")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        if self._unconnected is not None:
            self._unconnected.close()

    def require_key(self) -> None:
        """Raise `MissingKeyError` if there is no key, before a request is prepared."""
        if not self._token:
            raise MissingKeyError

    def check_key(self) -> None:
        """`GET /files?limit=1`, which is free; returns if the key is valid."""
        self._send("GET", "/files", query="limit=1")

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: Body | None = None,
        seconds: float = math.inf,
        on_accepted: Callable[[Accepted], None] | None = None,
        request_id: str | None = None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Send one request; with `on_accepted` it is a submission, which may cost money."""
        import httpx

        url, request_id = self._base_url + path, request_id or str(uuid.uuid4())
        sent = Exchange(method, url, request_id=request_id)
        http = self._choose_http(submission=on_accepted is not None)
        usual = http.timeout.read or math.inf
        trip = RoundTrip(
            http,
            self._interrupts,
            answer_seconds=usual,
            total_seconds=seconds,
            is_submission=on_accepted is not None,
        )
        try:
            request = http.build_request(
                method,
                url + (f"?{query}" if query else ""),
                headers=self._headers_for(request_id, body),
                content=trip.pieces(body.chunks()) if body is not None else None,
                timeout=timeout_of(usual if on_accepted is not None else min(usual, seconds)),
            )
            if self._trace is not None:
                self._trace.request(request, body)
            received = trip.run(request, meanwhile)
        except (httpx.InvalidURL, UnicodeError) as problem:
            raise UsageError(
                f"invalid URL: {problem}", hint="check `--base-url` and the id"
            ) from None
        except OutOfTimeError:
            raise failures.not_sent_in_time(sent, submission=on_accepted is not None) from None
        except (httpx.HTTPError, httpx.StreamError) as problem:
            submission = on_accepted is not None and trip.may_have_arrived
            raise failures.transport_failure(problem, sent, submission=submission) from problem
        if on_accepted is None:
            return self._read(received, sent)
        return self._read_submission(received, sent, on_accepted)

    def _choose_http(self, *, submission: bool) -> httpx.Client:
        """Return the client for a request; that for a submission will make a new connection.

        A reused connection may be dead, which would look like an unknown outcome. The first request
        of a run has a new one in any case, and the polls that follow a submission reuse it.
        """
        with self._choice:
            is_first, self._is_unused = self._is_unused, False
            if is_first or not submission:
                return self._http
            if self._unconnected is None:
                self._unconnected = self._new_http(reuses_connections=False)
            return self._unconnected

    def _headers_for(self, request_id: str, body: Body | None) -> httpx.Headers:
        import httpx

        self.require_key()
        # `Headers` ignores case: a custom `authorization` must not be sent as a second one.
        headers = httpx.Headers(_ACCEPTED | self._headers)
        headers["X-Request-Id"] = request_id
        headers["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            headers["Content-Length"] = str(body.length)
        return headers

    def _read(self, received: Received, sent: Exchange) -> Answer:
        text = received.content.decode("utf-8", "replace")
        exchange = self._note(received, sent, text)
        if not 200 <= received.status_code < 300:
            raise failures.refusal(exchange, text, self._retry_after(received), self._key_hint)
        if received.problem is not None:
            raise failures.broken_answer(received.problem, exchange)
        if received.status_code == 204 and sent.method == "DELETE":
            return Answer("", exchange)
        if exchange.body is None:
            from luma_cli.jsontext.parts import is_json

            if not is_json(text):
                raise failures.unreadable(exchange, received.headers.get("Content-Type", ""))
        return Answer(text, exchange)

    def _read_submission(
        self, received: Received, sent: Exchange, on_accepted: Callable[[Accepted], None]
    ) -> Answer:
        """Find the id before anything else: nothing may raise until it is printed and stored."""
        is_success = 200 <= received.status_code < 300
        if is_success and (found := find_id(received.content)) is not None:
            the_run.keep(found)
            text = decode(received.content)
            whole = received.problem is None and (read_object(text) or {}).get("id") == found
            on_accepted(Accepted(found, received.headers.get(SANDBOX_HEADER), whole))
            return Answer(text, self._note(received, sent, text), found, whole)
        text = received.content.decode("utf-8", "replace")
        exchange = self._note(received, sent, text)
        if not is_success:
            raise failures.submission_refusal(
                exchange, text, self._retry_after(received), self._key_hint
            )
        raise failures.accepted_without_id(exchange, received, text)

    def _retry_after(self, received: Received) -> float | None:
        return seconds_asked(received.headers.get("Retry-After"), self._clock.epoch_seconds())

    def _note(self, received: Received, sent: Exchange, text: str) -> Exchange:
        if self._trace is not None:
            self._trace.response(received, text)
        fields = read_object(text)
        if isinstance(an_id := (fields or {}).get("id"), str):
            the_run.keep(an_id)
        exchange = Exchange(
            sent.method,
            sent.url,
            received.status_code,
            received.headers.get("X-Request-Id", sent.request_id),
            fields,
            rate_limit(received.headers),
        )
        self._on_exchange(exchange)
        return exchange


def _path_segment(an_id: str) -> str:
    """Return the id as one percent-encoded step of a path.

    Raises `UsageError` for `.`, `..` and half a character of UTF-16.
    """
    if an_id not in ("", ".", ".."):
        with suppress(UnicodeEncodeError):
            return quote(an_id, safe="", errors="surrogateescape")
    raise UsageError(f"`{an_id}` is not an id")
