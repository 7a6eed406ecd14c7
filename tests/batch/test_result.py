"""The line of a job on stdout."""

from __future__ import annotations

import json

import pytest

from luma_cli.batch.result import RowResult, Status
from luma_cli.errors import Exchange, RejectedError, SavedElsewhereError
from luma_cli.redaction import the_run
from tests.batch.results import ALL, FAILED, MUG, NOT_SENT, REFUSED, SAVED, SKIPPED


def test_line_of_a_saved_job_keeps_the_spelling_of_the_server() -> None:
    assert SAVED.json_line() == (
        '{"row":1,"key":"mug","status":"saved","reused":false,"generation_id":"gen_1",'
        '"generation":{"id":"gen_1","seed":1.0e3,"prompt":"\\u00fc"},'
        '"files":[{"path":"out/mug.png","bytes":48213,"sha256":"' + "ab" * 32 + '",'
        '"content_type":"image/png"}],"cost_usd":0.0434,"error":null}'
    )


def test_line_of_a_refused_job_has_the_fields_of_the_error() -> None:
    assert json.loads(REFUSED.json_line()) == {
        "row": 3,
        "key": "bowl",
        "status": "refused",
        "reused": False,
        "generation_id": None,
        "generation": None,
        "files": [],
        "cost_usd": None,
        "error": {
            "detail": "no",
            "code": "rejected",
            "message": "aspect_ratio is invalid",
            "status": 422,
            "request_id": "req_1",
            "exit_code": 3,
        },
    }


@pytest.mark.parametrize("result", ALL, ids=lambda result: result.status)
def test_every_line_has_the_same_keys(result: RowResult) -> None:
    line = result.json_line()
    assert "\n" not in line
    assert list(json.loads(line)) == [
        *("row", "key", "status", "reused", "generation_id", "generation"),
        *("files", "cost_usd", "error"),
    ]


def test_secrets_in_an_answer_are_redacted() -> None:
    secret = "key-of-the-batch-test"
    the_run.learn(secret)
    exchange = Exchange("POST", "https://api.example", 422, body={"detail": f"bad key {secret}"})
    refused = REFUSED._replace(error=RejectedError("no", exchange=exchange))
    assert "of-the-batch" not in refused.json_line()


def test_is_saved_only_with_files_and_without_an_error() -> None:
    assert [result.is_saved for result in ALL] == [True, False, False, True, False, False, False]
    assert not SKIPPED._replace(files=[]).is_saved
    elsewhere = SavedElsewhereError("saved as `b.png`")
    assert not SAVED._replace(error=elsewhere).is_saved
    assert not RowResult(1, "a", Status.RUNNING, files=[MUG]).is_saved
    assert not FAILED._replace(error=None).is_saved
    assert not NOT_SENT.is_saved
