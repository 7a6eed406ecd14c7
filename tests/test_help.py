"""Help screens: the same on the short way and on the long one, and at home in any width."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli import PROGRAM, VERSION_LINE
from luma_cli.__main__ import run as start
from luma_cli.cli.help import help_of
from luma_cli.cli.root import root_command
from luma_cli.docgen.tree import commands
from luma_cli.terminal_width import columns
from tests.support.program import Program

COMMANDS = [command.path[1:] for command in commands(root_command)]


def run(*argv: str, **options: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "luma_cli", *argv]
    return subprocess.run(line, text=True, stderr=subprocess.PIPE, check=False, **options)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_of_every_command_is_the_page_of_its_rows(
    luma: Program, words: tuple[str, ...], flag: str
) -> None:
    luma.environ["COLUMNS"] = "64"
    result = luma(*words, flag)
    assert (result.stdout, result.stderr) == (help_of([*words], PROGRAM, 64), "")
    assert result.stdout.startswith(" ".join(["Usage:", PROGRAM, *words]))


def test_help_beside_other_words_is_the_same_page(luma: Program) -> None:
    assert luma("generations", "create", "-q", "--help") == luma("generations", "create", "--help")


@given(st.sampled_from(COMMANDS), st.integers(36, 200))
def test_help_keeps_within_the_width_but_for_words_and_examples(
    words: tuple[str, ...], width: int
) -> None:
    page = help_of([*words], PROGRAM, width)
    assert page is not None
    inside, _, _ = page.partition("\nExamples:\n")
    for line in inside.splitlines():
        is_term_or_word = line.startswith("  -") or len(line.split()) <= 2
        assert len(line) <= width or is_term_or_word


def test_help_in_a_narrow_terminal_puts_descriptions_below_their_flags() -> None:
    page = help_of(["generations", "get"], PROGRAM, 40)
    assert page is not None
    assert "  --generation-id ID\n      " in page


def test_help_is_printed_without_the_rest_of_the_program() -> None:
    done = run("generations", "create", "--help", stdout=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == help_of(["generations", "create"], PROGRAM, columns(os.environ, 1, 2))


def test_help_that_cannot_be_printed_is_an_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:  # noqa: PTH123 - it is no file
        done = run("--help", stdout=full)
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        1,
        "error: cannot write to stdout: no space left on device",
    )


@pytest.mark.parametrize("line", ["--version", "generations create --help"])
def test_version_and_help_are_utf8_whatever_stdout_is(
    monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    screen = io.BytesIO()  # as the console of Windows, which file descriptor 1 passes by
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(screen, encoding="utf-16"))
    monkeypatch.setattr(sys, "argv", ["luma.exe", *line.split()])
    with pytest.raises(SystemExit) as end:
        start()
    page = help_of(["generations", "create"], PROGRAM, columns(os.environ, 1, 2))
    assert (end.value.code, screen.getvalue().decode()) == (
        0,
        VERSION_LINE if line == "--version" else page,
    )


def test_help_that_is_no_longer_read_ends_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as gone:  # noqa: PTH123 - it is no file
        done = run("generations", "create", "--help", stdout=gone)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("word", ["generations create", "generations ", "\n= luma-agents-cli cost"])
def test_help_of_words_in_one_is_not_that_of_the_command(word: str) -> None:
    done = run(word, "--help", stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: unknown command `")


@pytest.mark.parametrize("words", ["generations create --prompt", "nonsense", "get", "@manpages"])
def test_what_is_no_command_has_no_help(words: str) -> None:
    assert help_of(words.split(), PROGRAM, 80) is None


def test_the_width_is_that_of_the_terminal_or_what_columns_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "33")
    assert columns(os.environ, 1, 2) == 33
    monkeypatch.setenv("COLUMNS", "wide")
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((0, 0)))
    assert columns(os.environ, 1, 2) == 80


def test_the_width_in_front_of_a_pager_is_that_of_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    def size(descriptor: int) -> os.terminal_size:
        if descriptor == 1:
            raise OSError
        return os.terminal_size((44, 20))

    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(os, "get_terminal_size", size)

    assert columns(os.environ, 1, 2) == 44
