"""A batch pays each row once and loses nothing, whatever happens; all inside of this process."""

from __future__ import annotations

import errno
import json
import random
import sqlite3
import threading
from contextlib import closing
from decimal import Decimal
from functools import partialmethod
from pathlib import Path
from typing import Any

import httpx
import pytest

from luma_cli.batch.manifest import Manifest
from luma_cli.body.request import Request
from luma_cli.errors import JournalError, SaveError, UnavailableError
from luma_cli.interrupts import Interrupts
from luma_cli.jobs.history import JobHistory
from luma_cli.jobs.submission_log import SubmissionLog
from luma_cli.journal.journal import Journal
from luma_cli.output.output import Output
from luma_cli.rules.prices import REFUNDED, price_of
from luma_cli.settings.paths import journal_file
from luma_cli.transfers.hashing_writer import HashingWriter
from luma_cli.workflows.session import Session
from tests.batch.running import Batch
from tests.support.batch_api import failed, refusal
from tests.support.fake_api import generation
from tests.support.program import Stream, TestClock

PRICE = 0.0404
RUNNING = httpx.Response(200, json=generation("processing"))


def test_all_rows_are_saved(batch: Batch) -> None:
    assert batch().exit_code == 0
    assert batch.statuses == ["saved"] * 12
    assert batch().exit_code == 0
    assert batch.statuses == ["skipped"] * 12
    assert batch.api.posts == 12


def test_a_dry_run_of_a_fresh_run_counts_every_row(batch: Batch) -> None:
    batch()
    assert "0 of 12 jobs would be submitted" in batch("--dry-run").stderr
    assert "12 of 12 jobs would be submitted" in batch("--dry-run", "--fresh").stderr


