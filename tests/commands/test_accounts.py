"""Views of the history hold for one host and profile; a sandbox's jobs are never money."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from luma_cli.journal.entry import NewSubmission
from luma_cli.journal.journal import Journal
from tests.support.fake_api import BASE_URL, FakeApi, generation
from tests.support.program import PLAIN_KEY, Program, Result

REAL_ID = "11111111-2f55-4d0a-9a3e-5a1f0d9e6c42"
SANDBOX_ID = "22222222-2f55-4d0a-9a3e-5a1f0d9e6c42"
OTHER_ID = "33333333-2f55-4d0a-9a3e-5a1f0d9e6c42"
WORK_ID = "44444444-2f55-4d0a-9a3e-5a1f0d9e6c42"
OLD_ID = "55555555-2f55-4d0a-9a3e-5a1f0d9e6c42"
SANDBOX_URL = "http://127.0.0.1:41234/v1"


@pytest.fixture(autouse=True)
def journal(luma: Program, tmp_path: Path) -> Journal:
    """A history with an unfinished job of every kind, each of a dollar; the real one is oldest."""
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")
    luma.config_file.parent.mkdir()
    luma.config_file.write_text(f'[profiles.work]\ntoken = "{PLAIN_KEY}"\n')
    luma.config_file.chmod(0o600)
    journal = Journal(tmp_path / "state" / "history.db", print)
    for an_id, base_url, profile, sandbox in (
        (REAL_ID, BASE_URL, "default", None),
        (SANDBOX_ID, SANDBOX_URL, "default", "nonce"),
        (OLD_ID, SANDBOX_URL, "default", "of an older sandbox that had the same port"),
        (OTHER_ID, "https://other.test/v1", "default", None),
        (WORK_ID, BASE_URL, "work", None),
    ):
        entry = journal.begin(
            NewSubmission(profile, base_url, {"prompt": "x"}, ONE_DOLLAR, {"wait": True})
        )
        journal.record_accepted(entry, an_id, sandbox=sandbox)
    return journal


ONE_DOLLAR = Decimal(1)
IN_SANDBOX = {"LUMA_BASE_URL": SANDBOX_URL, "LUMA_SANDBOX": "nonce"}


def ids(luma: Program, *argv: str) -> list[str]:
    result = luma("generations", "list", "--transform", "id", "-r", *argv)
    return result.stdout.split()


@pytest.mark.parametrize(
    ("environ", "argv", "seen"),
    [
        ({}, [], [REAL_ID]),
        ({}, ["--profile", "work"], [WORK_ID]),
        ({"LUMA_BASE_URL": "https://other.test/v1"}, [], [OTHER_ID]),
        (IN_SANDBOX, [], [SANDBOX_ID]),
        ({"LUMA_BASE_URL": SANDBOX_URL}, [], []),  # that may be another program's port by now
        ({"LUMA_SANDBOX": "nonce"}, [], [REAL_ID]),
        ({}, ["--sandbox"], [OLD_ID, SANDBOX_ID]),
    ],
)
def test_list_shows_one_account(
    luma: Program, environ: dict[str, str], argv: list[str], seen: list[str]
) -> None:
    luma.environ |= environ

    assert ids(luma, *argv) == seen


@pytest.mark.parametrize(("environ", "an_id"), [({}, REAL_ID), (IN_SANDBOX, SANDBOX_ID)])
def test_last_and_prefixes_are_those_of_the_account(
    luma: Program, api: FakeApi, environ: dict[str, str], an_id: str
) -> None:
    luma.environ |= environ
    url = f"{luma.environ['LUMA_BASE_URL']}/generations/{an_id}"
    api._answers[("GET", url)] = [httpx.Response(200, json=generation(id=an_id))] * 2  # noqa: SLF001

    assert luma("generations", "get", "@last").exit_code == 0
    assert luma("generations", "get", an_id[:8]).exit_code == 0
    assert luma("generations", "get", "@last~1").stderr == (
        "error: there is no `@last~1` in the history of this machine\n"
        "hint: see `luma-agents-cli generations list`\n"
    )


def test_a_whole_id_works_whatever_the_account(luma: Program) -> None:
    for an_id in (REAL_ID, SANDBOX_ID, OTHER_ID, WORK_ID):
        shown = json.loads(luma("generations", "show", an_id).stdout)
        assert shown["id"] == an_id


def test_spending_is_that_of_the_account_and_never_of_a_sandbox(luma: Program) -> None:
    def spent() -> list[Any]:
        shown = luma("generations", "list", "--spend", "model", "--format", "jsonl").stdout
        return [json.loads(line)["cost_usd"] for line in shown.splitlines()]

    assert spent() == [1.0]
    luma.environ |= IN_SANDBOX
    assert spent() == []


def test_a_limit_per_day_counts_the_account_only(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())
    create = ("generations", "create", "--prompt", "x", "--max-cost-per-day")

    assert luma(*create, "1.0403").exit_code == 5
    assert luma(*create, "1.0404").exit_code == 0


def test_resume_finishes_the_jobs_of_the_account(luma: Program, api: FakeApi) -> None:
    api.on("GET", f"/generations/{REAL_ID}", generation("completed", id=REAL_ID))

    result = luma("generations", "resume")

    assert (result.exit_code, json.loads(result.stdout)["id"]) == (0, REAL_ID)
    assert (
        result.stderr == "note: 2 unfinished jobs belong to other accounts: profile default, work\n"
    )


def test_recent_ids_of_completion_are_real_ones(
    luma: Program, api: FakeApi, tmp_path: Path
) -> None:
    api.on("POST", "/generations", generation())
    luma("generations", "create", "--prompt", "x")

    recent = (tmp_path / "state" / "recent.txt").read_text()
    assert SANDBOX_ID not in recent
    assert REAL_ID in recent


def test_a_sandbox_job_is_shown_as_one(luma: Program) -> None:
    assert json.loads(luma("generations", "show", SANDBOX_ID).stdout)["sandbox"] == "nonce"
    assert "sandbox" not in json.loads(luma("generations", "show", REAL_ID).stdout)


def test_an_empty_view_is_told(luma: Program) -> None:
    luma.environ["LUMA_BASE_URL"] = "https://new.test/v1"

    assert luma("generations", "list") == Result(
        0,
        "",
        "note: no matching jobs for this host and profile; for sandbox jobs, add `--sandbox`\n",
    )
