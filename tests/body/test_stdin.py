"""Stdin beside what was typed: what it adds is told, and `--literal` makes it data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fake_api import FakeApi, generation
from tests.support.installed import shell
from tests.support.program import Program


def test_a_document_that_asks_for_the_stdin_it_came_from_is_refused(luma: Program) -> None:
    result = luma("generations", "create", stdin='prompt: "@-"')
    assert (result.exit_code, result.stderr) == (
        2,
        "error: stdin is used twice\nhint: it can be read only once\n",
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (
            ["--prompt", "x"],
            "model: m\nstyle: auto\nprompt: y",
            "note: merged from stdin: `model`, `style`\n",
        ),
        (["--prompt", "x"], "prompt: y", ""),
        (
            ["--source.url", "a"],
            "prompt: y\nsource: {url: b}",
            "note: merged from stdin: `prompt`, `source`\n",
        ),
        (["--model", "m"], "Mood: dark\nprompt: y", "note: merged from stdin: `Mood`, `prompt`\n"),
        (
            ["--prompt", "a fox"],
            "Mood: a dark owl\n",
            "note: merged from stdin: `Mood`\n"
            "warning: unknown keys from stdin are sent: `Mood`; add `</dev/null` if stdin is not"
            " meant for this program\n",
        ),
        (
            ["--prompt", "a fox"],
            "\n".join(f"k{n}: 1" for n in range(10)),
            "note: merged from stdin: `k0`, `k1`, `k2`, `k3`, `k4`, `k5`, `k6`, `k7` and 2 more\n"
            "warning: unknown keys from stdin are sent: `k0`, `k1`, `k2`, `k3`, `k4`, `k5`, `k6`,"
            " `k7` and 2 more; add `</dev/null` if stdin is not meant for this program\n",
        ),
        ([], "prompt: y\nMood: dark", ""),
        (["--input", "-", "--prompt", "x"], "Mood: dark", ""),
    ],
)
def test_fields_added_by_stdin_are_reported_and_sent(
    luma: Program, api: FakeApi, arguments: list[str], stdin: str, said: str
) -> None:
    api.on("POST", "/generations", generation(), generation())
    result = luma("generations", "create", *arguments, stdin=stdin)
    quiet = luma("generations", "create", *arguments, "-q", stdin=stdin)
    assert (result.exit_code, result.stderr) == (0, said)
    assert quiet.stderr == "".join(
        line for line in said.splitlines(keepends=True) if line.startswith("warning")
    )
    for name in said.partition("\n")[0].split("`")[1::2]:
        assert name in api.sent[0].json


def test_other_commands_report_stdin_of_a_loop_too(luma: Program, api: FakeApi) -> None:
    cost = luma("cost", "--prompt", "x", stdin="Mood: dark")
    api.on("POST", "/files", generation())
    record = luma(
        "files", "create", "--mime-type", "image/png", "--size-bytes", "1", stdin="Mood: dark"
    )
    said = (
        "note: merged from stdin: `Mood`\nwarning: unknown keys from stdin are sent: `Mood`; add"
        " `</dev/null` if stdin is not meant for this program\n"
    )
    assert (cost.stderr, record.stderr) == (said, said)


def test_literal_reads_stdin_and_input_as_data(luma: Program, api: FakeApi) -> None:
    Path("secret.txt").write_text("secret")
    Path("request.yaml").write_text('prompt: "@secret.txt"\nuser_id: "\\\\@x"\n')
    request = Path("request.yaml").read_text()
    data = {"prompt": "@secret.txt", "user_id": "\\@x"}
    deep = 'prompt: x\nl: [{data: "@secret.txt"}, "@-", {generation_id: "@last"}]'
    api.on("POST", "/generations", *[generation()] * 7)

    luma("generations", "create", stdin=request)
    luma("generations", "create", "--literal", stdin=request)
    luma("generations", "create", "--literal", "--input", "request.yaml")
    luma("generations", "create", "--literal", "--model", "@secret.txt", stdin=request)
    luma("generations", "create", "--literal", stdin=deep)
    luma.environ["LUMA_LITERAL"] = "1"
    luma("generations", "create", "--input", "-", stdin=request)
    luma("generations", "create", "--literal=false", stdin=request)

    embedded = {"prompt": "secret", "user_id": "@x"}
    assert [sent.json for sent in api.sent] == [
        embedded,
        data,
        data,
        {**data, "model": "secret"},
        {
            "prompt": "x",
            "l": [{"data": "@secret.txt"}, "@-", {"generation_id": "@last"}],
        },
        data,
        embedded,
    ]


def test_literal_holds_for_cost_and_files_create(luma: Program, api: FakeApi) -> None:
    request = 'mime_type: a/b\nsize_bytes: 1\nfilename: "@missing.txt"\nprompt: "@missing.txt"'
    api.on("POST", "/files", generation())

    assert luma("cost", stdin=request).exit_code == 2
    assert luma("cost", "--literal", stdin=request).exit_code == 0
    assert luma("files", "create", "--literal", stdin=request).exit_code == 0
    assert api.sent[0].json["filename"] == "@missing.txt"


STDIN_CLOSED = {
    "generations create --dry-run --prompt x": (0, ""),
    "generations create --dry-run": (3, "error: the API would reject this: "),
    "generations create --dry-run --prompt x --ref -": (2, "error: `stdin` is empty\n"),
    "generations create --dry-run --prompt-file -": (2, "error: stdin is empty\n"),
    "generations create --dry-run --prompt @-": (3, "error: the API would reject this: "),
    "generations create --dry-run --prompt x --input -": (0, ""),
    "generations wait": (2, "error: no generation id, neither as an argument nor on stdin\n"),
    "generations get": (2, "error: no generation id, neither as an argument nor on stdin\n"),
    "files get": (2, "error: no file id, neither as an argument nor on stdin\n"),
    "cost": (0, ""),
    "auth login --with-token": (2, "error: the API key is empty"),
    "generations list": (0, "note: this machine has no history yet\n"),
    "config list": (0, ""),
    "--help": (0, ""),
}


@pytest.mark.parametrize("line", STDIN_CLOSED)
def test_a_closed_stdin_is_empty(environ: dict[str, str], line: str) -> None:
    done = shell(f"luma-agents-cli {line} <&-", environ)
    code, said = STDIN_CLOSED[line]
    assert (done.returncode, done.stderr[: len(said) or None]) == (code, said)
