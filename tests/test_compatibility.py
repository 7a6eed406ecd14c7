"""The comparison with the official client is true on our side of it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

import luma_cli
from luma_cli import PROGRAM
from tests.support.fake_api import generation
from tests.support.program import Program

PAGE = (Path(luma_cli.__file__).parents[1] / "docs" / "compatibility.md").read_text()
_EXAMPLE = re.compile(r"^\$ (.+)\nofficial: .+\nhere: (.+)$", re.MULTILINE)


class Example(NamedTuple):
    """A line as typed, and what is said to happen."""

    line: str
    here: str


EXAMPLES = [Example(*found) for found in _EXAMPLE.findall(PAGE)]


def test_every_example_is_read() -> None:
    assert len(EXAMPLES) == PAGE.count("\n$ ") > 20


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.line)
def test_what_is_said_of_us_is_true(luma: Program, example: Example) -> None:
    Path("fox.txt").write_text("a fox\n")
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        sent.append(request)
        return httpx.Response(200, json=generation())

    luma.transport = httpx.MockTransport(answer)
    piped, _, line = example.line.rpartition(" | ")
    program, *argv = shlex.split(line)
    stdin = shlex.split(piped)[1].replace(r"\n", "\n") if piped else ""

    result = luma(*argv, stdin=stdin)

    assert program == PROGRAM
    claim, _, said = example.here.partition(" ")
    if claim == "sends":
        assert [json.loads(request.content) for request in sent] == [json.loads(said)]
    elif claim == "gets":
        assert [request.url.raw_path.decode() for request in sent] == [said]
    else:
        code, _, text = said.partition(", ")
        assert (claim, result.exit_code) == ("exit", int(code))
        assert text in result.stdout + result.stderr
