"""Errors from the JSON that was printed of them."""

from __future__ import annotations

import json

import pytest

from luma_cli.batch.stored_error import stored_error
from luma_cli.errors import (
    Exchange,
    LumaError,
    MissingKeyError,
    ModeratedError,
    OutcomeUnknownError,
    RateLimitedError,
)
from luma_cli.exit_codes import ExitCode
from luma_cli.output.failure import describe, error_text
from tests.batch.results import FAILED, REFUSED

EXCHANGE = Exchange("GET", "https://api.example/v1/generations/gen_1", 429, "req_1", {"detail": 1})


@pytest.mark.parametrize(
    "error",
    [
        FAILED.error,
        REFUSED.error,
        MissingKeyError(),
        ModeratedError("no", failure_code="content_moderated", generation_id="gen_1"),
        OutcomeUnknownError("?", answer="<html>", hint="look"),
        RateLimitedError("slow down", retry_after_seconds=3, exchange=EXCHANGE),
        LumaError("x", exchange=Exchange("GET", "https://api.example")),
    ],
)
def test_error_comes_back(error: LumaError) -> None:
    method, url = ("", "")
    if error.exchange is not None:
        method, url = error.exchange.method, error.exchange.url
    stored = stored_error(json.loads(error_text(error)), method, url)
    assert type(stored) is type(error)
    assert error_text(stored) == error_text(error)
    assert stored.exit_code == error.exit_code
    if error.exchange is not None:
        assert stored.exchange is not None
        assert describe(stored.exchange) == describe(error.exchange)
    assert error_text(stored.but(message="other")) != error_text(error)


def test_code_of_a_newer_version_is_a_failure() -> None:
    error = stored_error({"code": "novel", "message": "m", "exit_code": 99}, "", "")
    assert (error.message, error.exit_code) == ("m", ExitCode.FAILED)
