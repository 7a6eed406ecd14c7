"""`@completion` and `@manpages`, as packagers call them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import luma_cli
from luma_cli.docgen.shells import FILES, SHELLS
from tests.support.program import Program, Result

ROOT = Path(luma_cli.__file__).parents[1]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_completion_script_is_the_one_that_is_shipped(bare_luma: Program, shell: str) -> None:
    shipped = (ROOT / "completions" / FILES[shell]).read_text()

    assert bare_luma("@completion", shell) == Result(0, shipped, "")


def test_an_unknown_shell(bare_luma: Program) -> None:
    assert bare_luma("@completion", "tcsh") == Result(
        2,
        "",
        "error: there is no completion script for `tcsh`\nhint: use one of bash, zsh, fish, pwsh\n",
    )


def test_manual_pages_are_written_compressed(bare_luma: Program) -> None:
    assert bare_luma("@manpages", "-o", "out") == Result(0, "Wrote manpages to out\n", "")

    page = Path("out/man1/luma-agents-cli.1.gz").read_bytes()
    assert gzip.decompress(page).decode() == (ROOT / "man" / "luma-agents-cli.1").read_text()
    assert not Path("out/man1/luma-agents-cli.1").exists()


def test_manual_pages_are_written_as_text(bare_luma: Program) -> None:
    result = bare_luma("@manpages", "-z=false", "--text")

    assert result == Result(0, "Wrote manpages to man\n", "")
    written = {page.name: page.read_text() for page in Path("man/man1").iterdir()}
    assert written == {page.name: page.read_text() for page in (ROOT / "man").iterdir()}


def test_a_folder_that_cannot_be_made(bare_luma: Program) -> None:
    Path("file").touch()

    assert bare_luma("@manpages", "-o", "file") == Result(
        1, "", "error: cannot write to `file/man1`: not a directory\n"
    )


def test_nobody_is_told_of_them(bare_luma: Program) -> None:
    assert "@" not in bare_luma("--help").stdout
    assert bare_luma("@manpage").stderr == (
        "error: unknown command `@manpage`\nhint: see `luma-agents-cli --help`\n"
    )
