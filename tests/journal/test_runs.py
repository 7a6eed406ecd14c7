"""Runs of a batch: what each job was submitted as, what the run has spent, who works on it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from luma_cli.errors import CostLimitError, JournalError, JournalLockedError, RunLockedError
from luma_cli.journal import sender
from luma_cli.journal.account import Account
from luma_cli.journal.entry import NewSubmission
from luma_cli.journal.journal import Journal
from luma_cli.journal.run_job import CheckedFile, RunJob
from luma_cli.journal.run_lock import run_lock
from luma_cli.journal.runs import (
    begin_job,
    elsewhere,
    find_run,
    jobs_of,
    record_checked,
    settle_jobs,
    start_run,
)
from luma_cli.journal.schema import MIGRATIONS, VERSION
from luma_cli.journal.spending import spent_by_run, spent_since
from tests.journal.test_damage import VALUES
from tests.journal.test_versions import write_version

BASE_URL = "https://api.test/v1"
ACCOUNT = Account(BASE_URL, "default")
NAME = "/home/ann/shots.csv"
# Names and keys that no UTF-8 text, no line, or no C string can have.
ODD = ("sku-1", "", "käse/größe 1", "a\\u0041\\", "\udce9.csv", "\ud800", "a\0b", "a\nb\t", "🦊")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


@pytest.fixture
def journal(path: Path) -> Journal:
    return Journal(path, print, ACCOUNT)


def draft(cost: str | None = "0.04", **fields: Any) -> NewSubmission:
    known = None if cost is None else Decimal(cost)
    return NewSubmission("default", BASE_URL, {"prompt": "x"}, known, {"wait": True}, **fields)


def begin(
    journal: Journal, run: int, key: str = "sku-1", digest: str = "d1", cost: str | None = "0.04"
) -> int:
    return begin_job(journal, run, key, digest, draft(cost), check=lambda: None)


def refuse() -> None:
    raise CostLimitError("the job costs $0.04")


@pytest.mark.parametrize("name", ODD)
def test_the_newest_run_of_a_name_is_the_current_one(path: Path, name: str) -> None:
    journal = Journal(path, print, ACCOUNT)
    assert find_run(journal, name) is None

    first, second = start_run(journal, name), start_run(journal, name)
    start_run(journal, "other.csv")

    assert (first.name, second.name) == (name, name)
    assert find_run(journal, name) == second != first


def test_a_run_belongs_to_a_host_a_profile_and_a_sandbox(path: Path) -> None:
    accounts = [
        ACCOUNT,
        ACCOUNT._replace(profile="work"),
        ACCOUNT._replace(base_url="https://other.test/v1"),
        ACCOUNT._replace(sandbox="nonce"),
        ACCOUNT._replace(sandbox="other"),
    ]
    journals = [Journal(path, print, account) for account in accounts]

    started = [start_run(journal, NAME) for journal in journals]

    assert [find_run(journal, NAME) for journal in journals] == started
    assert len({run.run for run in started}) == 5


@pytest.mark.parametrize("key", ODD)
def test_a_job_has_its_last_submission(journal: Journal, key: str) -> None:
    run = start_run(journal, NAME).run
    entry = begin(journal, run, key)
    journal.record_attempt(entry, "r1")
    (sending,) = jobs_of(journal, run).values()
    assert sending == RunJob(
        *(key, "d1", 0, "{}", entry, "sending"),
        cost=Decimal("0.04"),
        attempts_text=sending.attempts_text,
        files_text="[]",
    )
    assert [attempt["request_id"] for attempt in sending.attempts] == ["r1"]

    journal.record_accepted(entry, "gen_1")
    file = {"path": "/out/a.png", "bytes": 9, "sha256": "5ha", "content_type": "image/png"}
    journal.record_file("gen_1", file)
    journal.record_end("gen_1", "failed", ("generation_failed", "no luck"), timed=True)
    journal.record_done("gen_1")

    (job,) = jobs_of(journal, run).values()
    assert job == sending._replace(
        outcome="accepted",
        generation_id="gen_1",
        state="failed",
        failure_code="generation_failed",
        failure_reason="no luck",
        files_text=job.files_text,
        attempts_text=None,
        is_done=True,
    )
    assert (job.files, job.attempts, job.is_free) == ([file], [], True)


def test_a_run_does_not_show_the_jobs_of_another(journal: Journal) -> None:
    first, second = (start_run(journal, NAME).run for _ in range(2))
    begin(journal, first)

    assert jobs_of(journal, second) == {}


def test_only_a_submission_that_may_have_been_paid_for_counts_as_resubmitted(
    journal: Journal,
) -> None:
    run = start_run(journal, NAME).run
    seen = []
    for end in ("refused", "refused", "accepted", "unknown", "sending"):
        entry = begin(journal, run, digest=end)
        if end != "sending":
            getattr(journal, f"record_{end}")(entry, "x")
        (job,) = jobs_of(journal, run).values()
        seen.append((job.entry, job.digest, job.outcome, job.resubmissions))

    assert seen == [
        (1, "refused", "refused", 0),
        (2, "refused", "refused", 0),
        (3, "accepted", "accepted", 0),
        (4, "unknown", "unknown", 1),
        (5, "sending", "sending", 2),
    ]


def test_every_submission_of_a_run_is_spent_until_it_is_refused_or_refunded(
    journal: Journal,
) -> None:
    run, other = (start_run(journal, NAME).run for _ in range(2))
    begin(journal, other, cost="100")
    for number, end in enumerate(("accepted", "unknown", "refused", "sending"), 1):
        entry = begin(journal, run, cost=f"{number}")  # always of the same job
        if end != "sending":
            getattr(journal, f"record_{end}")(entry, f"gen_{number}")
    begin(journal, run, "sku-2", cost=None)
    journal.write("UPDATE submissions SET sandbox = 'nonce' WHERE entry = 2")
    assert spent_by_run(journal, run) == Decimal(1 + 2 + 4)

    journal.record_end("gen_1", "failed", ("content_moderated", None), timed=True)
    assert spent_by_run(journal, run) == Decimal(2 + 4)

    entry = begin(journal, run, "sku-3", cost="8")
    journal.record_accepted(entry, "gen_8")
    journal.record_end("gen_8", "failed", ("budget_exhausted", None), timed=True)
    assert spent_by_run(journal, run) == Decimal(2 + 4 + 8)


def test_a_check_that_refuses_a_job_leaves_nothing(journal: Journal) -> None:
    run = start_run(journal, NAME).run

    with pytest.raises(CostLimitError):
        begin_job(journal, run, "sku-1", "d1", draft(), check=refuse)

    assert (jobs_of(journal, run), journal.entries("1")) == ({}, [])
    assert begin(journal, run) == 1


def test_no_other_process_submits_between_the_check_and_the_entry(
    path: Path, journal: Journal
) -> None:
    other = Journal(path, print, ACCOUNT)
    run = start_run(journal, NAME).run

    def check() -> None:
        assert spent_since(journal, 0.0) == 0
        with other.busy_timeout(0.01), pytest.raises(JournalLockedError):
            other.begin(draft())

    begin_job(journal, run, "sku-1", "d1", draft(), check=check)

    assert len(journal.entries("1")) == 1


def test_a_submission_that_cannot_be_linked_is_not_begun(path: Path, journal: Journal) -> None:
    run = start_run(journal, NAME).run
    journal.write("DROP TABLE batch_jobs")

    with pytest.raises(JournalError, match="cannot use the journal"):
        begin(journal, run)

    assert journal.entries("1") == []
    assert list((path.parent / "sending").iterdir()) == []


def test_checked_files_are_stored_for_the_job_as_it_is(journal: Journal) -> None:
    run = start_run(journal, NAME).run
    checked = {
        key: {f"/out/{key}.png": CheckedFile("5ha", 9, 2**62 + 1)} for key in ("a", "\udce9")
    }
    for key in (*checked, "c"):
        begin(journal, run, key)

    record_checked(journal, run, {})
    record_checked(journal, run, {**checked, "unknown": {}})

    jobs = jobs_of(journal, run)
    assert {key: job.checked for key, job in jobs.items()} == {**checked, "c": {}}
    journal.record_accepted(1, "gen_1")
    begin(journal, run, "a")
    assert jobs_of(journal, run)["a"].checked == {}


def test_jobs_of_a_killed_process_are_settled_and_those_of_a_living_one_are_not(
    path: Path, journal: Journal
) -> None:
    mine, other = (start_run(journal, NAME).run for _ in range(2))
    begin(journal, mine, "alive")
    for key in ("attempted", "unsent", "elsewhere"):
        begin(journal, other if key == "elsewhere" else mine, key)
    journal.record_attempt(2, "r1")
    for entry in (2, 3, 4):
        journal.not_begun(entry)  # as the end of its process

    settle_jobs(journal, mine)

    outcomes = {key: job.outcome for key, job in jobs_of(journal, mine).items()}
    assert outcomes == {"alive": "sending", "attempted": "unknown", "unsent": "refused"}
    assert jobs_of(journal, other)["elsewhere"].outcome == "sending"
    (alive,) = journal.entries("entry = 1")
    assert sender.is_held(path, alive.sender)


def test_the_same_job_in_another_run_is_found(journal: Journal) -> None:
    run = start_run(journal, NAME).run
    for key in ("sku-1", "\udce9", "refused"):
        begin(journal, run, key)
    journal.record_refused(3, "no")

    for digests, found in [
        ({}, None),
        ({"sku-1": "other", "sku-2": "d1"}, None),
        ({"refused": "d1"}, None),
        ({"new": "d0", "sku-1": "d1"}, NAME),
        ({"\udce9": "d1"}, NAME),
    ]:
        assert elsewhere(journal, "renamed.csv", digests) == found, digests
        assert elsewhere(journal, NAME, digests) is None


def test_a_run_of_another_account_is_not_elsewhere(path: Path, journal: Journal) -> None:
    begin(journal, start_run(journal, NAME).run)

    other = Journal(path, print, ACCOUNT._replace(profile="work"))

    assert elsewhere(other, "renamed.csv", {"sku-1": "d1"}) is None
    in_sandbox = Journal(path, print, ACCOUNT._replace(sandbox="nonce"))
    assert elsewhere(in_sandbox, "renamed.csv", {"sku-1": "d1"}) is None


def test_another_run_is_found_with_an_index(journal: Journal) -> None:
    plan = journal.read(
        "EXPLAIN QUERY PLAN SELECT 1 FROM json_each('[]') AS wanted CROSS JOIN batch_jobs AS job"
        " ON job.digest = json_extract(wanted.value, '$[1]')"
        " AND job.key = json_extract(wanted.value, '$[0]')"
    )
    assert "batch_jobs_by_digest" in str([tuple(row) for row in plan])


@pytest.mark.parametrize("version", range(1, VERSION))
def test_a_journal_of_an_older_version_takes_a_run(path: Path, version: int) -> None:
    write_version(path, version)
    journal = Journal(path, print, ACCOUNT)

    run = start_run(journal, NAME).run
    begin(journal, run)

    assert [job.entry for job in jobs_of(journal, run).values()] == [2]
    assert spent_by_run(journal, run) == Decimal("0.04")
    assert [entry.prompt for entry in journal.entries("1")] == ["old", "x"]


def test_a_journal_of_a_newer_version_takes_no_run(path: Path) -> None:
    Journal(path, print).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    journal = Journal(path, lambda _: None, ACCOUNT)

    assert find_run(journal, NAME) is None
    with pytest.raises(JournalError, match="has version"):
        start_run(journal, NAME)
    with pytest.raises(JournalError, match="has version"):
        begin(journal, 1)


COLUMNS_OF = {
    "batch_jobs": ("key", "digest", "entry", "resubmissions", "checked"),
    "submissions": (
        *("outcome", "detail", "generation_id", "state", "failure_code", "failure_reason"),
        *("files", "cost", "attempts", "is_done", "run", "sender"),
    ),
    "runs": ("base_url", "profile", "sandbox", "name", "started_at"),
}


def damage(path: Path, table: str, column: str, value: Any) -> None:
    """Put a value in a column, which loses its constraints, of all rows that can hold it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'"
        )
    is_text = isinstance(value, bytes) and value[:1] == b"\xff"  # text that is not UTF-8
    put = "CAST(? AS TEXT)" if is_text else "?"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"UPDATE OR IGNORE {table} SET {column} = {put}", (value,))  # noqa: S608 - a test's


