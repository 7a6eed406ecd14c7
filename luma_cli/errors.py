"""Every way this program fails: one exit code, one stable `code` and one sentence each.

    LumaError                         1    failed
    ├── UsageError                    2    usage
    │   ├── UnknownCommandError            unknown_command
    │   ├── UnknownFlagError               unknown_flag
    │   ├── InputFileError                 input_file
    │   └── ConfigFileError                config_file
    ├── RejectedError                 3    rejected
    │   └── FileFailedError                file_failed
    ├── AuthError                     4    auth
    │   └── MissingKeyError                no_key
    ├── FundsError                    5    funds
    │   └── CostLimitError                 cost_limit
    ├── GenerationFailedError         6    generation_failed
    │   └── ModeratedError            7    moderated
    ├── RateLimitedError              8    rate_limited
    ├── WaitTimeoutError              9    wait_timeout
    ├── UnavailableError             10    unavailable
    │   ├── UnexpectedAnswerError          unexpected_answer
    │   └── NotAResultError                not_a_result
    ├── LinkRefusedError             10    link_refused
    ├── StorageRefusedError          10    storage_refused
    ├── OutcomeUnknownError          11    outcome_unknown
    ├── PartialError                 12    partial
    ├── UncollectedError             13    uncollected
    │   ├── SavedElsewhereError            saved_elsewhere
    │   └── OutputExpiredError             output_expired
    ├── StoppedError                130    interrupted
    ├── OutputExistsError             1    output_exists
    ├── SaveError                     1    save_failed
    │   └── PartSwappedError               part_swapped
    ├── NoOutputError                 1    no_output
    ├── StdoutError                   1    stdout_failed
    ├── NoMatchError                  1    no_match
    ├── JournalError                  1    journal
    │   └── JournalLockedError             journal_locked
    └── MissingExtraError             1    missing_extra

An error states the fact; its `hint` proposes the next step. Neither depends on the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

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

    class Changes(Facts, total=False):
        """What a copy of an error may change."""

        message: str


class ExitCode(IntEnum):
    """The program's exit statuses; `meaning` is the sentence that help and manual print."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> ExitCode:
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    DONE = 0, "Done"
    FAILED = 1, "Anything not listed below"
    USAGE = 2, "Bad flags, a bad value, an unreadable input file, an unknown command"
    REJECTED = 3, "The server rejected the request (400, 404, 409, 413, 422 and other 4xx)"
    AUTH = 4, "No API key, or the server rejected it (401, 403)"
    FUNDS = 5, "Not enough balance (402), or the cost is unknown or exceeds a limit"
    GENERATION_FAILED = 6, "The generation that was waited for failed"
    MODERATED = 7, "The generation failed content moderation"
    RATE_LIMITED = 8, "Rate limited (429), after all retries"
    WAIT_TIMEOUT = 9, "`--timeout` ran out; the job is still running, or was not submitted"
    UNAVAILABLE = 10, "Network or server error; a submission was certainly not accepted"
    OUTCOME_UNKNOWN = 11, "The submission may or may not have been accepted"
    PARTIAL = 12, "Some of several jobs failed"
    UNCOLLECTED = 13, "A job was submitted, but its result was not saved under the requested name"
    INTERRUPTED = 130, "Interrupted by Ctrl-C or SIGTERM"


# The codes with which `create` may end once its job is paid for: after any other code a script may
# repeat the command, and pay again.
EXIT_CODES_AFTER_PAYMENT = frozenset(
    {
        *(ExitCode.DONE, ExitCode.GENERATION_FAILED, ExitCode.MODERATED, ExitCode.WAIT_TIMEOUT),
        *(ExitCode.OUTCOME_UNKNOWN, ExitCode.PARTIAL, ExitCode.UNCOLLECTED, ExitCode.INTERRUPTED),
    }
)


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
    `is_final` a request that would fail the same way if repeated.
    """

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        exchange: Exchange | None = None,
        generation_id: str | None = None,
        may_be_retried: bool = False,
        is_final: bool = False,
    ) -> None:
        super().__init__(without_secrets(message))
        self.message: Final = without_secrets(message)
        self.hint: Final = without_secrets(hint) if hint is not None else None
        self.exchange: Final = exchange
        self.generation_id: Final = generation_id
        self.may_be_retried: Final = may_be_retried
        self.is_final: Final = is_final

    def but(self, **changes: Unpack[Changes]) -> Self:
        """Return a copy with other facts, and with the cause and the traceback of this error."""
        facts: Changes = {
            "message": self.message,
            "hint": self.hint,
            "exchange": self.exchange,
            "generation_id": self.generation_id,
            "may_be_retried": self.may_be_retried,
            "is_final": self.is_final,
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


class UsageError(LumaError):
    """The command line is invalid."""

    code = "usage"
    exit_code = ExitCode.USAGE


class UnknownCommandError(UsageError):
    """No command has this name."""

    code = "unknown_command"


class UnknownFlagError(UsageError):
    """The command has no such flag."""

    code = "unknown_flag"


class InputFileError(UsageError):
    """A local file is missing, unreadable or of the wrong kind."""

    code = "input_file"


class ConfigFileError(UsageError):
    """The config file cannot be read, parsed or written."""

    code = "config_file"


class RejectedError(LumaError):
    """The server rejected the request; a retry of the same request would fail as well."""

    code = "rejected"
    exit_code = ExitCode.REJECTED


class FileFailedError(RejectedError):
    """The API could not process an uploaded file."""

    code = "file_failed"


class AuthError(LumaError):
    """There is no API key, or the server rejected it."""

    code = "auth"
    exit_code = ExitCode.AUTH


class MissingKeyError(AuthError):
    """No flag, variable or file has an API key."""

    code = "no_key"

    def __init__(self) -> None:
        super().__init__(
            "no API key",
            hint="run `luma-agents-cli auth login`, or set `LUMA_AGENTS_API_KEY`",
        )


class FundsError(LumaError):
    """The account's balance does not cover the request."""

    code = "funds"
    exit_code = ExitCode.FUNDS


