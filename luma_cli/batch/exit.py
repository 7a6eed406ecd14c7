"""The error that a batch ends with; its class decides the exit code."""

from __future__ import annotations

from collections.abc import Iterable

from luma_cli.batch.result import Status
from luma_cli.batch.summary import Summary
from luma_cli.errors import (
    AuthError,
    FundsError,
    GenerationFailedError,
    LumaError,
    ModeratedError,
    OutcomeUnknownError,
    PartialError,
    StoppedError,
    UncollectedError,
    WaitTimeoutError,
)
from luma_cli.jobs.outcomes import fails_again

CONTINUE_HINT = "run the same command to continue"
_CORRECT_HINT = "correct the rows that were skipped, then run the same command"
_RESUBMIT_FAILED_HINT = "add `--resubmit-failed` to submit and pay for failed jobs again"
_CHANGE_FAILED_HINT = (
    "change the rows that failed, then add `--resubmit-failed` to submit and pay for them again"
)
_RESUBMIT_UNKNOWN_HINT = "add `--resubmit-unknown` to submit unknown jobs again; you may pay twice"


def error_of_run(summary: Summary, stopped: LumaError | None = None) -> LumaError | None:
    """Return the error of a batch, `None` if the outputs of all jobs are on disk.

    `stopped` is the error that ended the submitting, such as an interruption. A single job has its
    own error. For several, the class is that of the first of these: interrupted, unknown, no funds
    or no access (with jobs not sent), uncollected, timed out, else `PartialError`.
    """
    is_interrupted = isinstance(stopped, StoppedError)
    if summary.saved == summary.jobs:
        return None if is_interrupted else stopped
    if is_interrupted:
        return StoppedError(str(summary), hint=_hint(summary))
    errors = [error for error in (stopped, *summary.errors.values()) if error is not None]
    if summary.jobs == 1 and errors:
        return errors[-1]
    if (refusal := _refusal(summary, errors)) is not None:
        return refusal.but(message=_fact(summary, refusal), hint=_hint(summary, refusal))
    kind = _kind(summary, errors)
    exchange = None if stopped is None else stopped.exchange
    return kind(_fact(summary, stopped), hint=_hint(summary, stopped), exchange=exchange)


def _refusal(summary: Summary, errors: list[LumaError]) -> LumaError | None:
    """Return the error of missing funds or access that kept jobs from being sent."""
    if _is_unknown(summary, errors) or not summary.count(Status.NOT_SENT):
        return None
    return _first(errors, FundsError) or _first(errors, AuthError)


def _kind(summary: Summary, errors: list[LumaError]) -> type[LumaError]:
    if _is_unknown(summary, errors):
        return OutcomeUnknownError
    if _first(errors, UncollectedError):
        return UncollectedError
    if summary.count(Status.RUNNING) or _first(errors, WaitTimeoutError):
        return WaitTimeoutError
    return PartialError


def _is_unknown(summary: Summary, errors: list[LumaError]) -> bool:
    return bool(summary.count(Status.UNKNOWN) or _first(errors, OutcomeUnknownError))


def _first(errors: Iterable[LumaError], kind: type[LumaError]) -> LumaError | None:
    return next((error for error in errors if isinstance(error, kind)), None)


def _fact(summary: Summary, reason: LumaError | None) -> str:
    """Return `3 of 240 jobs failed, 5 not sent`, after the reason if there is one."""
    first, *others = summary.problems
    count, word = first.split(" ", 1)
    fact = ", ".join([f"{count} of {summary.jobs:,} jobs {word}", *others])
    return fact if reason is None else f"{reason.message}; {fact}"


def _hint_of_failures(errors: list[LumaError]) -> str:
    failures = [error for error in errors if isinstance(error, GenerationFailedError)]
    if failures:
        are_final = all(
            isinstance(error, ModeratedError) or fails_again(error.failure_code)
            for error in failures
        )
        return _CHANGE_FAILED_HINT if are_final else _RESUBMIT_FAILED_HINT
    own = next((error.hint for error in errors if error.hint), None)
    return f"{own}; then {CONTINUE_HINT}" if own else CONTINUE_HINT


def _hint(summary: Summary, reason: LumaError | None = None) -> str:
    left = summary.count(Status.REFUSED, Status.RUNNING, Status.NOT_SENT)
    if left or _first(summary.errors.values(), UncollectedError):
        hint = CONTINUE_HINT
    elif summary.count(Status.FAILED):
        hint = _hint_of_failures(list(summary.errors.values()))
    elif _is_unknown(summary, list(summary.errors.values())):
        hint = _RESUBMIT_UNKNOWN_HINT
    else:
        hint = _CORRECT_HINT
    return f"{reason.hint}; then {hint}" if reason is not None and reason.hint else hint
