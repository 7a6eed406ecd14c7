"""`--format`, `--transform` and `-r`."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import example, given

from luma_cli.output.documents import View, show
from tests.support.fake_api import FakeApi, completed, generation
from tests.support.json_documents import documents
from tests.support.program import Program, Result
from tests.support.yaml_1_2 import read_yaml

ANSWER = (
    '{"id":"x1","n":1.50,"output":[{"url":"https://u/1","tags":["a","b"]},{}],'
    '"y":"no","text":"two\\nlines","none":[],"nothing":"","last":null,"ok":true}'
)

PRETTY = """\
id: x1
n: 1.50
output:
  1.
    url: https://u/1
    tags:
      1. a
      2. b
  2. (empty)
y: no
text: two
  lines
none: (none)
nothing: (empty)
last: null
ok: true
"""
YAML = """\
id: x1
"n": 1.50
output:
  - url: https://u/1
    tags:
      - a
      - b
  - {}
"y": "no"
text: |-
  two
  lines
none: []
nothing: ""
last: null
ok: true
"""


def answer(text: str) -> httpx.Response:
    return httpx.Response(200, text=text, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("argv", "stdout"),
    [
        (["--transform", "n"], "1.50\n"),
        (["--transform", "id", "-r"], "x1\n"),
        (["--transform", "text", "-r"], "two\nlines\n"),
        (["--transform", "output.0.tags"], '["a", "b"]\n'),
        (["--transform", "output.0.tags", "-r"], '["a", "b"]\n'),
        (["--transform", "output.0.tags", "--format", "jsonl"], '"a"\n"b"\n'),
        (["--transform", "output.0.tags", "--format", "jsonl", "-r"], "a\nb\n"),
        (["--transform", "", "--format", "raw"], ANSWER + "\n"),
        (["--transform", "output.0.tags", "--format", "yaml"], "- a\n- b\n"),
        (["--format", "pretty"], PRETTY),
        (["--format", "YAML"], YAML),
    ],
)  # fmt: skip
def test_format_transform_and_raw_output(
    luma: Program, api: FakeApi, argv: list[str], stdout: str
) -> None:
    api.on("GET", "/generations/x1", answer(ANSWER))

    assert luma("generations", "get", "x1", *argv) == Result(0, stdout, "")


def test_transform_without_match_prints_nothing(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/x1", answer(ANSWER))

    assert luma("generations", "get", "x1", "--transform", "output.0.uri", "-r") == Result(
        1,
        "",
        "error: `--transform output.0.uri` matches nothing in the answer\n"
        "hint: omit `--transform` to see the whole answer\n",
    )


def test_create_reports_id_if_transform_matches_nothing(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())

    assert luma("generations", "create", "--prompt", "x", "--transform", "output.0.url") == Result(
        13,
        "",
        "error: `--transform output.0.url` matches nothing in the answer; the job was submitted\n"
        "hint: run `luma-agents-cli generations wait gen_1`\n",
    )


def test_transform_without_match_does_not_stop_other_ids(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/a", completed(id="a"))
    api.on("GET", "/generations/b", completed("b.png", id="b"))

    result = luma("generations", "wait", "a", "b", "--transform", "output.0.type", "-r")

    assert result == Result(
        12,
        "image\n",
        "error: `--transform output.0.type` matches nothing in the answer\n"
        "hint: omit `--transform` to see the whole answer\n"
        "error: 1 of 2 generations failed\n",
    )


def test_yaml_documents_are_separated(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/a", answer('{"id":"a"}'))
    api.on("GET", "/generations/b", answer('{"id":"b"}'))

    result = luma("generations", "get", "--format", "yaml", stdin="a\nb\n")

    assert result == Result(0, "id: a\n---\nid: b\n", "")
    assert list(yaml.safe_load_all(result.stdout)) == [{"id": "a"}, {"id": "b"}]


def test_json_has_colours_on_a_terminal(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/x1", answer('{"id":"a\\nb","l":[1,true],"z":null}'))
    luma.environ |= {"NO_COLOR": "", "TERM": "xterm"}

    result = luma("generations", "get", "x1", "--format", "jsonl", terminal=True)

    bold, end, key = "\x1b[1m", "\x1b[0m", "\x1b[1m\x1b[94m"
    colon, comma = f"{bold}:{end}", f"{bold},{end}"
    assert result.stdout == (
        f"{bold}{{{end}"
        f'{key}"id"{end}{colon}\x1b[32m"a{end}\x1b[35m\\n{end}\x1b[32mb"{end}{comma}'
        f'{key}"l"{end}{colon}{bold}[{end}\x1b[33m1{end},\x1b[36mtrue{end}{bold}]{end}{comma}'
        f'{key}"z"{end}{colon}\x1b[2mnull{end}'
        f"{bold}}}{end}\n"
    )


@pytest.mark.parametrize(
    ("environ", "terminal", "has_color"),
    [
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, False, True),
        ({"NO_COLOR": "", "FORCE_COLOR": "0"}, True, False),
        ({"NO_COLOR": ""}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": "", "TERM": "dumb"}, True, False),
        ({"NO_COLOR": "", "LUMA_NO_COLOR": "1"}, True, False),
    ],
)
def test_colours_depend_on_terminal_and_variables(
    luma: Program, api: FakeApi, environ: dict[str, str], terminal: bool, has_color: bool
) -> None:
    api.on("GET", "/generations/x1", *[answer("[1]")] * 3)
    luma.environ |= environ

    for argv in ([], ["--format", "pretty"], ["--format", "yaml"]):
        result = luma("generations", "get", "x1", *argv, terminal=terminal)
        assert ("\x1b" in result.stdout) == (has_color and argv != ["--format", "yaml"])


@pytest.mark.parametrize("wanted", ["json", "jsonl", "raw", "pretty", "yaml"])
def test_every_format_escapes_control_characters_on_a_terminal(
    luma: Program, api: FakeApi, wanted: str
) -> None:
    api.on("GET", "/generations/x1", answer('{"id":"\x9b2J\x7f\u202e"}'))

    result = luma("generations", "get", "x1", "--format", wanted, terminal=True)

    assert result.stdout.isascii()
    assert result.stdout.replace("\n", "").isprintable()
    if wanted in ("json", "jsonl", "raw"):
        assert json.loads(result.stdout) == {"id": "\x9b2J\x7f\u202e"}


@given(documents)
@example({"y": "no", "1": "16:9", "a: b": " x", "k\nk": "a\n b\n\n", "": "- a", "~": "0o7"})
@example(
    ["2026-06-08", "1_000", "0x1F", ".5", "1e5", "=", "<<", "...", "---", "\ud800", "\x85\u2028"]
)
@example({"a" * 200: ["\n", " \n", "\n a", "a\n ", "\ta\n", "a \nb", "\ufeff", "#", "a #b", "'\""]})
def test_yaml_round_trip(document: Any) -> None:
    text = json.dumps(document)

    shown = show(text, View(format="yaml"))

    assert shown is not None
    again = read_yaml(shown + "\n")
    assert json.dumps(again) == json.dumps(json.loads(text))


@given(documents)
def test_outline_is_complete(document: Any) -> None:
    shown = show(json.dumps(document), View(format="pretty"))

    assert shown is not None
    for leaf in leaves(document):
        assert all(line.strip() in shown for line in leaf.split("\n"))


def leaves(document: Any) -> list[str]:
    if isinstance(document, dict):
        return [leaf for value in document.values() for leaf in leaves(value)]
    if isinstance(document, list):
        return [leaf for value in document for leaf in leaves(value)]
    return [document] if isinstance(document, str) else [json.dumps(document)]
