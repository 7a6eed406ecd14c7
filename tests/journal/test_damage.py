"""Whatever stands in the journal's rows: every command works, and a paid id is stored."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from luma_cli.errors import JournalError
from luma_cli.journal.entry import Entry, NewSubmission
from luma_cli.journal.journal import Journal
from luma_cli.journal.recent import write_recent
from tests.support.fake_api import BASE_URL, generation
from tests.support.program import KEY, Program, TestClock

ID = "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"
OTHER_ID = "9d1c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"
COLUMNS = sorted({*Entry._fields, "seconds", "process"} - {"entry", "is_damaged"})
DEEP = "[" * 100_000 + "]" * 100_000
VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(max_size=20),
    st.binary(max_size=20),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["path", "request_id", "wait", "output", "folder", "name", "at", "x"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ).map(json.dumps),
    st.sampled_from(
        [
            *("", "{", "[1]", "{}", "null", '"x"', "NaN", '{"a": 1e999}', "9" * 5000, DEEP),
            *(
                "[" * 500 + "]" * 500,
                '{"a":' * 999 + "1" + "}" * 999,
                b"\xff\xfe",
                "\0",
                "x" * 9999,
            ),
            *('{"prompt": "\\ud800"}', '[{"path": "\\udce9"}]', '[{"path": "a\\u0000b"}]'),
            *('{"wait": true, "output": 5}', '{"output": "/a\\u0000b"}', '[{"request_id": []}]'),
            *(float("inf"), 1e300, -1.0, "1e999999", "sNaN", "0,5", "-3", "../../x", "."),
        ]
    ),
)


def journal_with(folder: Path, count: int = 2) -> Path:
    """Return the path of a journal without constraints, in which every value can be put."""
    path = folder / "state" / "history.db"
    journal = Journal(path, lambda _: None)
    for an_id in (ID, OTHER_ID)[:count]:
        draft = NewSubmission("default", BASE_URL, {"prompt": "x"}, None, {"wait": True})
        entry = journal.begin(draft)
        journal.record_attempt(entry, "r1")
        journal.record_accepted(entry, an_id)
    journal.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'"
        )
    return path


def damage(path: Path, column: str, value: Any) -> None:
    is_text = isinstance(value, bytes) and value[:1] == b"\xff"  # text that is not UTF-8
    put = "CAST(? AS TEXT)" if is_text else "?"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"UPDATE submissions SET {column} = {put} WHERE entry = 1", (value,))  # noqa: S608 - a test's


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as an API that knows every job."""
    if request.method == "POST":
        return httpx.Response(201, json=generation(id="new"))
    an_id = request.url.path.rpartition("/")[2]
    return httpx.Response(200, json=generation("completed", id=an_id))


@settings(
    max_examples=int(os.environ.get("EXAMPLES", "8")),
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)
@given(column=st.sampled_from(COLUMNS), value=VALUES)
@example(column="files", value="no JSON")
@example(column="plan", value="no JSON")
@example(column="attempts", value="no JSON")
@example(column="request", value=DEEP)
@example(column="cost", value="sNaN")
@example(column="prompt", value=b"\xff\xfe")
def test_every_command_works_on_a_damaged_row(
    tmp_path_factory: pytest.TempPathFactory, column: str, value: Any
) -> None:
    folder = tmp_path_factory.mktemp("damage")
    path = journal_with(folder)
    damage(path, column, value)
    environ = {
        "LUMA_STATE_DIR": str(path.parent),
        "LUMA_AGENTS_API_KEY": KEY,
        "LUMA_BASE_URL": BASE_URL,
        "LUMA_MAX_COST_PER_DAY": "10000000000",
    }
    luma = Program(folder / "config.toml", TestClock(), httpx.MockTransport(answer), environ)

    for argv in (
        ["list"],
        ["list", "--format", "jsonl"],
        *(["list", "--spend", by] for by in ("day", "model", "tag")),
        ["list", "--search", "x", "--since", "1h"],
        ["show", "1"],
        ["show", "2"],
        ["get", "@last"],
        ["get", ID[:8]],
        ["resume"],
        ["resume", "1"],
        ["create", "--prompt", "x"],
        ["create", "--prompt", "x", "--once"],
        ["create", "--prompt", "y", "--once", "--wait"],
    ):
        result = luma("generations", *argv)
        assert result.exit_code in (0, 1, 2, 3, 11, 12), (argv, result)
        assert result.stderr.count("is damaged") <= 1
        assert "error: cannot use the journal" not in result.stderr
        for stream in (result.stdout, result.stderr):
            stream.encode("utf-8", "surrogateescape")
        if argv == ["create", "--prompt", "x"]:
            assert (result.exit_code, '"id": "new"' in result.stdout) == (0, True)
    luma("generations", "list", terminal=True)


@pytest.mark.parametrize("column", ["plan", "files", "attempts", "request"])
@pytest.mark.parametrize("value", ["no JSON", "{}", "[]", DEEP, b"\0", None])
def test_a_paid_id_is_stored_in_a_damaged_row(tmp_path: Path, column: str, value: Any) -> None:
    path = journal_with(tmp_path, 1)
    damage(path, column, value)
    warnings: list[str] = []
    journal = Journal(path, warnings.append)

    journal.record_attempt(1, "r2")
    journal.record_accepted(1, "new")
    journal.record_file("new", {"path": "/a.png"})

    (entry,) = journal.entries("1")
    assert (entry.outcome, entry.generation_id) == ("accepted", "new")
    assert entry.attempts[-1]["request_id"] == "r2"
    assert entry.files[-1] == {"path": "/a.png"}
    assert len(warnings) <= 1


def test_many_damaged_rows_are_one_warning(luma: Program, tmp_path: Path) -> None:
    path = journal_with(tmp_path)
    luma.environ["LUMA_STATE_DIR"] = str(path.parent)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE submissions SET files = 'no JSON', plan = 5")

    result = luma("generations", "list", "--format", "jsonl")

    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [OTHER_ID, ID]
    assert result.stderr == (
        "warning: entry 2 of the journal is damaged; unreadable values of this and other entries"
        " are left out\n"
    )


def test_a_missing_column_is_a_journal_error(luma: Program, tmp_path: Path) -> None:
    path = journal_with(tmp_path)
    luma.environ["LUMA_STATE_DIR"] = str(path.parent)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE submissions DROP COLUMN failure_reason")

    result = luma("generations", "show", "1")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: cannot use the journal ")


def test_recent_ids_never_raise(tmp_path: Path) -> None:
    path = journal_with(tmp_path)
    damage(path, "prompt", b"\xff")
    journal = Journal(path, lambda _: None)
    write_recent(journal)
    assert OTHER_ID in (path.parent / "recent.txt").read_text()

    journal.close()
    write_recent(journal)  # a closed one


def test_a_request_that_no_journal_can_hold_is_an_error(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    journal = Journal(tmp_path / "history.db", lambda _: None)

    with pytest.raises(JournalError, match="cannot use the journal"):
        journal.begin(NewSubmission("default", BASE_URL, {"x": deep}, None, {}))

    assert list((tmp_path / "sending").iterdir()) == []