@settings(
    max_examples=int(os.environ.get("EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)
@given(
    place=st.sampled_from([(table, name) for table, names in COLUMNS_OF.items() for name in names]),
    value=VALUES,
)
@example(place=("batch_jobs", "key"), value="a\\")
@example(place=("batch_jobs", "key"), value="ü")
@example(place=("batch_jobs", "key"), value="a\\q")
@example(place=("batch_jobs", "key"), value="x" * 9999 + "\x7f")
@example(place=("batch_jobs", "checked"), value='{"/a": [1, 2]}')
@example(place=("batch_jobs", "entry"), value=-7)
@example(place=("runs", "started_at"), value="never")
@example(place=("submissions", "outcome"), value="maybe")
def test_a_damaged_run_raises_journal_errors_only(
    tmp_path_factory: pytest.TempPathFactory, place: tuple[str, str], value: Any
) -> None:
    path = tmp_path_factory.mktemp("damage") / "history.db"
    warnings: list[str] = []
    journal = Journal(path, warnings.append, ACCOUNT)
    run = start_run(journal, NAME).run
    for key, digest in (("sku-1", "d1"), ("sku-2", "d2")):
        begin(journal, run, key, digest)
    damage(path, *place, value)
    journal = Journal(path, warnings.append, ACCOUNT)

    def uses() -> Iterator[Any]:
        yield lambda: find_run(journal, NAME)
        yield lambda: settle_jobs(journal, run)
        yield lambda: jobs_of(journal, run)
        yield lambda: [
            (job.files, job.attempts, job.checked) for job in jobs_of(journal, run).values()
        ]
        yield lambda: spent_by_run(journal, run)
        yield lambda: elsewhere(journal, "other", {"sku-1": "d1"})
        yield lambda: record_checked(journal, run, {"sku-1": {"/a": CheckedFile("", 1, 1)}})
        yield lambda: begin(journal, run)

    for use in uses():
        with suppress(JournalError):
            use()
    assert len(warnings) <= 1


@pytest.mark.parametrize("value", [b"\0", "ü", "a\\"])
def test_a_job_whose_key_cannot_be_read_is_an_error(
    path: Path, journal: Journal, value: Any
) -> None:
    """As an unknown job it would be paid for again."""
    run = start_run(journal, NAME).run
    begin(journal, run)
    journal.close()
    damage(path, "batch_jobs", "key", value)

    with pytest.raises(JournalError, match="cannot use the journal"):
        jobs_of(Journal(path, print, ACCOUNT), run)


def test_many_damaged_jobs_are_one_warning(path: Path) -> None:
    warnings: list[str] = []
    journal = Journal(path, warnings.append, ACCOUNT)
    run = start_run(journal, NAME).run
    for key in ("a", "b"):
        begin(journal, run, key)
    journal.write("UPDATE submissions SET outcome = 'maybe', cost = 'much'")

    jobs = jobs_of(journal, run).values()

    assert [(job.entry, job.outcome, job.cost, job.is_damaged) for job in jobs] == [
        (1, None, None, True),
        (2, None, None, True),
    ]
    assert warnings == [
        "job `a` of the run is damaged in the journal; unreadable values of this and other jobs"
        " are left out"
    ]


HOLD = """
import sys, time
from pathlib import Path
from luma_cli.journal.account import Account
from luma_cli.journal.journal import Journal
from luma_cli.journal.run_lock import run_lock

with run_lock(Journal(Path(sys.argv[1]), print, Account(sys.argv[2], "default")), sys.argv[3]):
    print("holding", flush=True)
    time.sleep(60)
"""


@contextmanager
def another_process_holds(path: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(path), BASE_URL, name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_second_process_on_a_run_hears_who_has_it(path: Path, journal: Journal) -> None:
    with another_process_holds(path, NAME) as process:
        since = json.loads(next((path.parent / "runs").glob("[!.]*")).read_text())["since"]
        journal.clock.epoch_seconds = lambda: since + 130.0  # type: ignore[method-assign]
        with pytest.raises(RunLockedError) as caught, run_lock(journal, NAME):
            pass
        with run_lock(journal, "other.csv"):
            pass

    error = caught.value
    assert (error.message, error.hint, error.may_be_retried, error.code, int(error.exit_code)) == (
        f"the batch run `{NAME}` is in use by process {process.pid}, started 2m ago",
        "wait until it ends, or stop it; then run the same command to continue",
        *(True, "run_locked", 1),
    )


def test_the_lock_of_a_run_dies_with_its_process(path: Path, journal: Journal) -> None:
    with another_process_holds(path, NAME) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()

        with (
            run_lock(journal, NAME),
            pytest.raises(RunLockedError) as caught,
            run_lock(Journal(path, print, ACCOUNT), NAME),
        ):
            pass

    assert f"process {os.getpid()}, started 0s ago" in caught.value.message


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_lock_of_a_run_is_private_and_gone_afterwards(path: Path, journal: Journal) -> None:
    folder = path.parent / "runs"
    with run_lock(journal, "\udce9\0"):
        modes = {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
        assert (stat.S_IMODE(folder.stat().st_mode), modes) == (0o700, {0o600})

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("holder", ["", "{", "[]", '{"pid": "x", "since": 1}', '{"pid": 1}', "ü"])
def test_a_lock_whose_holder_cannot_be_read_is_that_of_another_process(
    path: Path, journal: Journal, holder: str
) -> None:
    with another_process_holds(path, NAME):
        next((path.parent / "runs").glob("[!.]*")).write_text(holder, encoding="utf-8")
        with (
            pytest.raises(RunLockedError, match=r"is in use by another process$"),
            run_lock(journal, NAME),
        ):
            pass


def test_an_error_of_the_block_is_not_one_of_the_lock(journal: Journal) -> None:
    with pytest.raises(TimeoutError), run_lock(journal, NAME):
        raise TimeoutError


def test_a_lock_that_cannot_be_made_is_a_journal_error(path: Path, journal: Journal) -> None:
    (path.parent / "runs").write_text("a file")

    with pytest.raises(JournalError, match="cannot use the journal"), run_lock(journal, NAME):
        pass


def test_migrations_are_only_added() -> None:
    assert len(MIGRATIONS) == VERSION == 4
