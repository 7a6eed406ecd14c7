"""Command lines recorded with the official client: ours sends and prints the same.

`request` is what was sent, `stdout` what was printed; `refused` lines sent nothing and failed;
`detail` is the API's sentence that has to reach stderr; `yaml` is the document to read back.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import httpx
import pytest

from tests.support.program import Program, Result, TestClock
from tests.support.yaml_1_2 import read_yaml

KEY = "luma-api-c9n4f7r2m8"
BASE_URL = "https://api.test"
RECORDED = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))
GENERATION = (
    '{"id":"182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e","type":"image","state":"queued","model":"uni-1",'
    '"created_at":"2026-06-08T12:00:00Z","output":[],"failure_reason":null,"failure_code":null}'
)


@contextmanager
def stdin_of(case: dict[str, Any]) -> Iterator[TextIO]:
    """What was recorded as stdin, as a pipe or a file; without any, `/dev/null`."""
    text = case.get("stdin")
    if text is None or case["stdin_kind"] == "file":
        name = Path(os.devnull) if text is None else Path("..") / "stdin"
        if text is not None:
            name.write_text(text, encoding="utf-8", newline="")
        with name.open(encoding="utf-8", newline="") as stream:
            yield stream
        return
    reader, writer = os.pipe()
    os.write(writer, text.encode())  # far less than a pipe holds
    os.close(writer)
    with open(reader, encoding="utf-8", newline="") as stream:  # noqa: PTH123 - a descriptor
        yield stream


def replay(case: dict[str, Any], clock: TestClock) -> tuple[Result, list[httpx.Request]]:
    """Run a recorded line in a folder with the recorded files."""
    for name in case.get("files", []):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(base64.b64decode(RECORDED["files"][name]))
    reply = case.get("reply", {"status": 200, "body": GENERATION})
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        sent.append(request)
        return httpx.Response(
            reply["status"], text=reply["body"], headers={"Content-Type": "application/json"}
        )

    program = Program(Path("no-config.toml"), clock, httpx.MockTransport(answer))
    program.environ |= {"LUMA_AGENTS_API_KEY": KEY, "LUMA_BASE_URL": f"{BASE_URL}/v1"}
    program.environ |= case.get("env", {})
    argv = [word.replace("@BASE@", BASE_URL) for word in case["argv"]]
    with stdin_of(case) as stdin:
        return program(*argv, stdin=stdin), sent


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["id"])
def test_a_recorded_line_does_the_same(case: dict[str, Any], clock: TestClock) -> None:
    result, sent = replay(case, clock)

    if "request" in case:
        assert result.exit_code == 0, result.stderr
        (request,) = sent
        check_request(request, case["request"])
    if "stdout" in case:
        assert result.stdout == case["stdout"]
    if "yaml" in case:
        assert exactly(read_yaml(result.stdout)) == exactly(case["yaml"])
    if "refused" in case:
        assert (sent, result.stdout) == ([], "")
        assert result.exit_code == 2
        assert result.stderr.startswith("error: ")
    if "detail" in case:
        assert (len(sent), result.stdout) == (1, "")
        assert result.exit_code != 0
        assert case["detail"] in result.stderr


def check_request(request: httpx.Request, recorded: dict[str, Any]) -> None:
    assert (request.method, request.url.raw_path.decode()) == (recorded["method"], recorded["path"])
    assert request.headers["authorization"] == recorded.get("authorization", f"Bearer {KEY}")
    for name, value in recorded.get("headers", {}).items():
        assert request.headers[name] == value
    body = json.loads(request.content) if request.content else None
    assert exactly(body) == exactly(recorded.get("json"))


def exactly(value: Any) -> str:
    """Return a form in which 1 is not true, 1.0 is 1, and the order of keys says nothing."""
    return json.dumps(_whole_numbers(value), sort_keys=True)


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole_numbers(inner) for key, inner in value.items()}
    return [_whole_numbers(inner) for inner in value] if isinstance(value, list) else value
