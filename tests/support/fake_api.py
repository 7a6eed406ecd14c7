"""A stub of the API at the HTTP edge: strict about requests, and about answers nobody asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

BASE_URL = "https://api.test/v1"
STORAGE_URL = "https://storage.test"

Answer = httpx.Response | Exception


@dataclass
class Sent:
    """A request as the server saw it."""

    method: str
    url: str
    headers: httpx.Headers
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class FakeApi:
    """Answers in the order in which they were registered for a method and URL.

    A request that nobody registered fails the test, and so does, in `verify`, an answer left over.
    """

    sent: list[Sent] = field(default_factory=list)
    _answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    before_answer: Callable[[Sent], None] = lambda _: None

    def on(self, method: str, path: str, *answers: Answer | dict[str, Any]) -> None:
        """Register answers; a dictionary is a JSON body with status 200, or 201 for a POST."""
        url = path if path.startswith("https://") else BASE_URL + path
        status = 201 if method == "POST" else 200
        self._answers.setdefault((method, url), []).extend(
            httpx.Response(status, json=answer) if isinstance(answer, dict) else answer
            for answer in answers
        )

    def handle(self, request: httpx.Request) -> httpx.Response:
        sent = Sent(request.method, str(request.url), request.headers, request.read())
        self.sent.append(sent)
        self.before_answer(sent)
        waiting = self._answers.get((sent.method, sent.url))
        assert waiting, f"nobody registered {sent.method} {sent.url}"
        answer = waiting.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def verify(self) -> None:
        left = {key: len(answers) for key, answers in self._answers.items() if answers}
        assert not left, f"nobody asked for {left}"


def generation(state: str = "queued", **fields: Any) -> dict[str, Any]:
    """Return a generation as the API answers it."""
    return {
        "id": "gen_1",
        "type": "image",
        "state": state,
        "model": "uni-1",
        "created_at": "2026-09-01T08:30:00Z",
        "output": [],
        "failure_reason": None,
        "failure_code": None,
    } | fields


def completed(*names: str, **fields: Any) -> dict[str, Any]:
    """Return a completed generation whose outputs are files of the storage host."""
    outputs = [
        {"type": "image", "url": f"{STORAGE_URL}/{name}?X-Amz-Signature=s"} for name in names
    ]
    return generation("completed", output=outputs, **fields)