class CostLimitError(FundsError):
    """The job's cost exceeds the limit that the user set."""

    code = "cost_limit"


class GenerationFailedError(LumaError):
    """A generation that was waited for ended as `failed`; `failure_code` is the API's word."""

    code = "generation_failed"
    exit_code = ExitCode.GENERATION_FAILED

    def __init__(
        self, message: str, *, failure_code: str | None = None, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(message, **facts)
        self.failure_code: Final = failure_code


class ModeratedError(GenerationFailedError):
    """A generation that was waited for broke the content rules."""

    code = "moderated"
    exit_code = ExitCode.MODERATED


class RateLimitedError(LumaError):
    """The server answered 429, with `Retry-After` if `retry_after_seconds` is not `None`."""

    code = "rate_limited"
    exit_code = ExitCode.RATE_LIMITED

    def __init__(
        self, message: str, *, retry_after_seconds: float | None = None, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(message, **facts)
        self.retry_after_seconds: Final = retry_after_seconds


class WaitTimeoutError(LumaError):
    """The time to wait ran out; the generation is still running."""

    code = "wait_timeout"
    exit_code = ExitCode.WAIT_TIMEOUT


class UnavailableError(LumaError):
    """The network or the server failed; nothing was accepted."""

    code = "unavailable"
    exit_code = ExitCode.UNAVAILABLE


class UnexpectedAnswerError(UnavailableError):
    """The server answered with JSON of the wrong kind; a retry would return the same."""

    code = "unexpected_answer"


class LinkRefusedError(LumaError):
    """The storage host rejects the link to an output; a new link is needed."""

    code = "link_refused"
    exit_code = ExitCode.UNAVAILABLE


class NotAResultError(UnavailableError):
    """The storage host sent a web page or an error document instead of an output."""

    code = "not_a_result"


class StorageRefusedError(LumaError):
    """The storage host's answer cannot be used; a retry would return the same."""

    code = "storage_refused"
    exit_code = ExitCode.UNAVAILABLE


class OutcomeUnknownError(LumaError):
    """A submission was sent and no usable answer came back.

    `answer` is the beginning of one that could not be read, for the history.
    """

    code = "outcome_unknown"
    exit_code = ExitCode.OUTCOME_UNKNOWN

    def __init__(self, message: str, *, answer: str | None = None, **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.answer: Final = answer


class PartialError(LumaError):
    """Some of several jobs failed."""

    code = "partial"
    exit_code = ExitCode.PARTIAL


class UncollectedError(LumaError):
    """A job of this run was accepted, but its result was not saved as requested.

    Running the same command again would pay again; the hint names the command that does not.
    """

    code = "uncollected"
    exit_code = ExitCode.UNCOLLECTED


class SavedElsewhereError(UncollectedError):
    """The result was saved under another name than the requested one."""

    code = "saved_elsewhere"


class OutputExpiredError(UncollectedError):
    """The result of a finished job no longer exists at the storage host."""

    code = "output_expired"


class StoppedError(LumaError):
    """Ctrl-C or SIGTERM ended the work."""

    code = "interrupted"
    exit_code = ExitCode.INTERRUPTED


class OutputExistsError(LumaError):
    """The file to write already exists."""

    code = "output_exists"


class SaveError(LumaError):
    """An output could not be downloaded completely or written to disk."""

    code = "save_failed"


class PartSwappedError(SaveError):
    """Another process replaced a file that is being saved."""

    code = "part_swapped"


class NoOutputError(LumaError):
    """The generation has nothing to download (yet)."""

    code = "no_output"


class StdoutError(LumaError):
    """The data cannot be written to stdout, for instance because a disk is full."""

    code = "stdout_failed"


class NoMatchError(LumaError):
    """`--transform` matches nothing in the answer."""

    code = "no_match"


class JournalError(LumaError):
    """The journal cannot be written or read, so that a paid job could be lost."""

    code = "journal"


class JournalLockedError(JournalError):
    """Another process has kept the journal locked for too long."""

    code = "journal_locked"


class MissingExtraError(LumaError):
    """The command needs an optional part of the package that is not installed."""

    code = "missing_extra"


class BugError(Exception):
    """A bug, which is the cause, came up after a job was submitted; `error` names the job."""

    def __init__(self, error: LumaError) -> None:
        super().__init__(error.message)
        self.error = error


def interrupted_error(interruption: KeyboardInterrupt) -> LumaError | None:
    """Return the error that a signal kept from being reported, if it has more information."""
    error = interruption.__context__
    return error if isinstance(error, OutcomeUnknownError | UncollectedError) else None
