"""Whole requests on stdin and in files, under the flags."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.body.build import build_body
from luma_cli.body.input import merge, parse_input
from luma_cli.errors import UsageError
from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.support.fake_api import FakeApi, generation
from tests.support.flags import occurrences
from tests.support.program import Program


@pytest.mark.parametrize(
    ("arguments", "stdin", "body"),
    [
        ([], "prompt: hi\nmodel: uni-1\n", {"prompt": "hi", "model": "uni-1"}),
        ([], "\ufeffprompt: hi\r\n", {"prompt": "hi"}),
        ([], '{"prompt": "x", "n": 1e3, "big": 12345678901234567890}', None),
        (["--prompt", "x"], "prompt: a\nmodel: m\n", {"prompt": "x", "model": "m"}),
        (["--prompt", "x"], "", {"prompt": "x"}),
        (["--prompt", "x"], "\n", {"prompt": "x"}),
        (["--prompt", "x"], "# only a comment\n", {"prompt": "x"}),
        (["--prompt", "x"], "null", {"prompt": "x"}),
        (
            ["--source.url", "FLAG"],
            "prompt: x\nsource: {url: STDIN, media_type: m, zz: 1}\n",
            {"prompt": "x", "source": {"url": "FLAG", "media_type": "m", "zz": 1}},
        ),
        (
            ["--image-ref", "{url: b}"],
            "prompt: x\nimage_ref: [{url: a}]\n",
            {"prompt": "x", "image_ref": [{"url": "b"}]},
        ),
        (
            ["--video", "null"],
            "prompt: x\nvideo: {loop: true}\n",
            {"prompt": "x", "video": None},
        ),
        (
            ["--loop"],
            "prompt: x\nvideo: {duration: 5, hdr: 1}\n1: one\n",
            {"prompt": "x", "video": {"duration": 5, "hdr": 1, "loop": True}, "1": "one"},
        ),
    ],
)
def test_a_document_on_stdin(
    luma: Program, api: FakeApi, arguments: list[str], stdin: str, body: dict[str, Any] | None
) -> None:
    api.on("POST", "/generations", generation())
    result = luma("generations", "create", *arguments, stdin=stdin)
    assert result.exit_code == 0
    assert arguments or not result.stderr  # what it says of both is below
    expected = body or {"prompt": "x", "n": 1000.0, "big": 12345678901234567890}
    assert api.sent[0].json == expected


@pytest.mark.parametrize(
    ("stdin", "message"),
    [
        ("hello world\n", "the document on stdin is not a mapping"),
        ("[1, 2]", "the document on stdin is not a mapping"),
        ("a: 1\na: 2\n", "the document on stdin is not valid YAML or JSON at line 2, column 1:"),
        ("{bad: [", "the document on stdin is not valid YAML or JSON at line 1, column 8:"),
    ],
)
def test_other_documents_are_refused_and_nothing_is_sent(
    luma: Program, stdin: str, message: str
) -> None:
    result = luma("generations", "create", "--prompt", "x", stdin=stdin)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {message}")


def test_files_are_embedded_in_it(luma: Program, api: FakeApi) -> None:
    Path("p.txt").write_text("a fox")
    api.on("POST", "/generations", generation())
    luma("generations", "create", stdin='prompt: "@p.txt"\nuser_id: "\\\\@me"\n')
    assert api.sent[0].json == {"prompt": "a fox", "user_id": "@me"}


def test_a_value_that_asks_for_stdin_gets_it_whatever_it_looks_like(
    luma: Program, api: FakeApi
) -> None:
    api.on("POST", "/generations", generation(), generation())
    luma("generations", "create", "--prompt", "@-", stdin="model: m\n")
    luma("generations", "create", "--prompt-file", "-", stdin="model: m\n")
    assert [sent.json for sent in api.sent] == [{"prompt": "model: m\n"}, {"prompt": "model: m"}]


def test_a_request_from_a_file(luma: Program, api: FakeApi) -> None:
    Path("request.yaml").write_text("prompt: a\nmodel: m\n")
    api.on("POST", "/generations", generation(), generation())
    luma("generations", "create", "--input", "request.yaml", "--prompt", "x", stdin="style: auto")
    luma("generations", "create", "--input", "-", "--prompt", "y", stdin="style: auto")
    assert [sent.json for sent in api.sent] == [
        {"prompt": "x", "model": "m"},
        {"prompt": "y", "style": "auto"},
    ]
    missing = luma("generations", "create", "--input", "missing.yaml")
    assert missing.stderr == (
        "error: cannot read `missing.yaml`: no such file or directory\n"
        "hint: check the path and its permissions\n"
    )


def test_a_request_from_a_file_while_stdin_is_a_value(luma: Program, api: FakeApi) -> None:
    Path("request.yaml").write_text("model: m\n")
    api.on("POST", "/generations", generation(), generation())
    luma("generations", "create", "--input", "request.yaml", "--prompt-file", "-", stdin="a fox")
    luma("generations", "create", "--input", "request.yaml", "--prompt", "@-", stdin="a fox")
    assert [sent.json for sent in api.sent] == [{"model": "m", "prompt": "a fox"}] * 2


@pytest.mark.parametrize("value", [["--prompt", "@-"], ["--prompt-file", "-"]])
def test_stdin_is_read_only_once(luma: Program, value: list[str]) -> None:
    result = luma("generations", "create", "--input", "-", *value, stdin="model: m")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: stdin is used twice\nhint: it can be read only once\n",
    )


def run_shell(script: str, base_url: str) -> subprocess.CompletedProcess[str]:
    """Run a script in which `luma` is the program."""
    function = f'luma() {{ "{sys.executable}" -m luma_cli "$@"; }}\n'
    environ = {
        "LUMA_BASE_URL": base_url,
        "LUMA_AGENTS_API_KEY": SANDBOX_KEY,
        "PATH": "/usr/bin:/bin",
    }
    return subprocess.run(
        ["/bin/sh", "-c", function + script],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_stdin_as_shells_have_it() -> None:
    Path("prompts.txt").write_text("one\ntwo\nthree\n")
    Path("request.yaml").write_text("model: uni-1-max\n")
    create = "luma generations create --no-history --format jsonl"  # which knows no duplicates
    with SandboxServer(SandboxOptions()) as server:
        loop = f'while read -r p; do {create} --prompt "$p"; done < prompts.txt'
        done = [
            run_shell(script, server.base_url)
            for script in (
                loop,
                f"{create} --prompt x < request.yaml",
                f"echo 'model: uni-1-max' | {create} --prompt x",
                f"{{ sleep 0.2; echo 'prompt: slow'; }} | {create}",
                f"mkfifo silent; exec 3<>silent; {create} --prompt x <&3",
                f"{{ sleep 0.2; echo 'model: uni-1-max'; }} | {create} --prompt x --input -",
                f"{create} --prompt x < /dev/null",
                f"{create} --prompt x <&-",
            )
        ]
    jobs = [[json.loads(line) for line in each.stdout.splitlines()] for each in done]
    assert [[job["model"] for job in each] for each in jobs] == [
        ["uni-1"] * 3,
        *[["uni-1-max"]] * 2,
        *[["uni-1"]] * 2,
        ["uni-1-max"],
        *[["uni-1"]] * 2,
    ]
    silent = "note: nothing on stdin yet, and not waited for; `--input -` waits\n"
    merged = "note: merged from stdin: `model`\n"
    # Without a history, and on a slow machine, each id is told as well.
    said = [re.sub(r"note: submitted as \S+\n", "", each.stderr) for each in done]
    assert said == ["", merged, merged, "", silent, "", "", ""]


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1), VALUES, max_size=4))
def test_json_reads_back_as_itself(document: dict[str, Any]) -> None:
    assert parse_input(json.dumps(document), "stdin") == document


@given(st.dictionaries(st.text(), VALUES), st.dictionaries(st.text(), VALUES))
def test_merging_documents_overrides_each_value(
    under: dict[str, Any], over: dict[str, Any]
) -> None:
    merged = merge(under, over)
    assert merge(merged, over) == merged
    assert merge(merged, under | over) == merged or set(under) & set(over)
    assert set(merged) == set(under) | set(over)
    for key, value in over.items():
        if not isinstance(value, dict):
            assert merged[key] == value


TYPED = {
    "--prompt": ("prompt", st.text(min_size=1)),
    "--model": ("model", st.text()),
    "--web-search": ("web_search", st.sampled_from(["true", "false"])),
    "--source.url": ("source.url", st.text()),
    "--video.duration": ("video.duration", st.text()),
    "--video.hdr": ("video.hdr", st.sampled_from(["true", "false"])),
}


@given(st.fixed_dictionaries({}, optional={flag: text for flag, (_, text) in TYPED.items()}))
def test_flags_and_a_document_say_the_same(typed: dict[str, str]) -> None:
    plain = {name: text for name, text in typed.items() if not text.startswith(("@", "\\@"))}
    flags = build_body(occurrences(plain.items()), str)
    document = json.dumps(flags)
    assert build_body([], str, lambda *_: parse_input(document, "stdin")) == flags


def test_a_scalar_is_no_request() -> None:
    with pytest.raises(UsageError, match="is not a mapping"):
        parse_input("5", "stdin")
