"""Journals of other versions: an older one is copied and migrated, a newer one is only read."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from luma_cli.journal import find, schema
from luma_cli.journal.journal import Journal
from luma_cli.journal.schema import MIGRATIONS, VERSION
from tests.support.fake_api import FakeApi, generation
from tests.support.program import Program, Result

ID = "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"
CREATE = ("generations", "create", "--prompt", "x")


@pytest.fixture
def path(luma: Program, tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    luma.environ["LUMA_STATE_DIR"] = str(folder)
    return folder / "history.db"


def write_version(path: Path, version: int) -> None:
    """Write a journal as this version of the program did, with one job in it."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        for script in MIGRATIONS[:version]:
            connection.executescript(script)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute(
            "INSERT INTO submissions (created_at, profile, base_url, type, model, prompt, request,"
            " cost, plan, process, outcome, generation_id) VALUES (1e9, 'default', 'https://api.test/v1',"
            " 'image', 'uni-1', 'old', '{}', '0.04', '{}', 1, 'accepted', ?)",
            (ID,),
        )
        connection.commit()


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return schema.version_of(connection)


@pytest.mark.parametrize("version", range(1, VERSION))
def test_an_older_journal_is_migrated_after_a_copy(luma: Program, path: Path, version: int) -> None:
    write_version(path, version)

    result = luma("generations", "list", "--transform", "prompt", "-r")

    assert result == Result(0, "old\n", "")
    copy = path.with_name(f"history.db.version-{version}")
    assert (version_of(path), version_of(copy)) == (VERSION, version)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT prompt FROM submissions").fetchall() == [("old",)]
    assert sorted(file.name for file in path.parent.iterdir() if ".copy" in file.name) == []


def test_a_copy_that_exists_is_kept(path: Path) -> None:
    write_version(path, 2)
    path.with_name("history.db.version-2").write_text("precious")

    Journal(path, print)

    assert path.with_name("history.db.version-2").read_text() == "precious"
    assert len(list(path.parent.glob("history.db.version-2-*"))) == 1


def test_a_migration_without_room_for_the_copy_changes_nothing(
    luma: Program, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_version(path, 2)

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(schema, "_copy", no_room)

    result = luma(*CREATE)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "no space left on device" in result.stderr
    assert version_of(path) == 2


def test_a_journal_of_a_newer_version_is_read_with_a_warning_and_not_written(
    luma: Program, api: FakeApi, path: Path
) -> None:
    api.on("POST", "/generations", generation(id=ID))
    luma(*CREATE)
    newer = VERSION + 1
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE submissions ADD COLUMN more TEXT")
        connection.execute(f"PRAGMA user_version = {newer}")
        connection.commit()

    shown = luma("generations", "list", "--transform", "id", "-r")
    paid = luma(*CREATE)

    assert shown == Result(
        0,
        f"{ID}\n",
        f"warning: the journal has version {newer}, and this program knows version {VERSION}:"
        " some of it may not be shown\n",
    )
    assert (paid.exit_code, paid.stdout, len(api.sent)) == (1, "", 1)
    assert paid.stderr.endswith(
        f"error: the journal `{path}` has version {newer}, and this program writes version"
        f" {VERSION}\nhint: upgrade luma-agents-cli, set `LUMA_STATE_DIR`, or submit with"
        " `--no-history`\n"
    )
    assert version_of(path) == newer
    assert find.entry_of(Journal(path, print), "2") is None
