"""An API in memory for whole batches: it accepts every job, unless a test says otherwise."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.fake_api import BASE_URL, STORAGE_URL, completed, generation

Answer = httpx.Response | Exception | None


@dataclass
class BatchApi:
    """Jobs by their ids, in the order of their submission; each is done at the first look.

    `on_post(number, body)`, `on_get(generation)` and `on_storage(path)` may answer in place of the
    API or raise, which is how a request that the API never sees is made. `number` counts from 1.
    """

    on_post: Callable[[int, dict[str, Any]], Answer] = lambda *_: None
    on_get: Callable[[dict[str, Any]], Answer] = lambda _: None
    on_storage: Callable[[str], Answer] = lambda _: None
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: int = 0
    most_in_flight: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: set[str] = field(default_factory=set)

    def handle(self, request: httpx.Request) -> httpx.Response:
        url, body = str(request.url), request.read()
        with self._lock:
            self.requests[request.method] += 1
            answer = self._answer(request.method, url, body)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def prompts(self) -> list[str]:
        """The prompts of all accepted jobs."""
        return [job["prompt"] for job in self.jobs.values()]

    def _answer(self, method: str, url: str, body: bytes) -> httpx.Response | Exception:
        if method == "POST" and url == f"{BASE_URL}/generations":
            return self._create(json.loads(body))
        if url.startswith(f"{BASE_URL}/generations/"):
            generation_id = url.rpartition("/")[2]
            job = self.jobs[generation_id]
            answer = self.on_get(job)
            if answer is None:
                answer = httpx.Response(200, json=completed(generation_id, id=generation_id))
            self._running.discard(generation_id)
            return answer
        assert url.startswith(STORAGE_URL), url
        path = url.removeprefix(f"{STORAGE_URL}/").partition("?")[0]
        return self.on_storage(path) or httpx.Response(
            200, content=f"picture of {path}".encode(), headers={"Content-Type": "image/png"}
        )

    def _create(self, body: dict[str, Any]) -> httpx.Response | Exception:
        self.posts += 1
        if (answer := self.on_post(self.posts, body)) is not None:
            return answer
        return self.accept(body)

    def accept(self, body: dict[str, Any]) -> httpx.Response:
        """Make a job, and return the answer that tells its id."""
        generation_id = f"gen_{len(self.jobs) + 1}"
        self.jobs[generation_id] = {"id": generation_id, "number": self.posts, **body}
        self._running.add(generation_id)
        self.most_in_flight = max(self.most_in_flight, len(self._running))
        return httpx.Response(201, json=generation(id=generation_id))


def refusal(status: int, detail: str = "no", **headers: str) -> httpx.Response:
    """Return an error as the API answers it."""
    return httpx.Response(status, json={"detail": detail}, headers=headers)


def failed(job: dict[str, Any], code: str) -> httpx.Response:
    """Return the answer about a job whose generation failed."""
    fields = {"id": job["id"], "failure_code": code, "failure_reason": code}
    return httpx.Response(200, json=generation("failed", **fields))