@pytest.mark.parametrize("moment", [1, 2, 5, 12, 13, 20])
def test_a_signal_while_a_result_is_recorded_loses_no_row(
    batch: Batch, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, calls = Manifest._append, []  # noqa: SLF001 - the moment is inside

    def record(manifest: Manifest, lines: list[bytes]) -> None:
        append(manifest, lines)
        calls.append(lines)
        if len(calls) == moment + 1:
            batch.program.interrupts.handle()

    monkeypatch.setattr(Manifest, "_append", record)
    done = batch()

    if done.exit_code != 0:
        assert done.exit_code == 130
        assert " of 12 saved" in done.stderr, done.stderr
        assert "run the same command to continue" in done.stderr
    assert set(batch.statuses) <= {"saved", "running", "not_sent"}
    batch.check_finished()


def test_a_signal_while_a_reader_keeps_stdout_waiting_ends_the_printing(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []

    def print_slowly(_: Output, text: str) -> None:
        printed.append(text)
        if len(printed) == 3:
            batch.program.interrupts.handle()
            raise KeyboardInterrupt  # also if another thread holds the signal

    with monkeypatch.context() as moment:
        moment.setattr(Output, "json_line", print_slowly)
        assert batch().exit_code == 130
    assert len(printed) == 3
    assert len(batch.statuses) == 12
    batch.check_finished()


@pytest.mark.parametrize(("status", "code"), [(401, 4), (403, 4), (402, 5)])
def test_no_access_or_no_funds_in_the_middle_brings_home_what_runs(
    batch: Batch, status: int, code: int
) -> None:
    batch.api.on_post = lambda number, _: refusal(status) if number > 5 else None
    done = batch()

    assert done.exit_code == code, done.stderr
    assert batch.statuses.count("saved") == 5
    assert batch.statuses.count("not_sent") == 7
    assert batch.api.posts < 5 + 11
    assert "run the same command to continue" in done.stderr
    batch.api.on_post = lambda *_: None
    batch.check_finished()


def test_a_lost_answer_is_unknown_and_submitted_again_only_on_request(batch: Batch) -> None:
    def lose(number: int, body: dict[str, Any]) -> httpx.Response | Exception | None:
        if number not in (3, 7):
            return None
        batch.api.accept(body)
        return httpx.ReadError("reset")

    batch.api.on_post = lose
    for _ in range(2):
        done = batch()
        assert done.exit_code == 11
        assert "--resubmit-unknown" in done.stderr
        assert batch.statuses.count("unknown") == 2
        assert batch.api.posts == 12
    assert batch("--resubmit-unknown").exit_code == 0
    assert batch.api.posts == 14


def test_an_outage_loses_and_refuses_nothing(batch: Batch, clock: TestClock) -> None:
    def answer(*_: Any) -> Exception | None:
        return httpx.ConnectError("no route") if 0.5 < clock.time < 90 else None

    def answer_and_wait(number: int, _: Any) -> Exception | None:
        if number == 2:
            clock.time = 1.0
        return answer()

    batch.api.on_post, batch.api.on_get, batch.api.on_storage = answer_and_wait, answer, answer
    batch.words = ["--jobs", "2"]
    done = batch()

    assert done.exit_code == 0, done.stderr
    assert batch.statuses == ["saved"] * 12
    assert len(batch.api.jobs) == 12
    assert "no route" in done.stderr


def test_an_upload_waits_for_the_end_of_an_outage(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads: list[str] = []

    def upload(_: Session, request: Request, **__: Any) -> Request:
        uploads.append("")
        if 3 < len(uploads) < 20:
            raise UnavailableError("cannot connect to `storage.test`: no route")
        return request

    monkeypatch.setattr("luma_cli.batch.submitter.upload_large", upload)
    done = batch("--jobs", "2")

    assert done.exit_code == 0, done.stderr
    assert batch.statuses == ["saved"] * 12
    assert batch.api.posts == 12
    assert 0 < done.stderr.count("no route") < 10


def test_a_server_that_is_down_from_the_start_ends_the_batch_soon(
    batch: Batch, clock: TestClock
) -> None:
    batch.api.on_post = lambda *_: httpx.ConnectError("no route")
    done = batch()

    assert done.exit_code == 12, done.stderr
    assert batch.statuses == ["not_sent"] * 12
    assert clock.time < 60
    assert done.stderr.count("no route") < 10
    assert set(batch.outcomes) == {"refused"}
    batch.api.on_post = lambda *_: None
    batch.check_finished()


@pytest.mark.parametrize("headers", [{"Retry-After": "7"}, {}])
def test_429_is_no_failure_and_uses_up_no_try(batch: Batch, headers: dict[str, str]) -> None:
    batch.api.on_post = lambda n, _: refusal(429, **headers) if n % 4 or n < 40 else None
    done = batch()

    assert done.exit_code == 0, done.stderr
    assert batch.statuses == ["saved"] * 12
    assert len(batch.api.jobs) == 12


def test_a_job_that_fails_is_submitted_again_as_often_as_asked(batch: Batch) -> None:
    batch.api.on_get = lambda job: failed(job, "generation_failed")
    batch.rows = 3
    assert batch("--resubmit", "2").exit_code == 12
    assert batch.statuses == ["failed"] * 3
    assert batch.api.posts == 9

    assert batch("--resubmit", "2").exit_code == 12
    assert batch.api.posts == 9
    batch.api.on_get = lambda _: None
    assert batch("--resubmit-failed").exit_code == 0
    assert batch.api.posts == 12


def test_a_moderated_job_is_not_submitted_again(batch: Batch) -> None:
    batch.api.on_get = lambda job: failed(job, "content_moderated")
    batch.rows = 3
    assert batch("--resubmit", "2").exit_code == 12
    assert batch("--resubmit-failed").exit_code == 12
    assert batch.api.posts == 3


def test_a_failure_whose_end_was_not_stored_is_asked_for_again(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    batch.rows = 1
    batch.api.on_get = lambda job: failed(job, "content_moderated")
    with monkeypatch.context() as moment:
        moment.setattr(JobHistory, "ended", interrupt)
        assert batch().exit_code == 130
    assert batch.statuses == ["running"]

    done = batch("--resubmit-failed")
    assert "content_moderated" in done.stderr
    assert batch.statuses == ["failed"]
    assert batch.api.posts == 1


def test_a_job_that_never_ends_is_left_running_and_continued(batch: Batch) -> None:
    def stuck(job: dict[str, Any]) -> httpx.Response | None:
        is_stuck = job["prompt"] == "fox 5"
        return httpx.Response(200, json={**ANSWER, "id": job["id"]}) if is_stuck else None

    batch.api.on_get = stuck
    for words in (["--job-timeout", "30s"], ["--timeout", "60s"]):
        assert batch(*words).exit_code == 9
        assert batch.statuses.count("running") == 1
    batch.api.on_get = lambda _: None
    batch.check_finished()


ANSWER: dict[str, Any] = {
    "type": "image",
    "state": "dreaming",
    "model": "uni-1",
    "created_at": "2026-09-01T08:30:00Z",
    "output": [],
    "failure_reason": None,
    "failure_code": None,
}


def test_a_full_disk_ends_the_submitting(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    batch.words = ["--jobs", "2"]
    batch.rows = 40

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(HashingWriter, "write", full)
        done = batch()
    assert done.exit_code != 0
    assert batch.statuses.count("not_sent") > 20, done.stderr
    batch.check_finished()


def test_max_cost_is_reserved_before_each_submission(batch: Batch) -> None:
    batch.words = ["--max-cost", "0.25"]  # six jobs
    assert batch().exit_code == 5
    assert batch.statuses.count("saved") == 6
    assert batch.api.posts == 6
    assert batch().exit_code == 5
    assert batch.api.posts == 6
    batch.words = ["--max-cost", "0.35"]
    assert batch().exit_code == 5
    assert batch.api.posts == 8


def test_a_refund_makes_room_under_max_cost(batch: Batch) -> None:
    """A moderated job costs nothing; with one at a time, its price is there for the next."""
    batch.api.on_get = lambda job: failed(job, "content_moderated") if job["number"] < 7 else None
    batch.words = ["--max-cost", "0.25", "--jobs", "1"]
    done = batch()
    assert done.exit_code == 12, done.stderr
    assert batch.statuses.count("saved") == 6


@pytest.mark.parametrize("seed", range(4))
def test_max_cost_is_never_exceeded(batch: Batch, seed: int) -> None:
    """Ten in flight, random prices, lost answers and refunds; three invocations, with one cap."""
    chance = random.Random(seed)  # noqa: S311 - prices, no secrets
    cap, spent = Decimal("0.50"), list[Decimal]()
    codes = ["generation_failed", "content_moderated", "budget_exhausted"]
    ends = {f"gen_{n}": chance.choice([None, None, *codes]) for n in range(1, 60)}
    charged: dict[str, Decimal] = {}

    def price(job: dict[str, Any]) -> Decimal:
        return price_of(job).dollars or Decimal(0)

    def on_post(number: int, body: dict[str, Any]) -> httpx.Response | Exception | None:
        if number % 7 == 0:
            return refusal(429, **{"Retry-After": "1"})
        charged[f"gen_{len(batch.api.jobs) + 1}"] = price(body)
        spent.append(sum(charged.values(), Decimal(0)))
        if number % 11 == 0:
            batch.api.accept(body)
            return httpx.ReadError("reset")
        return None

    def on_get(job: dict[str, Any]) -> httpx.Response | None:
        if (code := ends[job["id"]]) is None:
            return None
        if code in REFUNDED:
            charged.pop(job["id"], None)
        return failed(job, code)

    batch.api.on_post, batch.api.on_get = on_post, on_get
    batch.rows = 30
    lines = ["id,prompt,model,ref"]
    for number in range(1, 31):
        refs = " | ".join(f"https://h.test/{n}.png" for n in range(chance.randrange(4)))
        model = chance.choice(["uni-1", "uni-1-max"])
        lines.append(f"r{number},fox {number},{model},{refs}")
    batch.table = "\n".join(lines) + "\n"
    for words in ([], ["--resubmit", "1"], ["--resubmit-failed"]):
        assert batch("--max-cost", str(cap), *words).exit_code in (5, 11), words
    assert max(spent) <= cap
    assert max(spent) > cap * Decimal("0.8")
    assert batch.api.most_in_flight > 1


@pytest.mark.parametrize("threads", [0, 1, 3, 5, 9])
def test_few_threads_lose_nothing(
    batch: Batch, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, started = threading.Thread.start, list[threading.Thread]()

    def limited(thread: threading.Thread) -> None:
        alive = [each for each in started if each.is_alive()]
        if len(alive) >= threads:
            raise RuntimeError("can't start new thread")
        start(thread)
        started.append(thread)

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", limited)
        done = batch()

    assert done.exit_code in (0, 12), done.stderr
    assert set(batch.statuses) <= {"saved", "not_sent"}, done.stderr
    assert batch.statuses.count("saved") == batch.api.posts
    batch.check_finished()


def test_a_locked_history_ends_the_submitting_and_hides_no_id(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = partialmethod(SubmissionLog._store, seconds=0.1)  # noqa: SLF001 - half a minute
    monkeypatch.setattr(SubmissionLog, "_store", store)
    monkeypatch.setattr("luma_cli.batch.submitter.LONGEST_STORING_SECONDS", 0.1)
    monkeypatch.setattr("luma_cli.jobs.history.LONGEST_NOTE_SECONDS", 0.1)
    monkeypatch.setattr("luma_cli.journal.database.BUSY_SECONDS", 0.1)
    locks: list[sqlite3.Connection] = []

    def lock(number: int, _: dict[str, Any]) -> None:
        if number == 3:
            path = journal_file(batch.program.environ)
            locks.append(sqlite3.connect(path, check_same_thread=False, isolation_level=None))
            locks[0].execute("BEGIN IMMEDIATE")

    batch.api.on_post = lock
    done = batch("--jobs", "1")
    locks[0].close()

    assert done.exit_code != 0
    assert "row 3 is submitted as gen_3" in done.stderr, done.stderr
    assert batch.api.posts == 3
    again = batch()
    assert again.exit_code == 11, again.stderr
    assert batch.statuses.count("unknown") == 1
    assert sorted(batch.api.prompts) == sorted(f"fox {n}" for n in range(1, 13))


def test_an_id_that_was_not_stored_at_once_is_stored_at_the_end(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse = [JournalError("cannot use the journal")]

    def record(journal: Journal, *given: Any, **fields: Any) -> None:
        if refuse:
            raise refuse.pop()
        record_accepted(journal, *given, **fields)

    record_accepted = Journal.record_accepted
    monkeypatch.setattr(Journal, "record_accepted", record)
    assert batch().exit_code == 0
    assert batch.outcomes == ["accepted"] * 12
    assert batch.api.posts == 12
    batch.check_finished()


def test_a_history_of_a_newer_version_sends_nothing(batch: Batch) -> None:
    batch.rows = 2
    batch()
    with closing(sqlite3.connect(journal_file(batch.program.environ))) as journal:
        journal.execute("PRAGMA user_version = 99")
    batch.rows = 3
    done = batch()
    assert done.exit_code == 12
    assert "version 99" in done.stderr
    assert batch.statuses == ["skipped", "skipped", "not_sent"]
    assert batch.api.posts == 2


@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_run_whose_history_is_lost_is_not_paid_again_by_itself(
    batch: Batch, is_damaged: bool
) -> None:
    assert batch().exit_code == 0
    path = journal_file(batch.program.environ)
    for name in ("-wal", "-shm", ""):
        path.with_name(path.name + name).unlink(missing_ok=True)
    if is_damaged:
        path.write_bytes(b"no database" * 1000)

    for _ in range(2):
        done = batch()
        assert done.exit_code == 2
        assert "has paid jobs of this run, and the history does not know it" in done.stderr
    assert batch.api.posts == 12
    assert batch("--fresh", "--yes").exit_code == 0
    assert batch.api.posts == 24


def test_another_account_may_use_the_same_folder(batch: Batch) -> None:
    assert batch().exit_code == 0
    batch.program.environ["LUMA_PROFILE"] = "other"
    batch.program.config_file.parent.mkdir()
    batch.program.config_file.write_text("[profiles.other]\n")
    assert batch().exit_code == 0
    assert batch.api.posts == 24


def test_a_report_that_cannot_be_written_hides_no_unknown_job(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise SaveError("cannot write `report.jsonl`: no space left on device")

    batch.api.on_post = lambda number, _: httpx.ReadError("reset") if number == 3 else None
    with monkeypatch.context() as patched:
        patched.setattr("luma_cli.batch.run.write_report", refuse)
        done = batch()
    assert done.exit_code == 11, done.stderr
    assert "cannot write `report.jsonl`" in done.stderr


class Stalled(Stream):
    """A stream whose reader reads three lines and no more; a signal ends the wait for it."""

    def __init__(self, interrupts: Interrupts) -> None:
        super().__init__()
        self._interrupts = interrupts

    def write(self, text: str) -> int:
        if self.getvalue().count("\n") >= 3:
            assert not self._interrupts.is_pending, "the program waits for the reader again"
            self._interrupts.handle()
            raise AssertionError("the signal did not end the wait")
        return super().write(text)


def test_a_signal_ends_the_wait_for_the_reader_of_stdout(batch: Batch) -> None:
    # No submission is under way when the reader stalls: it would hold the signal back.
    batch.api.on_get = lambda _: None if batch.api.posts == 12 else RUNNING
    batch.program.interrupts = Interrupts()
    done = batch("--jobs", "12", stdout=Stalled(batch.program.interrupts))

    assert done.exit_code == 130, done.stderr
    assert " of 12 saved" in done.stderr
    batch.check_finished()


def test_two_rows_with_one_id_are_no_bug(batch: Batch) -> None:
    batch.rows = 3
    batch.api.on_post = lambda number, _: (
        httpx.Response(201, json=generation(id="gen_1")) if number == 2 else None
    )
    batch.api.on_get = lambda _: None if batch.api.posts == 3 else RUNNING

    first = batch("--jobs", "3")

    assert first.exit_code == 11, first.stderr
    assert "the API answered with gen_1, the id of row 1" in first.stdout
    assert batch.statuses == ["saved", "unknown", "saved"]
    assert "Traceback" not in first.stderr


def test_the_refund_of_a_kept_job_is_what_it_has_cost(batch: Batch) -> None:
    batch.rows = 1
    batch.table = "id,prompt,model\nr1,fox,uni-1\n"
    batch.api.on_get = lambda _: RUNNING
    assert batch("--timeout", "30s").exit_code == 9

    batch.table = "id,prompt,model\nr1,fox,uni-1-max\n"
    batch.api.on_get = lambda job: failed(job, "generation_failed")
    result = batch("--on-change", "keep", "--max-cost", "1")

    assert result.exit_code == 6, result.stderr
    report = json.loads(Path("report.jsonl").read_text())
    assert report["cost_usd"] == 0


def test_a_kept_job_costs_what_its_submission_has_cost(batch: Batch) -> None:
    batch.rows = 1
    batch.table = "id,prompt,model\nr1,fox,uni-1\n"
    assert batch().exit_code == 0
    batch.table = "id,prompt,model\nr1,fox,uni-1-max\n"

    assert batch("--on-change", "keep").exit_code == 0
    assert json.loads(Path("report.jsonl").read_text())["cost_usd"] == PRICE


def test_a_manifest_that_cannot_be_opened_starts_no_new_run(batch: Batch) -> None:
    batch.rows = 2
    assert batch().exit_code == 0
    manifest = Path("out/manifest.jsonl").read_bytes()
    Path("out/manifest.jsonl").write_text("mine\n")
    assert batch("--fresh", "--yes").exit_code == 1
    Path("out/manifest.jsonl").write_bytes(manifest)

    assert batch().exit_code == 0
    assert batch.api.posts == 2


def test_a_run_with_a_name_of_its_own_may_have_the_rows_of_another(batch: Batch) -> None:
    batch.rows = 2
    assert batch("--run", "monday").exit_code == 0
    assert batch("--run", "tuesday").exit_code == 0
    assert batch.api.posts == 4

    shards = batch("--run", "monday", "--shard", "1/1")

    assert (shards.exit_code, batch.api.posts) == (2, 4)
    assert "the run `monday` has rows of this file already" in shards.stderr
