"""The newest generations, where a completion script finds them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.journal.entry import NewSubmission
from luma_cli.journal.journal import Journal
from luma_cli.journal.recent import MOST_RECENT, write_recent
from tests.support.fake_api import FakeApi, generation
from tests.support.program import Program


def noted(folder: Path, *submissions: tuple[str, str]) -> list[str]:
    """Return the lines of the file after these submissions, each an id and a prompt."""
    journal = Journal(folder / "history.db", lambda _: None)
    for generation_id, prompt in submissions:
        request = {"prompt": prompt, "type": "image"}
        entry = journal.begin(NewSubmission("default", "https://api.test/v1", request, None, {}))
        journal.record_accepted(entry, generation_id)
    write_recent(journal)
    return (folder / "recent.txt").read_text("utf-8").split("\n")[:-1]


def test_the_newest_come_first_and_old_ones_go(tmp_path: Path) -> None:
    lines = noted(tmp_path, *((f"id-{number}", "a  red\nfox") for number in range(60)))

    assert len(lines) == MOST_RECENT
    assert lines[0] == "id-59\timage: a red fox"
    assert [path.name for path in tmp_path.iterdir() if "recent" in path.name] == ["recent.txt"]
    assert stat.S_IMODE((tmp_path / "recent.txt").stat().st_mode) == 0o600


@pytest.mark.parametrize("bad", ["$(reboot)", "a b", "a\tb", "-rf", "", "é", "`id`", "x" * 101])
def test_an_id_that_means_something_to_a_shell_is_left_out(tmp_path: Path, bad: str) -> None:
    assert noted(tmp_path, (bad, "x"), ("good", "y")) == ["good\timage: y"]


@given(st.text(st.characters(codec=None)))
def test_any_prompt_is_one_line(tmp_path_factory: pytest.TempPathFactory, prompt: str) -> None:
    (line,) = noted(tmp_path_factory.mktemp("state"), ("good", prompt))

    assert line.startswith("good\timage: ")
    assert line.count("\t") == 1
    assert len(line) < 80


def test_a_submission_writes_it(luma: Program, api: FakeApi, tmp_path: Path) -> None:
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")
    api.on("POST", "/generations", generation())

    luma("generations", "create", "--prompt", "a red fox")

    assert (tmp_path / "state" / "recent.txt").read_text() == "gen_1\timage: a red fox\n"


def test_an_error_writing_recent_ids_is_ignored(
    luma: Program, api: FakeApi, tmp_path: Path
) -> None:
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")
    (tmp_path / "state" / "recent.txt").mkdir(parents=True)
    api.on("POST", "/generations", generation())

    result = luma("generations", "create", "--prompt", "a red fox")

    assert (result.exit_code, result.stderr) == (0, "")
