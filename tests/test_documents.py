"""The documents say what the code declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import luma_cli
from luma_cli import errors
from luma_cli.errors import ExitCode, LumaError
from luma_cli.sandbox.faults.grammar import target_names
from luma_cli.sandbox.faults.kinds import KIND_OF
from luma_cli.settings.environment import variables

ROOT = Path(luma_cli.__file__).parents[1]
README = (ROOT / "README.md").read_text()


def error_types(base: type[LumaError] = LumaError) -> Iterator[type[LumaError]]:
    yield base
    for child in base.__subclasses__():
        yield from error_types(child)


def test_the_readme_lists_every_exit_code() -> None:
    rows = re.findall(r"^\| (\d+) \| (?:`(\w+)`)? ?\| (.+) \|$", README, re.MULTILINE)
    families: dict[int, str] = {}
    for error in error_types():
        families.setdefault(error.exit_code, error.code)
    assert rows == [(str(int(c)), families.get(c, ""), c.meaning) for c in ExitCode]


def test_the_readme_lists_every_variable() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", README, re.MULTILINE)
    assert rows == [(variable.name, variable.help) for variable in variables()]


def test_the_readme_names_every_fault_and_what_it_may_strike() -> None:
    words = set(re.findall(r"`([\w-]+)(?::\w+)?`", README))
    assert {*target_names(), *KIND_OF} - {"DELETE", "GET", "PUT"} - words == set()


def test_the_drawing_of_the_errors_shows_each_with_its_code() -> None:
    drawing = str(errors.__doc__)
    drawn = re.findall(r"(\w+Error) +(?:\d+ +)?(\w+)$", drawing, re.MULTILINE)
    declared = [(error.__name__, error.code) for error in error_types()]
    assert sorted(drawn) == sorted(declared)
    assert len({code for _, code in declared}) == len(declared)


def test_the_changelog_knows_this_version() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    released = [heading.split(" ")[0] for heading in headings[1:]]
    assert headings[0] == "Unreleased"
    assert released[:1] in ([], [luma_cli.__version__])
