"""The grammar of the command line: arguments on the left, the body or the message on the right."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luma_cli import VERSION_LINE
from tests.support.fake_api import FakeApi, generation
from tests.support.program import Program, Result

CREATE = ("generations", "create")


@pytest.mark.parametrize(
    ("argv", "body"),
    [
        (["--prompt", "a fox"], {"prompt": "a fox"}),
        (["-prompt", "a fox"], {"prompt": "a fox"}),
        (["--prompt=a fox"], {"prompt": "a fox"}),
        (["-prompt=a=b"], {"prompt": "a=b"}),
        (["--prompt="], {"prompt": ""}),
        (["--prompt", ""], {"prompt": ""}),
        (["--prompt", "--no-text"], {"prompt": "--no-text"}),
        (["--prompt", "--help"], {"prompt": "--help"}),
        (["--prompt", "--"], {"prompt": "--"}),
        (["--prompt", "-1"], {"prompt": "-1"}),
        (["--prompt", "a", "--prompt", "b"], {"prompt": "b"}),
        (["--model", "m", "--prompt", "x"], {"model": "m", "prompt": "x"}),
        (["--prompt", "x", "--web-search"], {"prompt": "x", "web_search": True}),
        (["--prompt", "x", "--web-search=false"], {"prompt": "x", "web_search": False}),
        (["--web-search=0", "--web-search=t", "--prompt", "x"], {"web_search": True}),
        (["--prompt", "x", "--web-search", "--quiet"], {"prompt": "x", "web_search": True}),
        (["--prompt", "x", "--user-id", "null"], {"prompt": "x", "user_id": None}),
        (["--prompt", "x", "--format", "jsonl"], {"prompt": "x"}),
        (["--prompt", "x", "--"], {"prompt": "x"}),
        (["--prompt", "x", "--wait", "--no-wait"], {"prompt": "x"}),
        (["--prompt", "x", "--wait=false"], {"prompt": "x"}),
        (["--prompt", "x", "--help=false"], {"prompt": "x"}),
    ],
)
def test_what_is_typed_is_what_is_sent(
    luma: Program, api: FakeApi, argv: list[str], body: dict[str, Any]
) -> None:
    api.on("POST", "/generations", generation())

    result = luma(*CREATE, *argv)

    assert (result.exit_code, result.stderr) == (0, "")
    (sent,) = api.sent
    assert sent.json == {"prompt": "x"} | body


@pytest.mark.parametrize(
    "argv",
    [
        ("--format", "jsonl", *CREATE, "--prompt", "x"),
        ("generations", "--format", "jsonl", "create", "--prompt", "x"),
        (*CREATE, "--format=jsonl", "--prompt", "x"),
        (*CREATE, "--prompt", "x", "-format", "jsonl"),
        ("--format", "json", *CREATE, "--prompt", "x", "--format", "jsonl"),
    ],
)
def test_a_global_flag_stands_anywhere(luma: Program, api: FakeApi, argv: tuple[str, ...]) -> None:
    api.on("POST", "/generations", generation())

    result = luma(*argv)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("\n") == 1
    assert json.loads(result.stdout) == generation()


@pytest.mark.parametrize(
    ("argv", "generation_id"),
    [
        (["x"], "x"),
        (["--generation-id", "x"], "x"),
        (["-generation-id=x"], "x"),
        (["-1"], "-1"),
        (["-.5"], "-.5"),
        (["--", "--prompt"], "--prompt"),
        (["--quiet", "--", "-x"], "-x"),
    ],
)
def test_an_id_may_look_like_anything(
    luma: Program, api: FakeApi, argv: list[str], generation_id: str
) -> None:
    api.on("GET", f"/generations/{generation_id}", generation(id=generation_id))

    result = luma("generations", "get", *argv)

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["id"] == generation_id


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            [*CREATE, "--promt", "x"],
            "unknown flag `--promt`\nhint: did you mean `--prompt`?",
        ),
        (
            [*CREATE, "-promt=x"],
            "unknown flag `-promt`\nhint: did you mean `--prompt`?",
        ),
        (
            [*CREATE, "--xyzzy"],
            "unknown flag `--xyzzy`\nhint: see `luma-agents-cli generations create --help`",
        ),
        (
            ["--xyzzy"],
            "unknown flag `--xyzzy`\nhint: see `luma-agents-cli --help`",
        ),
        (
            [*CREATE, "--help", "--xyzzy"],
            "unknown flag `--xyzzy`\nhint: see `luma-agents-cli generations create --help`",
        ),
        (
            ["--version", "--xyzzy"],
            "unknown flag `--xyzzy`\nhint: see `luma-agents-cli --help`",
        ),
        (
            [*CREATE, "--prompt"],
            "`--prompt` needs a value\nhint: see `luma-agents-cli generations create --help`",
        ),
        (
            [*CREATE, "--prompt", "x", "--web-search=maybe"],
            "`maybe` is neither true nor false\nhint: write `true` or `false`",
        ),
        (
            [*CREATE, "fox"],
            "unexpected argument `fox`\nhint: a prompt is given as `--prompt 'a red fox'`",
        ),
        (
            ["generations", "creat"],
            "unknown command `creat`\nhint: did you mean `luma-agents-cli generations create`?",
        ),
        (
            ["generations", "xyzzy"],
            "unknown command `xyzzy`\nhint: see `luma-agents-cli generations --help`",
        ),
        (
            ["xyzzy"],
            "unknown command `xyzzy`\nhint: see `luma-agents-cli --help`",
        ),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(
    luma: Program, api: FakeApi, argv: list[str], message: str
) -> None:
    error, _, hint = message.partition("\nhint: ")

    assert luma(*argv) == Result(2, "", f"error: {message}\n")
    assert api.sent == []

    structured = luma("--format-error=json", *argv)
    fields = json.loads(structured.stderr)
    assert (structured.exit_code, structured.stdout) == (2, "")
    assert (fields["message"], fields["hint"], fields["exit_code"]) == (error, hint, 2)


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        ([], ""),
        (["-h"], ""),
        (["--help"], ""),
        (["--quiet"], ""),
        (["generations"], " generations"),
        (["generations", "--help"], " generations"),
        (["--help", "generations"], " generations"),
        ([*CREATE, "--help"], " generations create"),
        ([*CREATE, "-h"], " generations create"),
        ([*CREATE, "-help"], " generations create"),
        (["--help", *CREATE, "--prompt", "x"], " generations create"),
        ([*CREATE, "--prompt", "x", "--ref", "missing.png", "--help"], " generations create"),
        (["--help", "config", "set"], " config set"),
        (["generations", "help"], " generations"),
        (["generations", "h", "create"], " generations create"),
        (["help", "generations", "get"], " generations get"),
    ],
)
def test_help_comes_from_anywhere_on_the_line(
    bare_luma: Program, argv: list[str], command: str
) -> None:
    result = bare_luma(*argv)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: luma-agents-cli{command} [")


@pytest.mark.parametrize(
    "argv",
    [
        ("--version",),
        ("-v",),
        ("-version",),
        ("generations", "--version"),
        (*CREATE, "--version"),
        (*CREATE, "--prompt", "x", "-v"),
    ],
)
def test_the_version_comes_from_anywhere_on_the_line(
    bare_luma: Program, argv: tuple[str, ...]
) -> None:
    assert bare_luma(*argv) == Result(0, VERSION_LINE, "")


@pytest.mark.parametrize(
    "argv", [["--xyzzy"], ["xyzzy"], [*CREATE, "fox"], [*CREATE, "--loop=maybe"]]
)
def test_an_error_is_structured_wherever_that_was_asked_for(luma: Program, argv: list[str]) -> None:
    before, after = luma("--format-error", "json", *argv), luma(*argv, "-format-error=json")

    assert before == after
    assert json.loads(before.stderr)["exit_code"] == before.exit_code == 2


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(prompt=st.text(st.characters(exclude_characters="\0", codec=None)), joined=st.booleans())
def test_any_prompt_arrives_unchanged(luma: Program, prompt: str, joined: bool) -> None:
    bodies = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.read()))
        return httpx.Response(201, json=generation())

    luma.environ["LUMA_BASE_URL"] = "http://127.0.0.1:1"  # plain http loads no certificates
    luma.transport = httpx.MockTransport(answer)

    typed = [f"--prompt={prompt}"] if joined else ["--prompt", prompt]
    result = luma(*CREATE, "--no-history", *typed)  # which would name the twin of a prompt

    assert (result.exit_code, result.stderr) == (0, "")
    assert bodies == [{"prompt": re.sub("[\ud800-\udfff]", "\ufffd", prompt)}]


def test_bytes_that_are_no_text_arrive_as_marks(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())

    assert luma(*CREATE, "--prompt", b"caf\xe9".decode("utf-8", "surrogateescape")).exit_code == 0
    assert api.sent[0].json == {"prompt": "caf\ufffd"}


def test_what_follows_the_program_of_exec_is_its_own(luma: Program) -> None:
    result = luma("sandbox", "exec", "false-program", "-d", "out", "--seed", "--nonsense")

    assert result == Result(
        2,
        "",
        "error: cannot run `false-program`: no such file or directory\n"
        "hint: check the name; use `sh -c '…'` for shell syntax\n",
    )
