"""`completions/` and `man/` are what the command tree says, and work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import luma_cli
from luma_cli.cli.root import root_command
from luma_cli.docgen.__main__ import WRITE_COMMAND, stale
from luma_cli.docgen.tree import Command, commands
from luma_cli.settings.environment import variables

ROOT = Path(luma_cli.__file__).parents[1]
COMMANDS = commands(root_command)
PAGES = sorted((ROOT / "man").glob("*.1"))


def test_the_committed_files_are_current() -> None:
    assert stale(ROOT) == [], f"run `{WRITE_COMMAND}`"


def test_a_page_lists_the_variables_of_its_own_flags_and_the_overview_all() -> None:
    def listed(name: str) -> set[str]:
        page = (ROOT / "man" / f"{name}.1").read_text(encoding="utf-8")
        return set(re.findall(r"^\.B (LUMA_\w+)$", page, re.MULTILINE))

    assert listed("luma-agents-cli-generations-list") == set()
    own = listed("luma-agents-cli-generations-create")
    assert {"LUMA_MAX_COST", "LUMA_UPLOAD"} <= own
    assert "LUMA_FORMAT" not in own
    every = {each.name for each in variables() if each.name.startswith("LUMA_")}
    assert listed("luma-agents-cli") == every


WHERE_INSTALLED = {
    "share/man/man1": "man/*",
    "share/bash-completion/completions": "completions/*.bash",
    "share/zsh/site-functions": "completions/_*",
    "share/fish/vendor_completions.d": "completions/*.fish",
    "share/luma-agents-cli": "completions/*.ps1",
}


def test_a_wheel_brings_them_to_where_shells_and_man_look(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(dist)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)

    (wheel,) = dist.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        shared = {
            name.partition(".data/data/")[2]: archive.read(name)
            for name in archive.namelist()
            if ".data/data/" in name
        }
        names = archive.namelist()
    assert shared == {
        f"{folder}/{path.name}": path.read_bytes()
        for folder, pattern in WHERE_INSTALLED.items()
        for path in ROOT.glob(pattern)
    }
    assert "luma_cli/docgen/shells/engines/zsh" in names  # `completion` needs them


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.path))
def test_every_command_has_help_and_every_leaf_an_example(command: Command) -> None:
    assert command.help
    assert command.children or command.examples
    assert all(option.help not in ("", "None") for option in command.options)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.path))
def test_examples_fit_a_terminal(command: Command) -> None:
    lines = [line for example in command.examples for line in example.split("\n")]
    assert [line for line in lines if len(line) > 73] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.path))
def test_help_shows_how_values_with_a_unit_are_written(command: Command) -> None:
    with_unit = [each for each in command.options if each.metavar in ("DURATION", "SIZE", "AGE")]
    silent = [
        each for each in with_unit if not each.values and not re.search(r"\d", each.description)
    ]
    assert [option.names for option in silent] == []


SECTIONS = (
    *("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT", "FILES", "EXIT STATUS"),
    *("EXAMPLES", "SEE ALSO"),
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sections_stand_in_the_usual_order(page: Path) -> None:
    found = re.findall(r"^\.SH (.+)$", page.read_text(), re.MULTILINE)
    assert [section for section in found if section in SECTIONS] == list(SECTIONS)


def test_every_command_has_a_page_and_no_page_lacks_one() -> None:
    pages = {"-".join(command.path) for command in COMMANDS if not command.children}
    assert {page.stem for page in PAGES} == {"luma-agents-cli", *pages}


@pytest.mark.skipif(not shutil.which("man"), reason="no man here")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_man_shows_pages_without_a_warning(page: Path) -> None:
    done = subprocess.run(
        [str(shutil.which("man")), "--warnings", "-E", "UTF-8", "-l", str(page)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert page.stem in done.stdout


@pytest.mark.skipif(not shutil.which("mandoc"), reason="no mandoc here")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_render_without_a_warning(page: Path) -> None:
    done = subprocess.run(
        [str(shutil.which("mandoc")), "-T", "lint", "-W", "warning", str(page)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
