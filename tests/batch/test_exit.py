"""The exit code of a batch, and its one error."""

from __future__ import annotations

from itertools import combinations

import pytest

from luma_cli.batch.exit import error_of_run
from luma_cli.batch.result import RowResult, Status
from luma_cli.batch.summary import Summary
from luma_cli.errors import (
    AuthError,
    CostLimitError,
    FundsError,
    JournalError,
    LumaError,
    MissingKeyError,
    ModeratedError,
    OutputExistsError,
    StoppedError,
    UncollectedError,
    WaitTimeoutError,
)
from luma_cli.exit_codes import ExitCode
from tests.batch.results import ALL, FAILED, NOT_SENT, REFUSED, RUNNING, SAVED, SKIPPED, UNKNOWN

UNCOLLECTED = FAILED._replace(error=UncollectedError("disk full"))
CONTINUE = "run the same command to continue"


def ended(*results: RowResult, stopped: LumaError | None = None) -> LumaError:
    error = error_of_run(Summary(results), stopped)
    assert error is not None
    return error


def test_all_saved_is_no_error() -> None:
    assert error_of_run(Summary([SAVED, SKIPPED])) is None
    assert error_of_run(Summary([])) is None
    assert error_of_run(Summary([SAVED]), StoppedError("interrupted")) is None


def test_omitted_job_without_its_file_is_an_error() -> None:
    assert ended(SAVED, SKIPPED._replace(files=[])).message == "1 of 2 jobs failed"


@pytest.mark.parametrize("result", [FAILED, REFUSED, UNKNOWN, UNCOLLECTED])
def test_single_job_ends_with_its_own_error(result: RowResult) -> None:
    assert ended(result) is result.error


def test_single_job_that_was_not_sent_ends_with_the_reason() -> None:
    stopped = CostLimitError("$0.04 exceeds `--max-cost`")
    assert ended(NOT_SENT, stopped=stopped) is stopped


def test_single_job_that_still_runs_timed_out() -> None:
    error = ended(RUNNING)
    assert (error.exit_code, error.message) == (ExitCode.WAIT_TIMEOUT, "1 of 1 jobs running")


# From the most important to the least, each with what makes a run end so.
ORDER: list[tuple[ExitCode, list[RowResult], LumaError | None]] = [
    (ExitCode.INTERRUPTED, [RUNNING], StoppedError("interrupted")),
    (ExitCode.OUTCOME_UNKNOWN, [UNKNOWN], None),
    (ExitCode.FUNDS, [NOT_SENT], FundsError("no money")),
    (ExitCode.UNCOLLECTED, [UNCOLLECTED], None),
    (ExitCode.WAIT_TIMEOUT, [RUNNING], None),
    (ExitCode.PARTIAL, [FAILED], None),
]


@pytest.mark.parametrize(("first", "second"), list(combinations(ORDER, 2)))
def test_most_important_ending_decides(
    first: tuple[ExitCode, list[RowResult], LumaError | None],
    second: tuple[ExitCode, list[RowResult], LumaError | None],
) -> None:
    code, results, stopped = first
    error = ended(*second[1], *results, SAVED, stopped=stopped or second[2])
    assert error.exit_code == code


def test_counts_are_the_message() -> None:
    results = [FAILED] * 3 + [NOT_SENT] * 5 + [SAVED] * 232
    error = ended(*results)
    assert error.message == "3 of 240 jobs failed, 5 not sent"
    assert (error.code, error.exit_code, error.hint) == ("partial", ExitCode.PARTIAL, CONTINUE)
    assert ended(*ALL).message == "1 of 7 jobs failed, 1 refused, 1 unknown, 1 running, 1 not sent"


def test_interruption_says_what_is_saved() -> None:
    results = [SAVED] * 41 + [RUNNING] * 6 + [NOT_SENT] * 5
    error = ended(*results, stopped=StoppedError("interrupted"))
    assert (error.message, error.hint) == ("41 of 52 saved, 6 running, 5 not sent", CONTINUE)


@pytest.mark.parametrize("reason", [FundsError("no money", hint="top up"), AuthError("bad key")])
def test_reason_of_a_stop_is_told(reason: LumaError) -> None:
    error = ended(SAVED, NOT_SENT, stopped=reason)
    assert type(error) is type(reason)
    assert error.message == f"{reason.message}; 1 of 2 jobs not sent"
    assert error.hint == (f"{reason.hint}; then {CONTINUE}" if reason.hint else CONTINUE)


def test_error_of_a_job_that_stopped_the_run_decides_as_well() -> None:
    refused = REFUSED._replace(error=MissingKeyError())
    error = ended(refused, NOT_SENT, SAVED)
    assert type(error) is MissingKeyError
    assert error.message == "no API key; 1 of 3 jobs refused, 1 not sent"


def test_lack_of_funds_that_kept_no_job_back_is_a_partial_failure() -> None:
    refused = REFUSED._replace(error=FundsError("no money"))
    assert ended(refused, SAVED).exit_code == ExitCode.PARTIAL


def test_other_reasons_of_a_stop_are_told_as_well() -> None:
    error = ended(SAVED, NOT_SENT, stopped=JournalError("cannot write the journal"))
    assert error.exit_code == ExitCode.PARTIAL
    assert error.message == "cannot write the journal; 1 of 2 jobs not sent"


def test_hint_never_promises_what_the_same_command_does_not_do() -> None:
    failed = FAILED._replace(error=ModeratedError("it broke the rules"))
    assert ended(failed, FAILED).hint == (
        "add `--resubmit-failed` to submit and pay for failed jobs again"
    )
    assert ended(SAVED, UNKNOWN).hint == (
        "add `--resubmit-unknown` to submit unknown jobs again; you may pay twice"
    )
    assert ended(SAVED, UNCOLLECTED).hint == CONTINUE


def test_hint_after_failures_that_would_repeat_themselves_asks_for_other_rows() -> None:
    failed = FAILED._replace(error=ModeratedError("it broke the rules"))
    assert ended(failed, SAVED).hint == (
        "change the rows that failed, then add `--resubmit-failed` to submit and pay for them again"
    )


def test_hint_after_outputs_that_were_not_saved_is_their_own() -> None:
    taken = FAILED._replace(error=OutputExistsError("fox.png exists", hint="rename it"))
    assert ended(taken, SAVED).hint == f"rename it; then {CONTINUE}"
    assert ended(taken, FAILED).hint == (
        "add `--resubmit-failed` to submit and pay for failed jobs again"
    )


def test_job_that_timed_out_counts_as_late() -> None:
    late = RUNNING._replace(error=WaitTimeoutError("timed out"))
    assert ended(SAVED, late).exit_code == ExitCode.WAIT_TIMEOUT


def test_summary_counts_and_adds_up() -> None:
    summary = Summary(ALL)
    assert str(summary) == "2 of 7 saved, 1 failed, 1 refused, 1 unknown, 1 running, 1 not sent"
    assert (summary.files, str(summary.cost), summary.seconds) == (2, "0.2302", 43.75)
    assert summary.count(Status.FAILED, Status.REFUSED) == 2
