"""The documents say what the code declares."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import luma_cli
from luma_cli import exit_codes
from luma_cli.cli.root import root_command
from luma_cli.docgen.tree import commands
from luma_cli.errors import LumaError
from luma_cli.exit_codes import EXIT_CODES_AFTER_PAYMENT, ExitCode
from luma_cli.sandbox.faults.grammar import target_names
from luma_cli.sandbox.faults.kinds import KIND_OF
from luma_cli.settings.environment import variables
from tests.support.documents import (
    DOCUMENTS,
    ROOT,
    fenced_blocks,
    read_document,
    without_code,
)

EXIT_CODES = read_document("docs/errors-and-exit-codes.md")
# What a fenced block may be: shell is run by `test_examples`, the others are shown only.
LANGUAGES = {"sh", "text", "toml", ""}
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def error_types(base: type[LumaError] = LumaError) -> Iterator[type[LumaError]]:
    yield base
    for child in base.__subclasses__():
        yield from error_types(child)


def test_the_readme_fits_a_few_screens() -> None:
    assert len(read_document("README.md").splitlines()) <= 120


def test_the_readme_lists_every_command() -> None:
    rows = re.findall(r"^\| (`[a-z].*) \| .+ \|$", read_document("README.md"), re.MULTILINE)
    listed = set[str]()
    for row in rows:
        first, *others = re.findall(r"`([^`]+)`", row)
        group = first.partition(" ")[0]
        listed |= {first, *(f"{group} {other}" for other in others)}
    tree = commands(root_command)
    assert listed == {" ".join(each.path[1:]) for each in tree if not each.children}


def test_the_documents_list_every_exit_code() -> None:
    rows = re.findall(r"^\| (\d+) \| (?:`(\w+)`)? ?\| (.+) \|$", EXIT_CODES, re.MULTILINE)
    families: dict[int, str] = {}
    for error in error_types():
        families.setdefault(error.exit_code, error.code)
    assert rows == [(str(int(c)), families.get(c, ""), c.meaning) for c in ExitCode]


def test_the_documents_list_every_error_code_with_its_exit_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| .+ \|$", EXIT_CODES, re.MULTILINE)
    declared = {error.code: int(error.exit_code) for error in error_types()}
    assert {code: int(exit_code) for code, exit_code in rows} == declared
    assert len(rows) == len(declared)
    assert [int(exit_code) for _, exit_code in rows] == sorted(declared.values())


def test_the_documents_list_how_create_may_end_once_its_job_is_submitted() -> None:
    (listed,) = re.findall(r"Once a job is submitted, `create` ends with (.+) only\.", EXIT_CODES)
    assert set(map(int, re.findall(r"\d+", listed))) == set(map(int, EXIT_CODES_AFTER_PAYMENT))


def test_the_documents_list_every_variable() -> None:
    settings = read_document("docs/settings.md")
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", settings, re.MULTILINE)
    assert rows == [(variable.name, variable.help) for variable in variables()]


def test_the_documents_name_every_fault_and_what_it_may_strike() -> None:
    words = set(re.findall(r"`([\w-]+)(?::\w+)?`", read_document("docs/sandbox.md")))
    assert {*target_names(), *KIND_OF} - {"DELETE", "GET", "PUT"} - words == set()


@each_document
def test_every_fenced_block_is_of_a_known_language(document: Path) -> None:
    assert {language for language, _ in fenced_blocks(document)} <= LANGUAGES


@each_document
def test_links_lead_to_files_and_headings_that_exist(document: Path) -> None:
    assert [link for link in links_of(document) if not leads_somewhere(document, link)] == []


def test_the_source_distribution_has_all_that_documents_and_make_need(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)

    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    linked = {
        str((document.parent / link.partition("#")[0]).resolve().relative_to(ROOT))
        for document in DOCUMENTS
        for link in links_of(document)
        if not link.startswith("#")
    }
    assert {*linked, "README.md", "Makefile", "demo.sh", "tests/conftest.py"} - names == set()


def links_of(document: Path) -> list[str]:
    """Return the links of a document that stay in the project."""
    links = re.findall(r"\]\(([^)\s]+)\)", without_code(document.read_text()))
    return [link for link in links if not link.startswith("https://")]


def leads_somewhere(document: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = document.parent / name if name else document
    return target.is_file() and (not anchor or anchor in anchors_of(target))


def anchors_of(document: Path) -> set[str]:
    """Return the anchors that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_drawing_of_the_errors_shows_each_with_its_code() -> None:
    drawing = str(exit_codes.__doc__)
    drawn = re.findall(r"(\w+Error) +(?:\d+ +)?(\w+)$", drawing, re.MULTILINE)
    declared = [(error.__name__, error.code) for error in error_types()]
    assert sorted(drawn) == sorted(declared)
    assert len({code for _, code in declared}) == len(declared)


def test_the_changelog_knows_this_version() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    released = [heading.split(" ")[0] for heading in headings[1:]]
    assert headings[0] == "Unreleased"
    assert released[:1] in ([], [luma_cli.__version__])


def test_the_guide_names_what_exists() -> None:
    named = re.findall(r"`([\w/]+(?:\.py|/))`", (ROOT / "CONTRIBUTING.md").read_text())
    files = [f"/{path.relative_to(ROOT)}" for path in (ROOT / "luma_cli").rglob("*.py")]
    files += [f"/{path.relative_to(ROOT)}" for path in (ROOT / "tests").rglob("*.py")]
    files += ["/.ci/", "/benchmarks/", "/completions/", "/docs/", "/man/", "/engines/"]
    assert [name for name in named if not any(f"/{name}" in file for file in files)] == []


def test_the_guide_names_modules_by_their_rooms() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    rooms = {path.name for path in (ROOT / "luma_cli").iterdir() if path.is_dir()}
    named = [name.split(".") for name in re.findall(r"`([a-z_]+\.[a-z_]+)[.`]", guide)]
    for room, module in (name for name in named if name[0] in rooms):
        assert any((ROOT / "luma_cli" / room).glob(f"{module}*")), f"{room}.{module}"
