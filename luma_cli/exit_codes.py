"""The exit codes of the program, and the errors that end with them.

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
├── RunLockedError                1    run_locked
└── MissingExtraError             1    missing_extra
"""

from __future__ import annotations

from enum import IntEnum


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
