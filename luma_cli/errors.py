"""Every way this program fails: a class with an exit code, a stable `code` and one sentence.

An error states the fact; its `hint` proposes the next step. Neither depends on the terminal.
`exit_codes.py` draws the tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from luma_cli.exit_codes import ExitCode
from luma_cli.redaction import without_secrets

if TYPE_CHECKING:
    from typing import Self, TypedDict, Unpack

    class Facts(TypedDict, total=False):
        """What every error may carry beside its message."""

        hint: str | None
        exchange: Exchange | None
        generation_id: str | None
        may_be_retried: bool
        is_final: bool
        errors: Sequence[Mapping[str, Any]]

    class Changes(Facts, total=False):
        """What a copy of an error may change."""

        message: str


class RateLimit(NamedTuple):
    """The API's limit of submissions: how many a minute, and how many are left of them now."""

    per_minute: int
    remaining: int | None = None


class Exchange(NamedTuple):
    """The HTTP exchange an error came from.

    `url` has no query, which may hold a signature; `status` and `request_id` are `None` when no
    answer was read; `body` holds the API's own fields when the answer was a JSON object;
    `rate_limit` is in answers to submissions.
    """

    method: str
    url: str
    status: int | None = None
    request_id: str | None = None
    body: Mapping[str, Any] | None = None
    rate_limit: RateLimit | None = None


class LumaError(Exception):
    """The base of all errors. Immutable; `but` returns a changed copy.

    `may_be_retried` marks a submission that was certainly not accepted, but might be the next time;
    `is_final` a request that would fail the same way if repeated. `errors` are those of an input,
    each with its place.
    """

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init_subclass__(cls, *, code: str, exit_code: ExitCode | None = None) -> None:
        """Set the code of a subclass, and its exit code if it is not that of its base."""
        cls.code = code
        if exit_code is not None:
            cls.exit_code = exit_code

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        exchange: Exchange | None = None,
        generation_id: str | None = None,
        may_be_retried: bool = False,
        is_final: bool = False,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(without_secrets(message))
        self.message: Final = without_secrets(message)
        self.hint: Final = without_secrets(hint) if hint is not None else None
        self.exchange: Final = exchange
        self.generation_id: Final = generation_id
        self.may_be_retried: Final = may_be_retried
        self.is_final: Final = is_final
        self.errors: Final = errors

    def but(self, **changes: Unpack[Changes]) -> Self:
        """Return a copy with other facts, and with the cause and the traceback of this error."""
        facts: Changes = {
            "message": self.message,
            "hint": self.hint,
            "exchange": self.exchange,
            "generation_id": self.generation_id,
            "may_be_retried": self.may_be_retried,
            "is_final": self.is_final,
            "errors": self.errors,
        }
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__)  # the facts of subclasses
        LumaError.__init__(copy, **(facts | changes))
        copy.__cause__, copy.__context__ = self.__cause__, self.__context__
        copy.__suppress_context__ = self.__suppress_context__
        return copy.with_traceback(self.__traceback__)


def reason_of(problem: Exception) -> str:
    """Return the system's reason for a problem, as the end of a sentence: `disk full`."""
    reason = getattr(problem, "strerror", None) or str(problem)
    return reason[:1].lower() + reason[1:]


class UsageError(LumaError, code="usage", exit_code=ExitCode.USAGE):
    """The command line is invalid."""


class UnknownCommandError(UsageError, code="unknown_command"):
    """No command has this name."""


class UnknownFlagError(UsageError, code="unknown_flag"):
    """The command has no such flag."""


class InputFileError(UsageError, code="input_file"):
    """A local file is missing, unreadable or of the wrong kind."""


class ConfigFileError(UsageError, code="config_file"):
    """The config file cannot be read, parsed or written."""


class RejectedError(LumaError, code="rejected", exit_code=ExitCode.REJECTED):
    """The server rejected the request; a retry of the same request would fail as well."""


class FileFailedError(RejectedError, code="file_failed"):
    """The API could not process an uploaded file."""


class AuthError(LumaError, code="auth", exit_code=ExitCode.AUTH):
    """There is no API key, or the server rejected it."""


class MissingKeyError(AuthError, code="no_key"):
    """No flag, variable or file has an API key."""

    def __init__(self) -> None:
        super().__init__(
            "no API key",
            hint="run `luma-agents-cli auth login`, or set `LUMA_AGENTS_API_KEY`",
        )


class FundsError(LumaError, code="funds", exit_code=ExitCode.FUNDS):
    """The account's balance does not cover the request."""


class CostLimitError(FundsError, code="cost_limit"):
    """The job's cost exceeds the limit that the user set."""


