"""Odd answers to the one paid request of `create`: the id is kept, and the exit code is safe."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.fake_api import FakeApi, completed, generation
from tests.support.program import Program, Result, TestClock

ID = "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"
JOB = json.dumps(generation(id=ID))
DAMAGED = httpx.Response(201, text=JOB[: JOB.index("state")])
CREATE = ("generations", "create", "--prompt", "x")


@pytest.fixture(autouse=True)
def history(luma: Program, tmp_path: Path) -> Path:
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")
    return tmp_path / "state" / "history.db"


def stored(history: Path) -> tuple[Any, ...]:
    with closing(sqlite3.connect(history)) as journal:
        (row,) = journal.execute("SELECT outcome, generation_id FROM submissions")
    return tuple(row)


def test_a_damaged_answer_with_an_id_is_confirmed_by_a_get(
    luma: Program, api: FakeApi, history: Path
) -> None:
    api.on("POST", "/generations", DAMAGED)
    api.on("GET", f"/generations/{ID}", generation("processing", id=ID))

    result = luma(*CREATE, "--format", "jsonl", "--transform", "state")

    assert result == Result(0, '"processing"\n', f"note: submitted as {ID}\n")
    assert stored(history) == ("accepted", ID)


def test_an_id_that_the_api_does_not_know_is_named_and_the_outcome_unknown(
    luma: Program, api: FakeApi, history: Path
) -> None:
    api.on("POST", "/generations", DAMAGED)
    not_found = httpx.Response(404, json={"detail": "Not found"})
    api.on("GET", f"/generations/{ID}", *[not_found] * 16)

    result = luma(*CREATE)

    assert (result.exit_code, result.stdout) == (11, "")
    assert f"the API does not know the id in it, {ID}" in result.stderr
    assert stored(history) == ("unknown", ID)


def test_an_unconfirmed_id_is_printed_and_the_hint_is_to_wait_for_it(
    luma: Program, api: FakeApi, history: Path
) -> None:
    api.on("POST", "/generations", DAMAGED)
    api.on("GET", f"/generations/{ID}", *[httpx.ConnectError("refused")] * 5)

    result = luma(*CREATE)

    assert result.exit_code == 13
    assert f"hint: run `luma-agents-cli generations wait {ID}`\n" in result.stderr
    assert stored(history) == ("accepted", ID)


def test_a_gateway_page_neither_confirms_nor_rejects_an_id(
    luma: Program, api: FakeApi, history: Path
) -> None:
    api.on("POST", "/generations", DAMAGED)
    api.on("GET", f"/generations/{ID}", httpx.Response(302, headers={"Location": "/portal"}))

    assert luma(*CREATE).exit_code == 13
    assert stored(history) == ("accepted", ID)


def test_a_confirmation_ends_at_the_deadline(
    luma: Program, api: FakeApi, clock: TestClock, history: Path
) -> None:
    api.on("POST", "/generations", DAMAGED)
    unknown = httpx.Response(404, json={"detail": "Generation not found"})
    api.on("GET", f"/generations/{ID}", *[unknown] * 3)

    result = luma(*CREATE, "--wait", "--timeout", "3s")

    assert (result.exit_code, stored(history)) == (9, ("accepted", ID))
    assert sum(clock.sleeps) <= 3


def test_a_wait_survives_an_id_that_cannot_be_confirmed_at_once(
    luma: Program, api: FakeApi, history: Path
) -> None:
    api.on("POST", "/generations", DAMAGED)
    trouble = [httpx.ConnectError("refused")] * 6
    api.on("GET", f"/generations/{ID}", *trouble, completed("a.png", id=ID))

    result = luma(*CREATE, "--wait", "--transform", "state", "-r")

    assert (result.exit_code, result.stdout) == (0, "completed\n")
    assert stored(history) == ("accepted", ID)


def test_an_answer_without_an_id_is_kept_for_the_history(
    luma: Program, api: FakeApi, history: Path
) -> None:
    api.on("POST", "/generations", httpx.Response(201, text="<p>welcome</p>" * 200))

    assert luma(*CREATE).exit_code == 11
    assert stored(history) == ("unknown", None)
    with closing(sqlite3.connect(history)) as journal:
        ((kept,),) = journal.execute("SELECT answer FROM submissions")
    assert kept == ("<p>welcome</p>" * 200)[:1024]


@pytest.mark.parametrize(
    ("retry_after", "words"), [("20", ("--wait", "--timeout", "3s")), ("301", ())]
)
def test_no_retry_after_the_deadline_of_a_submission(
    luma: Program, api: FakeApi, clock: TestClock, history: Path, retry_after: str, words: list[str]
) -> None:
    limited = httpx.Response(429, json={"detail": "x"}, headers={"Retry-After": retry_after})
    api.on("POST", "/generations", limited)

    assert luma(*CREATE, *words).exit_code == 8
    assert clock.sleeps == []
    assert stored(history) == ("refused", None)


def test_a_retry_after_of_two_minutes_is_waited_for(
    luma: Program, api: FakeApi, clock: TestClock
) -> None:
    limited = httpx.Response(429, json={"detail": "x"}, headers={"Retry-After": "200"})
    api.on("POST", "/generations", limited, generation())

    assert luma(*CREATE).exit_code == 0
    assert clock.sleeps == [200]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(
    status=st.sampled_from([400, 402, 403, 404, 409, 413, 422, 429, 500, 502, 503]),
    body=anything | st.builds(lambda detail: {"detail": detail}, anything),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_error_body_of_any_shape_settles_the_entry(
    luma: Program, status: int, body: Any, tmp_path: Path
) -> None:
    api = FakeApi()
    api.on("POST", "/generations", httpx.Response(status, text=json.dumps(body)))
    luma.transport = httpx.MockTransport(api.handle)
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "fuzz")
    (tmp_path / "fuzz").mkdir(exist_ok=True)
    (tmp_path / "fuzz" / "history.db").unlink(missing_ok=True)

    result = luma(*CREATE, "--max-retries", "0", "--format-error", "json")

    assert result.exit_code in (3, 4, 5, 8, 10, 11)
    assert json.loads(result.stderr)["exit_code"] == result.exit_code
    outcome, generation_id = stored(tmp_path / "fuzz" / "history.db")
    assert outcome == ("unknown" if result.exit_code == 11 else "refused")
    assert generation_id is None
