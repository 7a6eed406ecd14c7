"""Text files: a byte order mark and the last line end are not part of a prompt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.fake_api import FakeApi, generation
from tests.support.installed import shell
from tests.support.program import Program


@pytest.mark.parametrize(
    ("content", "prompt"),
    [
        (b"a fox\n", "a fox"),
        (b"a fox", "a fox"),
        (b"a fox\n\n", "a fox\n"),
        (b"\xef\xbb\xbfa fox\r\n", "a fox"),
        (b"a\r\nfox\r\n", "a\nfox"),
        (b" a fox \n", " a fox "),
        ("\ufeff\ufeffa".encode(), "\ufeffa"),
    ],
)
def test_a_prompt_file_has_no_mark_and_no_last_line_end(
    environ: dict[str, str], content: bytes, prompt: str
) -> None:
    Path("p.txt").write_bytes(content)
    for name in ("p.txt", "- < p.txt", "/dev/stdin < p.txt"):
        done = shell(f"luma-agents-cli generations create --dry-run --prompt-file {name}", environ)
        assert json.loads(done.stdout)["request"] == {"prompt": prompt}, name


def test_a_mark_in_a_file_of_a_text_is_dropped_and_its_line_end_kept(
    luma: Program, api: FakeApi
) -> None:
    Path("p.txt").write_bytes(b"\xef\xbb\xbfa fox\n")
    Path("request.yaml").write_bytes(b"\xef\xbb\xbfprompt: a fox\n")
    api.on("POST", "/generations", *[generation()] * 3)
    luma("generations", "create", "--prompt", "@p.txt")
    luma("generations", "create", "--prompt", "@file://p.txt")
    luma("generations", "create", "--input", "request.yaml")
    assert [sent.json["prompt"] for sent in api.sent] == ["a fox\n", "a fox\n", "a fox"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("prompt: a fox".encode("utf-16"), "UTF-16"),
        ("\ufeffprompt: a fox".encode("utf-16-be"), "UTF-16"),
        ("prompt: a fox".encode("utf-32"), "UTF-32"),
    ],
)
@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("--prompt-file p.txt", "`p.txt`"),
        ("--prompt-file - < p.txt", "stdin"),
        ("--input p.txt", "`p.txt`"),
        ("--input - < p.txt", "stdin"),
        ("< p.txt", "stdin"),
        ("--prompt @p.txt", "`p.txt`"),
        ("--prompt @file://p.txt", "`p.txt`"),
        ("--prompt @- < p.txt", "stdin"),
    ],
)
def test_utf_16_and_utf_32_are_named_and_nothing_is_sent(
    environ: dict[str, str], data: bytes, name: str, arguments: str, shown: str
) -> None:
    Path("p.txt").write_bytes(data)
    done = shell(f"luma-agents-cli cost {arguments}", environ)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {shown} is {name} text, and UTF-8 is needed\nhint: ")
