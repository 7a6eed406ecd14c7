"""Whatever ends the program while jobs are pending names them, and the command that continues."""

from __future__ import annotations

import pytest

from luma_cli.errors import (
    AuthError,
    BugError,
    LumaError,
    OutcomeUnknownError,
    SavedElsewhereError,
    StdoutError,
    StoppedError,
    UncollectedError,
    WaitTimeoutError,
)
from luma_cli.exit_codes import ExitCode
from luma_cli.workflows.pending import MOST_NAMED, Pending, named
from tests.support.fake_api import FakeApi, completed, generation
from tests.support.program import Program


def run_resume(ids: list[str]) -> str:
    return f"run `luma resume {' '.join(ids)}`"


def waiting_for(*ids: str) -> Pending:
    pending = Pending()
    pending.add(ids, run_resume)
    return pending


def paid(generation_id: str = "gen_1") -> Pending:
    pending = Pending()
    pending.add_paid(generation_id, run_resume)
    return pending


def raised_in(pending: Pending, problem: BaseException) -> LumaError:
    with pytest.raises(LumaError) as caught, pending:
        raise problem
    return caught.value


def test_an_interruption_names_the_jobs_and_the_command() -> None:
    one = raised_in(waiting_for("gen_1"), KeyboardInterrupt())
    two = raised_in(waiting_for("a", "b"), KeyboardInterrupt())

    assert isinstance(one, StoppedError)
    assert (one.message, one.hint, one.generation_id) == (
        "interrupted; generation gen_1 is still running",
        "run `luma resume gen_1`",
        "gen_1",
    )
    assert (two.message, two.hint, two.generation_id) == (
        "interrupted; generations a, b are still running",
        "run `luma resume a b`",
        None,
    )


def test_a_settled_job_is_not_named() -> None:
    pending = waiting_for("a", "b")
    pending.settle("a")

    assert raised_in(pending, KeyboardInterrupt()).hint == "run `luma resume b`"


@pytest.mark.parametrize("pending", [Pending(), waiting_for()])
@pytest.mark.parametrize("problem", [KeyboardInterrupt(), BrokenPipeError(), ValueError("a bug")])
def test_without_jobs_everything_passes(pending: Pending, problem: BaseException) -> None:
    with pytest.raises(type(problem)) as caught, pending:
        raise problem

    assert caught.value is problem


def test_an_interruption_does_not_hide_what_a_submission_came_to() -> None:
    interruption = KeyboardInterrupt()
    interruption.__context__ = OutcomeUnknownError("may or may not have been accepted")

    error = raised_in(paid(), interruption)

    assert isinstance(error, OutcomeUnknownError)
    assert error.hint == "run `luma resume gen_1`"


def test_a_closed_stdout_is_an_error_only_while_the_id_is_untold() -> None:
    error = raised_in(paid(), BrokenPipeError())
    assert (type(error), error.message, error.hint) == (
        UncollectedError,
        "stdout was closed; the job was submitted",
        "run `luma resume gen_1`",
    )
    told = paid()
    told.is_told = True
    with pytest.raises(BrokenPipeError), told:
        raise BrokenPipeError


def test_a_bug_after_the_submission_still_names_the_job() -> None:
    bug, pending = ValueError("a bug"), paid()

    with pytest.raises(BugError) as caught, pending, pending:
        raise bug

    error = caught.value.error
    assert (error.exit_code, caught.value.__cause__) == (ExitCode.UNCOLLECTED, bug)
    assert (error.hint, error.generation_id) == ("run `luma resume gen_1`", "gen_1")


def test_a_bug_while_jobs_of_others_are_waited_for_is_a_bug() -> None:
    with pytest.raises(ValueError, match="a bug"), waiting_for("gen_1"):
        raise ValueError("a bug")


def test_a_paid_job_never_ends_with_a_code_that_invites_another_submission() -> None:
    pending = paid()
    pending.is_told = True

    error = raised_in(pending, AuthError("the key was refused", hint="give a good key"))

    assert (type(error), error.message, error.hint, error.generation_id) == (
        UncollectedError,
        "the key was refused",
        "give a good key; then run `luma resume gen_1`",
        "gen_1",
    )


def test_a_job_of_an_earlier_run_keeps_its_code() -> None:
    refused = AuthError("the key was refused", hint="give a good key")

    error = raised_in(waiting_for("gen_1"), refused)

    assert (type(error), error.hint) == (AuthError, "give a good key")


def test_a_hint_that_names_the_job_is_complete() -> None:
    pending = paid()
    pending.is_told = True

    error = raised_in(pending, UncollectedError("no room", hint="run `luma download gen_1`"))

    assert error.hint == "run `luma download gen_1`"


def test_what_is_saved_elsewhere_needs_no_command() -> None:
    pending = paid()
    pending.is_told = True
    saved = SavedElsewhereError("saved as fox-2.png", hint="rename the file")

    assert raised_in(pending, saved).hint == "rename the file"


def test_blocks_may_be_nested_and_say_it_once() -> None:
    pending = paid()
    pending.is_told = True

    with pytest.raises(UncollectedError) as caught, pending, pending:
        raise StdoutError("cannot write to stdout", hint="make room")

    assert caught.value.hint == "make room; then run `luma resume gen_1`"


def test_a_signal_between_two_blocks_finds_the_outer_one() -> None:
    pending = paid()

    interruption = KeyboardInterrupt()
    interruption.__context__ = raised_in(pending, WaitTimeoutError("`--timeout` ran out"))

    error = raised_in(pending, interruption)

    assert (type(error), error.generation_id) == (StoppedError, "gen_1")


def test_a_job_that_turned_out_to_be_none_of_this_run_is_forgotten() -> None:
    pending = paid()
    pending.disown("gen_1")
    refused = AuthError("the key was refused")

    assert raised_in(pending, refused) is refused
    assert refused.hint is None


def test_of_many_jobs_the_first_are_named() -> None:
    ids = [f"gen_{number}" for number in range(MOST_NAMED + 990)]

    assert named(ids[:2], 2) == "gen_0, gen_1"
    assert named(ids, len(ids)) == f"{', '.join(ids[:MOST_NAMED])} and 990 more"


def test_a_bug_is_shown_and_the_paid_job_is_named(
    luma: Program, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr("luma_cli.workflows.finish._print", fail)
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", completed())

    result = luma("generations", "create", "--prompt", "x", "--wait")

    assert (result.exit_code, result.stdout) == (13, "")
    assert "Traceback" in result.stderr
    assert "ValueError: a bug\n" in result.stderr
    assert result.stderr.endswith(
        "error: the program failed; this is a bug\n"
        "hint: run `luma-agents-cli generations resume gen_1`\n"
    )
