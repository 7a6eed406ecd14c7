"""The API's endpoints as methods. Nothing is sent twice here; patience is the caller's business."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlencode

from luma_cli.api import failures
from luma_cli.api.answer import Answer
from luma_cli.api.transport import timeout_of
from luma_cli.errors import Exchange, MissingKeyError, UsageError
from luma_cli.jsontext.parts import is_json

if TYPE_CHECKING:
    import httpx

    from luma_cli.api.trace import Trace


class Body(Protocol):
    """A request body whose length is known before its bytes are made."""

    @property
    def length(self) -> int: ...

    @property
    def preview(self) -> str: ...

    def chunks(self) -> Iterable[bytes]: ...


class LumaClient:
    """Talks to one API host with one key.

    `on_exchange` hears of every exchange that got an answer, `trace` of all its details. Each
    method raises the errors of `api.failures`, and `MissingKeyError` when there is no key.
    """

    def __init__(
        self,
        http: httpx.Client,
        base_url: str,
        token: str | None,
        headers: Mapping[str, str],
        on_exchange: Callable[[Exchange], None],
        trace: Trace | None = None,
    ) -> None:
        self._http, self._base_url, self._headers = http, base_url, dict(headers)
        self._token = token
        self._on_exchange, self._trace = on_exchange, trace

    def create_generation(
        self, body: Body, on_accepted: Callable[[str], None], request_id: str
    ) -> Answer:
        """`POST /generations`, once; `on_accepted` hears the new id before anyone else."""
        return self._send(
            "POST", "/generations", body=body, on_accepted=on_accepted, request_id=request_id
        )

    def get_generation(self, generation_id: str, *, timeout: float | None = None) -> Answer:
        """`GET /generations/{id}`, with fresh URLs in the answer.

        `timeout`, in seconds, shortens the longest silence that is waited for.
        """
        return self._send("GET", f"/generations/{_path_segment(generation_id)}", timeout=timeout)

    def create_file(self, body: Body) -> Answer:
        """`POST /files`: the record of a file, and the envelope for its bytes."""
        return self._send("POST", "/files", body=body)

    def complete_file(self, file_id: str) -> Answer:
        """`POST /files/{id}/complete`: all bytes are there."""
        return self._send("POST", f"/files/{_path_segment(file_id)}/complete")

    def get_file(self, file_id: str) -> Answer:
        """`GET /files/{id}`."""
        return self._send("GET", f"/files/{_path_segment(file_id)}")

    def list_files(self, query: Mapping[str, str]) -> Answer:
        """`GET /files`: one page, the newest first."""
        return self._send("GET", "/files", query=urlencode(query))

    def delete_file(self, file_id: str) -> Answer:
        """`DELETE /files/{id}`; the answer's text is empty."""
        return self._send("DELETE", f"/files/{_path_segment(file_id)}")

    def require_key(self) -> None:
        """Raise `MissingKeyError` if there is no key, before anything is made ready to be sent."""
        if not self._token:
            raise MissingKeyError

    def check_key(self) -> None:
        """`GET /files?limit=1`, which is free; returns when the key is good."""
        self._send("GET", "/files", query="limit=1")

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: Body | None = None,
        timeout: float | None = None,
        on_accepted: Callable[[str], None] | None = None,
        request_id: str | None = None,
    ) -> Answer:
        """Send one request; with `on_accepted` it is a submission, which may cost money."""
        import httpx

        url, request_id = self._base_url + path, request_id or str(uuid.uuid4())
        exchange = Exchange(method, url, request_id=request_id)
        submission = on_accepted is not None
        try:
            request = self._http.build_request(
                method,
                url + (f"?{query}" if query else ""),
                headers=self._headers_for(request_id, body),
                content=body.chunks() if body is not None else None,
                timeout=self._timeout(timeout),
            )
            if self._trace is not None:
                self._trace.request(request, body)
            response = self._http.send(request)
        except httpx.TransportError as problem:
            raise failures.transport_failure(problem, exchange, submission=submission) from problem
        except httpx.DecodingError:
            raise failures.unreadable(exchange, "encoded data", submission=submission) from None
        except (httpx.InvalidURL, UnicodeError) as problem:
            raise UsageError(
                f"there is no such address: {problem}", hint="check `--base-url` and the id"
            ) from None
        return self._read(response, exchange, on_accepted)

    def _timeout(self, limit: float | None) -> httpx.Timeout:
        usual = self._http.timeout
        if limit is None or (usual.read is not None and usual.read <= limit):
            return usual
        return timeout_of(limit)

    def _headers_for(self, request_id: str, body: Body | None) -> httpx.Headers:
        import httpx

        self.require_key()
        # `Headers` ignores case: a custom `authorization` must not stand beside ours.
        headers = httpx.Headers({"Accept": "application/json"} | self._headers)
        headers["X-Request-Id"] = request_id
        headers["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            headers["Content-Length"] = str(body.length)
        return headers

    def _read(
        self,
        response: httpx.Response,
        sent: Exchange,
        on_accepted: Callable[[str], None] | None,
    ) -> Answer:
        text = response.content.decode("utf-8", "replace")
        if self._trace is not None:
            self._trace.response(response, text)
        fields = _json_object(text)
        generation_id = fields.get("id") if fields is not None else None
        if on_accepted is not None and response.is_success and isinstance(generation_id, str):
            on_accepted(generation_id)
        exchange = Exchange(
            sent.method,
            sent.url,
            response.status_code,
            response.headers.get("X-Request-Id", sent.request_id),
            fields,
        )
        self._on_exchange(exchange)
        submission = on_accepted is not None
        if not response.is_success:
            error = failures.submission_refusal if submission else failures.refusal
            raise error(exchange, text, response.headers.get("Retry-After"))
        if response.status_code == 204 and sent.method == "DELETE":
            return Answer("", exchange)
        if (
            not isinstance(generation_id, str)
            if submission
            else fields is None and not is_json(text)
        ):
            content_type = response.headers.get("Content-Type", "")
            raise failures.unreadable(exchange, content_type, submission=submission)
        return Answer(text, exchange)


def _path_segment(an_id: str) -> str:
    """Return the id as one percent-encoded step of a path; raises `UsageError` for `.` or `..`."""
    if an_id in ("", ".", ".."):
        raise UsageError(f"`{an_id}` is not an id")
    return quote(an_id, safe="", errors="surrogateescape")


def _json_object(text: str) -> dict[str, object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
