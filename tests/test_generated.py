"""`completions/` and `man/` are what the command tree says, and work."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

import luma_cli
from luma_cli.app import app
from luma_cli.docgen.__main__ import WRITE_COMMAND, stale
from luma_cli.docgen.tree import Command, commands

ROOT = Path(luma_cli.__file__).parents[1]
COMMANDS = commands(get_command(app))
BASH = shutil.which("bash") or ""


def test_the_committed_files_are_current() -> None:
    assert stale(ROOT) == [], f"run `{WRITE_COMMAND}`"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.path))
def test_every_command_has_help_and_every_leaf_an_example(command: Command) -> None:
    assert command.help
    assert command.children or command.examples
    assert all(option.help not in ("", "None") for option in command.options)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.path))
def test_examples_fit_a_terminal(command: Command) -> None:
    lines = [line for example in command.examples for line in example.split("\n")]
    assert [line for line in lines if len(line) > 76] == []


@pytest.mark.skipif(not shutil.which("mandoc"), reason="no mandoc here")
@pytest.mark.parametrize("page", sorted((ROOT / "man").glob("*.1")), ids=lambda page: page.name)
def test_pages_render_without_a_warning(page: Path) -> None:
    done = subprocess.run(
        [str(shutil.which("mandoc")), "-T", "lint", "-W", "warning", str(page)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""


@pytest.mark.skipif(not BASH, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["gen"], ["generations"]),
        ([""], ["generations", "files", "auth", "config", "sandbox", "cost"]),
        (["generations", ""], ["create", "get", "wait", "download", "list", "show", "resume"]),
        (["generations", "create", "--start"], ["--start-frame"]),
        (["--format", "json", "auth", "log"], ["login", "logout"]),
        (["generations", "get", "x", "--format-"], ["--format-error"]),
        (["generations", "create", "--ref", "pic"], ["picture.png"]),
    ],
)
def test_bash_completes(words: list[str], offered: list[str]) -> None:
    Path("picture.png").touch()
    script = (
        f'source "{ROOT}/completions/luma-agents-cli.bash"; COMP_WORDS=(luma "$@");'
        ' COMP_CWORD=$#; _luma_agents_cli; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [BASH, "-c", script, "bash", *words], capture_output=True, text=True, check=True
    )
    assert (done.stdout.split(), done.stderr) == (offered, "")
