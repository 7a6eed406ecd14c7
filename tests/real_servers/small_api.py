"""The API in front of a storage host that is not ours: jobs end at once, links come from a test."""

from __future__ import annotations

import itertools
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Place = dict[str, Any]
_MOMENT = "2026-09-01T08:30:00Z"


class SmallApi:
    """Answers with links of `download(n)`, n from 1, and places of `upload(n, record)`.

    A place is an upload envelope: its `url`, and the `headers` that are signed. `files` has the
    records in order, `requests` method and path of what was asked for.
    """

    def __init__(
        self, download: Callable[[int], str], upload: Callable[[int, dict[str, Any]], Place]
    ) -> None:
        self._download, self._upload = download, upload
        self._downloads = itertools.count(1)
        self.files: dict[str, dict[str, Any]] = {}
        self.requests: list[str] = []

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return status and body of an answer."""
        self.requests.append(f"{method} {path}")
        match method, path.split("/")[2:]:
            case "POST", ["generations"]:
                return 201, self._generation("queued")
            case "GET", ["generations", _]:
                output = {"type": "image", "url": self._download(next(self._downloads))}
                return 200, self._generation("completed", output)
            case "POST", ["files"]:
                return 201, self._new_file(body)
            case "POST", ["files", file_id, "complete"]:
                self.files[file_id]["state"] = "ready"
                return 200, self.files[file_id]
            case "GET", ["files", file_id]:
                return 200, self.files[file_id]
        return 404, {"detail": "Not Found"}

    def _generation(self, state: str, *output: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": "0b1c6b1e-4f57-4d8c-9a57-6f2f4ad1c0de",
            "type": "image",
            "state": state,
            "model": "uni-1",
            "created_at": _MOMENT,
            "output": output,
            "failure_reason": None,
            "failure_code": None,
        }

    def _new_file(self, body: dict[str, Any]) -> dict[str, Any]:
        record = {"id": uuid.uuid4().hex, "state": "pending", "created_at": _MOMENT, **body}
        self.files[record["id"]] = record
        place = {"method": "PUT", "expires_at": _MOMENT, **self._upload(len(self.files), record)}
        return {"id": record["id"], "state": "pending", "file": record, "upload": place}


@contextmanager
def serving(api: SmallApi, version: str = "HTTP/1.1") -> Iterator[str]:
    """Serve the API on loopback and give the base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = version

        def do_GET(self) -> None:
            self._respond()

        def do_POST(self) -> None:
            self._respond()

        def _respond(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, value = api.answer(self.command, self.path, json.loads(text or b"{}"))
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()
