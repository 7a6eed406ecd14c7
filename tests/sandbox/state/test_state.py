"""`--state`: the state of a sandbox after a restart."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from luma_cli.errors import UsageError
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.state.store import FolderStore
from tests.sandbox.conftest import KEY, Sandbox, inline, picture

OPTIONS = SandboxOptions(latency={"image": 10}, requests_per_minute=2, jobs_at_once=5)


def test_state_keeps_jobs_links_and_limits(tmp_path: Path) -> None:
    options = replace(OPTIONS, state=tmp_path / "new" / "folder")
    before = Sandbox(options)
    first = before.create(prompt="a fox", image_ref=[inline(picture("#00ff00"))])
    second = before.create(prompt="[fails]")
    before.time += 30
    shown = [before.get(job) for job in (first, second)]
    link = before.get(first)["output"][0]["url"]
    file = before.ask("GET", link)

    before.state.close()
    after = Sandbox(options)
    after.time = before.time

    assert [after.get(job)["state"] for job in (first, second)] == ["completed", "failed"]
    assert [_without_links(after.get(job)) for job in (first, second)] == [
        _without_links(job) for job in shown
    ]
    again = after.ask("GET", link)
    assert (again.content, again.headers["ETag"]) == (file.content, file.headers["ETag"])
    assert after.ask("POST", "/v1/generations", {"prompt": "x"}).status_code == 429
    after.time += 31
    assert after.ask("POST", "/v1/generations", {"prompt": "x"}).status_code == 201


def _without_links(generation: dict[str, object]) -> dict[str, object]:
    return {**generation, "output": len(generation["output"])}  # type: ignore[arg-type]  # a list


def test_state_without_folder_is_not_kept() -> None:
    generation_id = Sandbox(OPTIONS).create()
    assert Sandbox(OPTIONS).ask("GET", f"/v1/generations/{generation_id}").status_code == 404


def test_state_contains_neither_keys_nor_pictures(tmp_path: Path) -> None:
    state = tmp_path / "state"
    sandbox = Sandbox(replace(OPTIONS, state=state))
    sandbox.create(image_ref=[inline(picture())])
    sandbox.state.close()

    written = b"".join(path.read_bytes() for path in state.iterdir())
    assert KEY.encode() not in written
    assert inline(picture())["data"].encode() not in written


def mode_of(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:o}"


def test_state_files_are_private_from_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, seen = tmp_path / "new" / "folder", list[dict[str, str]]()
    connect = sqlite3.connect

    def watched(database: Path, *args: Any, **kwargs: Any) -> Any:
        seen.append({path.name: mode_of(path) for path in (state, *state.iterdir())})
        return connect(database, *args, **kwargs)

    monkeypatch.setattr(sqlite3, "connect", watched)
    old_mask = os.umask(0)
    try:
        sandbox = Sandbox(replace(OPTIONS, state=state))
        sandbox.create()
    finally:
        os.umask(old_mask)

    assert seen == [{"folder": "700", "sandbox.sqlite3": "600"}]
    assert {path.name: mode_of(path) for path in state.iterdir()} == {
        "sandbox.sqlite3": "600",
        "sandbox.sqlite3-wal": "600",
        "sandbox.sqlite3-shm": "600",
    }


def test_state_file_becomes_private_and_folder_keeps_its_mode(
    tmp_path: Path,
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(0o755)
    (state / "sandbox.sqlite3").touch(0o644)
    FolderStore(state).close()
    assert (mode_of(state), mode_of(state / "sandbox.sqlite3")) == ("755", "600")


def test_state_file_is_not_opened_through_symlink(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("")
    (tmp_path / "sandbox.sqlite3").symlink_to(tmp_path / "victim")
    with pytest.raises(UsageError, match="too many levels of symbolic links"):
        FolderStore(tmp_path)
    assert (tmp_path / "victim").read_text() == ""


def test_unusable_state_folder_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError) as refusal:
        FolderStore(tmp_path / "file" / "folder")
    assert refusal.value.message.startswith("cannot keep the sandbox's state in")
    assert refusal.value.message.endswith("not a directory")


def test_state_file_that_is_not_a_database_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "sandbox.sqlite3").write_text("nonsense " * 100)
    with pytest.raises(UsageError, match="file is not a database"):
        FolderStore(tmp_path)


def test_store_keeps_the_order_of_first_saves(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    for key, value in (("b", 1), ("a", 2), ("b", 3)):
        store.save("kind", key, {"value": value})
    assert list(FolderStore(tmp_path).load("kind")) == [{"value": 3}, {"value": 2}]
    assert list(store.load("other")) == []
    with sqlite3.connect(tmp_path / "sandbox.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM record").fetchone() == (2,)
