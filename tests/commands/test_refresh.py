"""`generations list` at a terminal, or with `--refresh`, asks about jobs that have not ended."""

from __future__ import annotations

import json
import time
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event

import httpx
import pytest

from luma_cli.jobs.scheduler import POLLS_AT_ONCE
from luma_cli.journal.entry import NewSubmission
from luma_cli.journal.journal import Journal
from luma_cli.workflows import refresh as _refresh
from tests.support.fake_api import BASE_URL, Answer, FakeApi, generation
from tests.support.program import Program, TestClock


@pytest.fixture(autouse=True)
def journal(luma: Program, tmp_path: Path) -> Journal:
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")
    return Journal(tmp_path / "state" / "history.db", print)


def submitted(journal: Journal, *ids: str) -> None:
    for an_id in ids:
        entry = journal.begin(NewSubmission("default", BASE_URL, {"prompt": an_id}, None, {}))
        journal.record_accepted(entry, an_id)


def states(luma: Program, *argv: str) -> list[str]:
    result = luma("generations", "list", "--format", "jsonl", *argv)
    return [json.loads(line)["state"] for line in result.stdout.splitlines()]


def test_a_terminal_shows_how_jobs_are_now(luma: Program, api: FakeApi, journal: Journal) -> None:
    submitted(journal, "a", "b", "c", "d")
    journal.record_end("a", "completed", (None, None), timed=False)
    api.on("GET", "/generations/b", generation("completed", id="b"))
    api.on("GET", "/generations/c", httpx.Response(404, json={"detail": "gone"}))
    api.on("GET", "/generations/d", generation("failed", id="d", failure_code="oops"))

    result = luma("generations", "list", terminal=True)

    assert [line.split()[1] for line in result.stdout.splitlines()[1:]] == [
        *("failed", "queued", "completed", "completed")
    ]
    assert (result.exit_code, result.stderr) == (0, "")
    assert states(luma) == ["failed", "queued", "completed", "completed"]
    assert len(api.sent) == 3  # what has ended is not asked about, and elsewhere nothing is


def test_list_refreshes_without_a_terminal_only_on_request(
    luma: Program, api: FakeApi, journal: Journal
) -> None:
    submitted(journal, "a")
    assert states(luma) == ["queued"]
    api.on("GET", "/generations/a", generation("processing", id="a"))

    assert states(luma, "--refresh") == ["processing"]
    result = luma("generations", "list", "--refresh=false", terminal=True)
    assert (result.stderr, len(api.sent)) == ("", 1)


def test_a_filter_of_states_sees_the_new_ones(
    luma: Program, api: FakeApi, journal: Journal
) -> None:
    submitted(journal, "a")
    api.on("GET", "/generations/a", generation("completed", id="a"))

    assert states(luma, "--refresh", "--state", "completed") == ["completed"]
    assert states(luma, "--state", "queued") == []


def test_the_number_is_bounded(luma: Program, api: FakeApi, journal: Journal) -> None:
    submitted(journal, *(f"id-{number}" for number in range(_refresh.MOST_UNASKED + 5)))
    for number in range(5, _refresh.MOST_UNASKED + 5):
        api.on("GET", f"/generations/id-{number}", generation("processing", id=f"id-{number}"))

    assert luma("generations", "list", "--limit", "0", terminal=True).exit_code == 0

    assert sorted(states(luma, "--limit", "0")) == [*["processing"] * 20, *["queued"] * 5]


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("refused"),
        httpx.Response(401, json={"detail": "no"}),
        httpx.Response(500),
        httpx.Response(200, json={}),
    ],
)
def test_an_error_of_list_refresh_is_ignored(
    luma: Program, api: FakeApi, journal: Journal, trouble: httpx.Response | Exception
) -> None:
    submitted(journal, "a")
    api.on("GET", "/generations/a", trouble, trouble)

    quiet = luma("generations", "list", terminal=True)
    asked = luma("generations", "list", "--refresh")

    assert (quiet.exit_code, quiet.stderr) == (0, "")
    assert (asked.exit_code, asked.stderr) == (0, "warning: 1 of 1 jobs could not be refreshed\n")
    assert states(luma) == ["queued"]


@pytest.mark.parametrize(
    "answer", [httpx.ConnectError("refused"), httpx.Response(429, json={"detail": "slow down"})]
)
def test_when_nothing_answers_the_rest_is_not_asked_about(
    luma: Program, api: FakeApi, journal: Journal, answer: Answer
) -> None:
    ids = [f"id-{number}" for number in range(100)]
    submitted(journal, *ids)
    for an_id in reversed(ids[-2 * POLLS_AT_ONCE :]):
        api.on("GET", f"/generations/{an_id}", answer)

    result = luma("generations", "list", "--refresh", "--limit", "1")
    asked = len(api.sent)
    api._answers.clear()  # noqa: SLF001 - how many of those under way were answered is chance

    assert result.stderr == "warning: 100 of 100 jobs could not be refreshed\n"
    assert POLLS_AT_ONCE <= asked <= 2 * POLLS_AT_ONCE


def test_without_a_key_the_list_is_shown(bare_luma: Program, journal: Journal) -> None:
    submitted(journal, "a")
    bare_luma.environ |= {"LUMA_BASE_URL": BASE_URL}
    del bare_luma.environ["LUMA_AGENTS_API_KEY"]

    result = bare_luma("generations", "list", terminal=True)

    assert (result.exit_code, result.stderr) == (0, "")
    assert " a " in result.stdout


def test_the_time_is_bounded_when_nothing_answers(
    luma: Program, api: FakeApi, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PassingClock(TestClock):
        def now(self) -> float:
            return time.monotonic()

    submitted(journal, "a")
    monkeypatch.setattr(_refresh, "SECONDS_UNASKED", 1.5)
    luma.clock = PassingClock()
    asked, shown = Event(), Event()

    def stall_until_the_list_is_shown(_: object) -> None:
        asked.set()
        assert shown.wait(30)
        raise httpx.ReadTimeout("late")

    api.before_answer = stall_until_the_list_is_shown

    result = luma("generations", "list", terminal=True)
    shown.set()

    assert asked.wait(30)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "queued" in result.stdout


def test_a_locked_history_is_not_waited_for_longer_than_the_api(
    luma: Program, api: FakeApi, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(journal, "a")
    api.on("GET", "/generations/a", generation("processing", id="a"))
    waits: list[float] = []
    busy_timeout = Journal.busy_timeout

    def noting_busy_timeout(
        self: Journal, seconds: float, **others: float
    ) -> AbstractContextManager[None]:
        waits.append(seconds)
        return busy_timeout(self, seconds, **others)

    monkeypatch.setattr(Journal, "busy_timeout", noting_busy_timeout)

    luma("generations", "list", terminal=True)

    assert waits == [_refresh.SECONDS_UNASKED]
