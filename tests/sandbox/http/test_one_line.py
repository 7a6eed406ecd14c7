"""The request log has exactly one line per request, with any fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.faults.kinds import KINDS
from luma_cli.sandbox.options import SandboxOptions, parse_latency
from luma_cli.sandbox.server import SandboxServer
from tests.sandbox.http.raw import AUTHORIZATION, BODY, Conversation

STATUSES = ("503", "503-after", "503-html", "200-json", "503-empty", "429-bare", "302", "407")
REDIRECTS = ("301-redirect", "307-redirect-after", "308-loop", "SlowDown")
JSON = AUTHORIZATION | {"Content-Type": "application/json"}
UPLOAD = b'{"mime_type": "text/plain", "size_bytes": 4}'
DATA = b"0123"


class Asker:
    """Sends requests with unique ids, first without and then with a fault."""

    def __init__(self, base_url: str) -> None:
        self.base_url, self.sent = base_url, list[str]()

    def twice(self, method: str, place: str, headers: dict[str, str], body: bytes = b"") -> bytes:
        """Return the body of the answer without a fault; the other client disconnects."""
        url = place if "://" in place else f"{self.base_url}{place}"
        with Conversation(url) as talk:
            talk.send(method, headers | self._name(), body)
            _, found = talk.head()
            answer = b"" if method == "HEAD" else talk.read(int(found.get("content-length", 0)))
        with Conversation(url) as talk:
            talk.send(method, headers | self._name(), body)
            talk.rest(0.05)
        return answer

    def _name(self) -> dict[str, str]:
        self.sent.append(f"n{len(self.sent)}")
        return {"X-Request-Id": self.sent[-1]}


@pytest.mark.parametrize("word", [*(kind.name for kind in KINDS), *STATUSES, *REDIRECTS])
def test_request_log_has_one_line_per_request(word: str, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    fault = f"any:{word}:every-2"
    options = SandboxOptions(latency=parse_latency("0"), faults=(parse_fault(fault),), log=path)
    with SandboxServer(options) as server:
        asker = Asker(server.base_url)
        job = json.loads(asker.twice("POST", "/generations", JSON, BODY))["id"]
        seen = json.loads(asker.twice("GET", f"/generations/{job}", JSON))
        file = json.loads(asker.twice("POST", "/files", JSON, UPLOAD))
        asker.twice("GET", seen["output"][0]["url"], {"Range": "bytes=5-"})
        asker.twice("HEAD", seen["output"][0]["url"], {})
        asker.twice("PUT", file["upload"]["url"], file["upload"]["headers"], DATA)
        asker.twice("DELETE", f"/files/{file['id']}", JSON)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert sorted(line["request_id"] for line in lines) == sorted(asker.sent)
    struck = [line["fault"] for line in lines]
    assert set(struck) == {None, fault}
    assert struck.count(fault) == (1 if word == "404-after-201" else 7)
