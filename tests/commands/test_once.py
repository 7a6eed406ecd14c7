"""The same request again: `--once` and `--once-key` adopt a job, without them a note names it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from luma_cli.journal.entry import NewSubmission
from luma_cli.journal.journal import Journal
from tests.support.fake_api import BASE_URL, STORAGE_URL, FakeApi, completed, generation
from tests.support.installed import PROGRAMS
from tests.support.program import Program, Result, TestClock

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100
ID = "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"
OTHER_ID = "9d1c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"
CREATE = ("generations", "create", "--prompt", "a red fox")
REUSED = f"note: reusing generation {ID}, entry 1; nothing is submitted\n"


@pytest.fixture(autouse=True)
def state(luma: Program, tmp_path: Path) -> Path:
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")
    return tmp_path / "state"


def submitted(luma: Program, api: FakeApi, *argv: str, an_id: str = ID) -> None:
    api.on("POST", "/generations", generation(id=an_id))
    assert luma(*CREATE, *argv).exit_code == 0


def stores(api: FakeApi, name: str, times: int = 1) -> None:
    png = httpx.Response(200, content=PNG, headers={"Content-Type": "image/png"})
    api.on("GET", f"{STORAGE_URL}/{name}?X-Amz-Signature=s", *[png] * times)


def posts(api: FakeApi) -> int:
    return sum(sent.method == "POST" for sent in api.sent)


def outcomes(state: Path) -> list[tuple[str, str | None]]:
    with closing(sqlite3.connect(state / "history.db")) as journal:
        return journal.execute("SELECT outcome, generation_id FROM submissions").fetchall()


@pytest.mark.parametrize("flags", [["--once"], ["--once-key", "nightly"]])
def test_a_running_job_is_adopted(luma: Program, api: FakeApi, flags: list[str]) -> None:
    submitted(luma, api, *flags)
    api.on("GET", f"/generations/{ID}", generation("processing", id=ID))

    result = luma(*CREATE, *flags)

    document = json.dumps(generation("processing", id=ID) | {"reused": True}, indent=2)
    assert result == Result(0, f"{document}\n", REUSED)
    assert posts(api) == 1


def test_an_adopted_job_is_waited_for_and_saved_where_it_is_wanted_now(
    luma: Program, api: FakeApi
) -> None:
    submitted(luma, api)
    api.on("GET", f"/generations/{ID}", generation("processing", id=ID), completed("a.png", id=ID))
    stores(api, "a.png")

    result = luma(*CREATE, "--once", "-o", "fox.png")

    assert (result.exit_code, result.stderr, posts(api)) == (0, REUSED, 1)
    shown = json.loads(result.stdout)
    assert (shown["reused"], shown["files"][0]["path"]) == (True, "fox.png")
    assert Path("fox.png").read_bytes() == PNG
    assert luma("generations", "resume").stderr == "note: nothing is left to do\n"


def test_a_killed_run_is_taken_up_and_a_finished_one_answered_from_the_disk(
    luma: Program, api: FakeApi
) -> None:
    api.on("POST", "/generations", generation(id=ID))
    api.on("GET", f"/generations/{ID}", httpx.Response(404, json={"detail": "lost"}))
    assert luma(*CREATE, "--once", "-o", "fox.png").exit_code != 0
    api.on("GET", f"/generations/{ID}", *[completed("a.png", id=ID)] * 4)
    stores(api, "a.png", 2)  # the second time for the name alone

    first = luma(*CREATE, "--once", "-o", "fox.png")
    second = luma(*CREATE, "--once", "-o", "fox.png")

    assert (first.exit_code, second.exit_code) == (0, 0), second.stderr
    assert json.loads(second.stdout)["files"] == json.loads(first.stdout)["files"]
    assert posts(api) == 1


def test_a_file_of_another_job_is_neither_replaced_nor_taken_for_the_result(
    luma: Program, api: FakeApi
) -> None:
    Path("fox.png").write_text("mine")
    new = luma(*CREATE, "--once", "-o", "fox.png")
    assert (new.exit_code, posts(api)) == (1, 0)
    assert new.stderr.startswith("error: `fox.png` already exists\n")

    submitted(luma, api)
    api.on("GET", f"/generations/{ID}", completed("a.png", id=ID), completed("a.png", id=ID))
    stores(api, "a.png")
    adopted = luma(*CREATE, "--once", "-o", "fox.png")

    assert adopted.exit_code != 0
    assert (Path("fox.png").read_text(), posts(api)) == ("mine", 1)


@pytest.mark.parametrize("where", ["API", "history"])
def test_a_failed_job_is_submitted_again(luma: Program, api: FakeApi, where: str) -> None:
    submitted(luma, api)
    failed = generation("failed", id=ID, failure_code="content_moderated")
    api.on("GET", f"/generations/{ID}", failed)
    if where == "history":
        luma("generations", "wait", ID)
    api.on("POST", "/generations", generation(id=OTHER_ID))

    result = luma(*CREATE, "--once")

    assert (result.exit_code, result.stderr, posts(api)) == (0, "", 2)
    assert json.loads(result.stdout)["id"] == OTHER_ID


def test_a_refused_one_is_submitted_again_also_with_another_body(
    luma: Program, api: FakeApi
) -> None:
    api.on("POST", "/generations", httpx.Response(422, json={"detail": "No"}))
    assert luma(*CREATE, "--once-key", "k").exit_code == 3

    submitted(luma, api, "--once-key", "k", "--model", "uni-1-max")


def test_an_unknown_outcome_stays_one(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", httpx.ReadError("reset"))
    luma(*CREATE, "--once")
    luma("generations", "resume")  # the user is told

    assert luma(*CREATE, "--once") == Result(
        11,
        "",
        "error: entry 1 of the same request may or may not have been accepted\n"
        "hint: look at the dashboard first; without `--once` it is submitted again\n",
    )
    submitted(luma, api)
    api.on("GET", f"/generations/{ID}", generation(id=ID))
    assert luma(*CREATE, "--once").stderr == REUSED.replace("entry 1", "entry 2")


def test_a_key_belongs_to_one_request(luma: Program, api: FakeApi) -> None:
    submitted(luma, api, "--once-key", "k")

    assert luma(*CREATE, "--once-key", "k", "--model", "uni-1-max") == Result(
        2,
        "",
        "error: `--once-key k` was used for another request, entry 1\n"
        "hint: use another key; `luma-agents-cli generations show 1` has the request\n",
    )
    submitted(luma, api, "--once-key", "l", an_id=OTHER_ID)  # the same request, on purpose


@pytest.mark.parametrize(
    ("argv", "environ", "message"),
    [
        (["--once", "--no-history"], {}, "`--once` needs the history, which is turned off by"),
        (["--once-key", "k"], {"LUMA_HISTORY": "0"}, "`--once` needs the history, which is"),
        (["--once-key", ""], {}, "`--once-key` is empty"),
    ],
)
def test_once_needs_a_history_and_a_key(
    luma: Program, argv: list[str], environ: dict[str, str], message: str
) -> None:
    luma.environ |= environ

    result = luma(*CREATE, *argv)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {message}")


def test_once_compares_requests_by_meaning(luma: Program, api: FakeApi) -> None:
    Path("a.png").write_bytes(PNG)
    Path("b.png").write_bytes(PNG)
    submitted(luma, api, "--ref", "a.png", "--style", "manga")
    api.on("GET", f"/generations/{ID}", *[generation(id=ID)] * 2)

    moved = luma(
        "generations", "create", "--style", "manga", *CREATE[2:], "--ref", "b.png", "--once"
    )
    assert moved.stderr == REUSED
    uploaded = luma(*CREATE, "--ref", "b.png", "--style", "manga", "--once", "--upload", "always")
    assert uploaded.stderr == REUSED  # nothing was uploaded either

    Path("b.png").write_bytes(PNG + b"!")
    submitted(luma, api, "--ref", "b.png", "--style", "manga", "--once", an_id=OTHER_ID)


def test_a_job_of_another_account_is_not_adopted(luma: Program, api: FakeApi) -> None:
    submitted(luma, api)
    luma.environ["LUMA_BASE_URL"] = "https://other.test/v1"
    api.on("POST", "https://other.test/v1/generations", httpx.Response(201, json=generation()))

    assert luma(*CREATE, "--once").stderr == ""


def test_a_limit_on_cost_does_not_stop_what_costs_nothing(luma: Program, api: FakeApi) -> None:
    submitted(luma, api)
    api.on("GET", f"/generations/{ID}", generation(id=ID))

    assert luma(*CREATE, "--once", "--max-cost", "0").stderr == REUSED


@pytest.mark.parametrize(
    ("outcome", "note"),
    [
        (
            "accepted",
            f"generation {ID} of the same request is still running; add `--once` to resume it"
            " instead of paying again",
        ),
        ("unknown", "the same request has an unknown outcome as entry 1: it may be paid already"),
        ("sending", "the same request is being sent as entry 1; add `--once` to wait for it"),
        ("refused", None),
        ("failed", None),
        ("done", None),
    ],
)
def test_an_unfinished_twin_is_named(
    luma: Program, api: FakeApi, state: Path, outcome: str, note: str | None
) -> None:
    api.on("POST", "/generations", generation(id=ID))
    luma(*CREATE)
    journal = Journal(state / "history.db", print)
    digest = journal.read("SELECT body_digest FROM submissions")[0][0]
    journal.read("DELETE FROM submissions")
    journal.read("DELETE FROM sqlite_sequence")
    draft = NewSubmission("default", BASE_URL, {}, None, {"wait": True}, body_digest=digest)
    entry = journal.begin(draft)
    if outcome in ("accepted", "failed", "done"):
        journal.record_accepted(entry, ID)
    if outcome in ("failed", "done"):
        state_of = {"failed": "failed", "done": "completed"}[outcome]
        journal.record_end(ID, state_of, (None, None), timed=False)
        journal.record_done(ID)
    if outcome == "unknown":
        journal.record_unknown(entry, "reset")
    if outcome == "refused":
        journal.record_refused(entry, "no")
    api.on("POST", "/generations", generation(id=OTHER_ID))

    result = luma(*CREATE)

    told = f"note: {note}\n" if note else ""
    assert (result.exit_code, result.stderr) == (0, told)
    journal.close()


def test_a_sender_is_waited_for(
    luma: Program, api: FakeApi, state: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(luma, api)
    journal = Journal(state / "history.db", print)
    journal.read("UPDATE submissions SET outcome = 'refused'")
    digest = journal.read("SELECT body_digest FROM submissions")[0][0]
    entry = journal.begin(NewSubmission("default", BASE_URL, {}, None, {}, body_digest=digest))
    api.on("GET", f"/generations/{ID}", generation(id=ID))
    sleep = clock.sleep

    def accept_in_the_meantime(seconds: float) -> None:
        sleep(seconds)
        if clock.time > 1:
            journal.record_accepted(entry, ID)

    monkeypatch.setattr(clock, "sleep", accept_in_the_meantime)

    result = luma(*CREATE, "--once")

    told = "note: another process is submitting the same request as entry 2\n"
    assert (result.exit_code, result.stderr) == (0, told + REUSED.replace("entry 1", "entry 2"))
    assert clock.sleeps == [0.25] * 5


def test_a_sender_is_not_waited_for_without_end(
    luma: Program, api: FakeApi, state: Path, clock: TestClock
) -> None:
    submitted(luma, api)
    journal = Journal(state / "history.db", print)
    digest = journal.read("SELECT body_digest FROM submissions")[0][0]
    journal.read("DELETE FROM submissions")
    journal.begin(NewSubmission("default", BASE_URL, {}, None, {}, body_digest=digest))

    result = luma(*CREATE, "--once", "--wait", "--timeout", "5s")

    assert (result.exit_code, clock.time) == (9, 5.0)
    assert result.stderr.endswith(
        "error: entry 2 is still being sent by another process\n"
        "hint: resume it with `luma-agents-cli generations resume 2`\n"
    )
    journal.close()


def test_a_dead_sender_is_not_waited_for(
    luma: Program, api: FakeApi, state: Path, clock: TestClock
) -> None:
    submitted(luma, api)
    with closing(sqlite3.connect(state / "history.db", isolation_level=None)) as connection:
        connection.execute("UPDATE submissions SET outcome = 'sending', generation_id = NULL")

    assert luma(*CREATE, "--once").exit_code == 11  # it had been sent
    assert clock.sleeps == []
    assert outcomes(state) == [("unknown", None)]


@pytest.mark.installed
def test_many_at_once_make_one_job(sandbox: dict[str, str], tmp_path: Path) -> None:
    environ = sandbox | {"LUMA_STATE_DIR": str(tmp_path / "state")}

    def create(_: int) -> Any:
        return subprocess.run(
            [PROGRAMS / "luma-agents-cli", *CREATE, "--once", "--transform", "id", "-r"],
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(create, range(6)))

    assert [each.returncode for each in done] == [0] * 6, [each.stderr for each in done]
    assert len({each.stdout for each in done}) == 1
    assert len(outcomes(tmp_path / "state")) == 1
    assert os.listdir(tmp_path / "state" / "sending") == []  # noqa: PTH208
