"""The grammar of the command line: arguments on the left, the body or the message on the right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luma_cli import VERSION_LINE
from luma_cli.body.generation_flags import GENERATION_FLAGS
from luma_cli.cli.parser import read_command_line
from luma_cli.cli.root import root_command
from luma_cli.flags import CommandLine, Flag
from luma_cli.settings.declarations import GLOBAL_FLAGS
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
            "`--web-search`: `maybe` is neither true nor false\nhint: write `true` or `false`",
        ),
        (
            [*CREATE, "--prompt", "x", "--video.loop=maybe"],
            "`--video.loop`: `maybe` is neither true nor false\nhint: write `true` or `false`",
        ),
        (
            ["sandbox", "serve", "--seed", "1e3"],
            "`--seed`: `1e3` is not a whole number\nhint: write digits only",
        ),
        (
            ["--quiet=maybe", "generations", "list"],
            "`--quiet`: `maybe` is neither true nor false\nhint: write `true` or `false`",
        ),
        (
            [*CREATE, "fox"],
            "unexpected argument `fox`\nhint: write the prompt as `--prompt 'a red fox'`",
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


@pytest.mark.parametrize("words", ["generations get", "files delete"])
def test_half_a_character_is_no_id(luma: Program, words: str) -> None:
    on_line, on_stdin = (
        luma(*words.split(), "\ud83e"),
        luma(*words.split(), stdin=r'{"id": "\ud83e"}'),
    )

    assert on_line == on_stdin == Result(2, "", "error: `\\ud83e` is not an id\n")


@pytest.mark.parametrize(
    "argv",
    [
        ("--version",),
        ("-v",),
        ("-version",),
        ("generations", "--version"),
        (*CREATE, "--version"),
        (*CREATE, "--prompt", "x", "-v"),
        ("config", "get", "--version"),
        ("sandbox", "serve", "--port", "x", "--version"),
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
    result = luma(*CREATE, "--no-history", *typed)  # which would name the duplicate of a prompt

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


@pytest.mark.parametrize(
    ("argv", "generation_id"),
    [
        (["--", "generations", "get", "x"], "x"),
        (["--", "generations", "get", "-x"], "-x"),
        (["generations", "--", "get", "x"], "x"),
        (["--quiet", "--", "generations", "get", "--prompt"], "--prompt"),
    ],
)
def test_words_only_may_follow_two_dashes_anywhere(
    luma: Program, api: FakeApi, argv: list[str], generation_id: str
) -> None:
    api.on("GET", f"/generations/{generation_id}", generation(id=generation_id))

    result = luma(*argv)

    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("flag", ["-o", "--output-dir", "--name", "--tag", "--input"])
def test_a_flag_that_names_one_place_is_not_given_twice(
    luma: Program, api: FakeApi, flag: str
) -> None:
    result = luma(*CREATE, "--prompt", "x", flag, "a", flag, "b")

    long_name = {"-o": "--output"}.get(flag, flag)
    assert result == Result(
        2,
        "",
        f"error: `{long_name}` is given twice\n"
        "hint: see `luma-agents-cli generations create --help`\n",
    )
    assert api.sent == []


OWN_FLAGS = [declared.flag for declared in GENERATION_FLAGS]
VALUES = st.text(alphabet="ab-=.1 ", max_size=5)


def spelled(flag: Flag) -> st.SearchStrategy[tuple[str, ...]]:
    """Return the ways to type a flag, whose value may look like anything."""
    names = st.sampled_from([flag.name, flag.name.removeprefix("-")])
    if flag.switch:
        endings = st.sampled_from(["", "=true", "=false", "=0"])
        return st.builds(lambda name, ending: (name + ending,), names, endings)
    joined = st.builds(lambda name, value: (f"{name}={value}",), names, VALUES)
    return joined | st.tuples(names, VALUES)


def typed(flags: Sequence[Flag]) -> st.SearchStrategy[list[tuple[str, ...]]]:
    return st.lists(st.sampled_from(flags).flatmap(spelled), max_size=6)


def read(pieces: Iterable[tuple[str, ...]]) -> CommandLine:
    line = CommandLine()
    words = [word for piece in pieces for word in piece]
    read_command_line(words, root_command, SimpleNamespace(line=line))
    return line


@settings(max_examples=200, deadline=None)
@given(own=typed(OWN_FLAGS), of_all=typed(GLOBAL_FLAGS), data=st.data())
def test_global_flags_change_nothing_wherever_they_stand(
    own: list[tuple[str, ...]], of_all: list[tuple[str, ...]], data: st.DataObject
) -> None:
    words = [("generations",), ("create",), *own]
    before, behind = read([*of_all, *words]), read([*words, *of_all])
    between = list(words)
    place = 0
    for each in of_all:
        place = data.draw(st.integers(place, len(between)))
        between.insert(place, each)
        place += 1
    mixed = read(between)

    assert before.occurrences == behind.occurrences == mixed.occurrences
    assert before.globals == behind.globals == mixed.globals
    assert [flag.name for flag, _ in mixed.occurrences] == [
        "--" + piece[0].partition("=")[0].lstrip("-") for piece in own
    ]
    assert [value for _, value in mixed.occurrences] == [value_of(piece) for piece in own]


def value_of(piece: tuple[str, ...]) -> str | bool:
    """Return the value that was typed: of a switch, the one that its spelling means."""
    name, joined, text = piece[0].partition("=")
    flag = next(each for each in OWN_FLAGS if each.name == "--" + name.lstrip("-"))
    if flag.switch:
        return text in ("", "true")
    return text if joined else piece[1]