class GenerationFailedError(
    LumaError, code="generation_failed", exit_code=ExitCode.GENERATION_FAILED
):
    """A generation that was waited for ended as `failed`; `failure_code` is the API's word."""

    def __init__(
        self, message: str, *, failure_code: str | None = None, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(message, **facts)
        self.failure_code: Final = failure_code


class ModeratedError(GenerationFailedError, code="moderated", exit_code=ExitCode.MODERATED):
    """A generation that was waited for broke the content rules."""


class RateLimitedError(LumaError, code="rate_limited", exit_code=ExitCode.RATE_LIMITED):
    """The server answered 429, with `Retry-After` if `retry_after_seconds` is not `None`."""

    def __init__(
        self, message: str, *, retry_after_seconds: float | None = None, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(message, **facts)
        self.retry_after_seconds: Final = retry_after_seconds


class WaitTimeoutError(LumaError, code="wait_timeout", exit_code=ExitCode.WAIT_TIMEOUT):
    """The time to wait ran out; the generation is still running."""


class UnavailableError(LumaError, code="unavailable", exit_code=ExitCode.UNAVAILABLE):
    """The network or the server failed; nothing was accepted."""


class UnexpectedAnswerError(UnavailableError, code="unexpected_answer"):
    """The server answered with JSON of the wrong kind; a retry would return the same."""


class LinkRefusedError(LumaError, code="link_refused", exit_code=ExitCode.UNAVAILABLE):
    """The storage host rejects the link to an output; a new link is needed."""


class NotAResultError(UnavailableError, code="not_a_result"):
    """The storage host sent a web page or an error document instead of an output."""


class StorageRefusedError(LumaError, code="storage_refused", exit_code=ExitCode.UNAVAILABLE):
    """The storage host's answer cannot be used; a retry would return the same."""


class OutcomeUnknownError(LumaError, code="outcome_unknown", exit_code=ExitCode.OUTCOME_UNKNOWN):
    """A submission was sent and no usable answer came back.

    `answer` is the beginning of one that could not be read, for the history.
    """

    def __init__(self, message: str, *, answer: str | None = None, **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.answer: Final = answer


class PartialError(LumaError, code="partial", exit_code=ExitCode.PARTIAL):
    """Some of several jobs failed."""


class UncollectedError(LumaError, code="uncollected", exit_code=ExitCode.UNCOLLECTED):
    """A job of this run was accepted, but its result was not saved as requested.

    Running the same command again would pay again; the hint names the command that does not.
    """


class SavedElsewhereError(UncollectedError, code="saved_elsewhere"):
    """The result was saved under another name than the requested one."""


class OutputExpiredError(UncollectedError, code="output_expired"):
    """The result of a finished job no longer exists at the storage host."""


class StoppedError(LumaError, code="interrupted", exit_code=ExitCode.INTERRUPTED):
    """Ctrl-C or SIGTERM ended the work."""


class OutputExistsError(LumaError, code="output_exists"):
    """The file to write already exists."""


class SaveError(LumaError, code="save_failed"):
    """An output could not be downloaded completely or written to disk."""


class PartSwappedError(SaveError, code="part_swapped"):
    """Another process replaced a file that is being saved."""


class NoOutputError(LumaError, code="no_output"):
    """The generation has nothing to download (yet)."""


class StdoutError(LumaError, code="stdout_failed"):
    """The data cannot be written to stdout, for instance because a disk is full."""


class NoMatchError(LumaError, code="no_match"):
    """`--transform` matches nothing in the answer."""


class JournalError(LumaError, code="journal"):
    """The journal cannot be written or read, so that a paid job could be lost."""


class JournalLockedError(JournalError, code="journal_locked"):
    """Another process has kept the journal locked for too long."""


class RunLockedError(LumaError, code="run_locked"):
    """Another process is working on the same run of a batch."""


class MissingExtraError(LumaError, code="missing_extra"):
    """The command needs an optional part of the package that is not installed."""


class BugError(Exception):
    """A bug, which is the cause, came up after a job was submitted; `error` names the job."""

    def __init__(self, error: LumaError) -> None:
        super().__init__(error.message)
        self.error = error


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Put the flag, variable or key that a value is for in front of its `UsageError`."""
    try:
        yield
    except UsageError as problem:
        raise problem.but(message=f"`{name}`: {problem.message}") from None


def interrupted_error(interruption: KeyboardInterrupt) -> LumaError | None:
    """Return the error that a signal kept from being reported, if it has more information."""
    error = interruption.__context__
    return error if isinstance(error, OutcomeUnknownError | UncollectedError) else None
