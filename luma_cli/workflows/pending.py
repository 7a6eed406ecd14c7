"""Jobs in progress when the program ends: every error names them, and how to continue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from types import TracebackType

from luma_cli.errors import (
    BugError,
    LinkRefusedError,
    LumaError,
    OutputExpiredError,
    SavedElsewhereError,
    StdoutError,
    StoppedError,
    UncollectedError,
    interrupted_error,
)
from luma_cli.exit_codes import EXIT_CODES_AFTER_PAYMENT

MOST_NAMED = 10
_GONE = (404, 410)

# Makes a sentence with the command that continues some jobs: "run `… resume gen_1`".
ContinueHint = Callable[[list[str]], str]


class Pending:
    """Jobs in progress; an error that leaves the `with` block carries their ids and the command.

    `left` are the jobs that are not settled yet. Once a job is paid for, a bug, and an exit code
    that invites a script to repeat the command, become `UncollectedError`. `is_told` is whether the
    user has seen the ids. The block may be entered again inside itself: what it does twice is the
    same as once, and a signal that strikes while the inner block is left finds the outer one.
    """

    def __init__(self) -> None:
        self.left: dict[str, None] = {}
        self.is_told = True
        self._paid: list[str] = []
        self._hint_for: ContinueHint = lambda _: ""  # until there is a job

    @property
    def is_paid(self) -> bool:
        """Whether this run has paid for a job, or took one over as its own."""
        return bool(self._paid)

    def add(self, generation_ids: Iterable[str], hint_for: ContinueHint) -> None:
        """Add jobs; `hint_for` is from now on what says how all that are left are continued."""
        self.left.update(dict.fromkeys(generation_ids))
        self._hint_for = hint_for

    def add_paid(self, generation_id: str, hint_for: ContinueHint) -> None:
        """Add the job that this run is for, whose id the user does not know yet."""
        if not self.is_paid:
            self._paid, self.is_told = [generation_id], False
        self.add([generation_id], hint_for)

    def settle(self, generation_id: str) -> None:
        """Take out a job of which nothing would be left behind any more."""
        self.left.pop(generation_id, None)

    def disown(self, generation_id: str) -> None:
        """Take out a job that was added as paid, and is none of this run's."""
        self.settle(generation_id)
        self._paid.remove(generation_id)

    def __enter__(self) -> Pending:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        error = self._error_for(problem)
        if error is None:
            return
        explained = self._explained(error)
        if _is_bug(problem):
            raise BugError(explained) from problem
        if explained is not problem:
            raise explained from error.__cause__

    def _error_for(self, problem: BaseException | None) -> LumaError | None:
        """Return an error with these jobs for an exception, `None` if it does not affect them."""
        if isinstance(problem, LumaError):
            return problem
        if isinstance(problem, KeyboardInterrupt) and self.left:
            return interrupted_error(problem) or StoppedError(_still_running(self.left))
        if isinstance(problem, BrokenPipeError):
            is_seen = self.is_told or not self.left
            return None if is_seen else StdoutError("stdout was closed")
        if _is_bug(problem) and self.is_paid:
            return UncollectedError("the program failed; this is a bug")
        return None

    def _explained(self, error: LumaError) -> LumaError:
        """Return the error with the command that collects what is paid for."""
        if self.is_paid:
            explained = uncollected(error, self._paid[0])
            if explained is not error and not self.is_told:
                explained = explained.but(message=f"{explained.message}; the job was submitted")
            error = explained
        ids, hint = list(self.left), error.hint
        if ids and not self.is_told:
            hint = None
        if not ids and isinstance(error, UncollectedError):
            ids = self._paid
        if not ids or isinstance(error, SavedElsewhereError):  # nothing is left to collect
            return error
        if hint is None:
            hint = self._hint_for(ids)
        elif isinstance(error, UncollectedError) and not any(each in hint for each in ids):
            hint = f"{hint}; then {self._hint_for(ids)}"
        only = ids[0] if len(ids) == 1 else None
        return error.but(hint=hint, generation_id=error.generation_id or only)


def named(ids: Iterable[str], count: int) -> str:
    """Return `gen_1, gen_2`, or `gen_1, … and 990 more` for many ids."""
    shown = ", ".join(islice(ids, MOST_NAMED))
    return f"{shown} and {count - MOST_NAMED:,} more" if count > MOST_NAMED else shown


def uncollected(problem: LumaError, generation_id: str) -> LumaError:
    """Return the error for a job that this run has paid for.

    Codes that invite a script to run the same command again, and so to pay again, become
    `UncollectedError`.
    """
    if problem.exit_code in EXIT_CODES_AFTER_PAYMENT:
        return problem
    status = problem.exchange.status if problem.exchange is not None else None
    hint = problem.hint
    if isinstance(problem, LinkRefusedError) and status in _GONE:
        kind: type[UncollectedError] = OutputExpiredError
        fact = f"the output of generation {generation_id} no longer exists: {problem.message}"
        hint = hint and f"if only the link has expired, {hint}"
    else:
        kind, fact = UncollectedError, problem.message
    return kind(
        fact,
        hint=hint,
        exchange=problem.exchange,
        generation_id=generation_id,
    )


def _is_bug(problem: BaseException | None) -> bool:
    return isinstance(problem, Exception) and not isinstance(
        problem, LumaError | BrokenPipeError | BugError
    )


def _still_running(left: dict[str, None]) -> str:
    several = len(left) > 1
    return (
        f"interrupted; generation{'s' if several else ''} {named(left, len(left))}"
        f" {'are' if several else 'is'} still running"
    )
