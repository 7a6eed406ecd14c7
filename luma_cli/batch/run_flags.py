"""The flags of a batch about its run: which one it is, how fast, how far, and what it reports."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from luma_cli.batch.reconcile import OnChange
from luma_cli.errors import UsageError
from luma_cli.flags import Completion, Flag
from luma_cli.settings.declarations import MONEY_GROUP
from luma_cli.settings.parse import parse_count

_RUN, _LIMITS, _REPORTS = "Run", "Limits", "Reports"
_PERCENT = 100


class Shard(NamedTuple):
    """One part of a batch: the `part`-th (from 1) of `parts`."""

    part: int
    parts: int

    def __str__(self) -> str:
        return f"{self.part}/{self.parts}"


class MostFailures(NamedTuple):
    """A number of jobs, or with `is_percent` a share of all."""

    number: int
    is_percent: bool

    def of(self, jobs: int) -> int:
        """Return the number of failed jobs that ends the submitting; at least one."""
        number = -(-jobs * self.number // _PERCENT) if self.is_percent else self.number
        return max(number, 1)


def positive(text: str) -> int:
    """Return the number of a flag for which 0 makes no sense; raises `UsageError`."""
    if not (number := parse_count(text)):
        raise UsageError("`0` submits nothing", hint="write 1 or more")
    return number


def read_shard(text: str) -> Shard:
    """Return the value of `--shard`; raises `UsageError`."""
    part, _, parts = text.partition("/")
    if part.isdecimal() and parts.isdecimal() and len(text) < _PERCENT:
        shard = Shard(int(part), int(parts))
        if 1 <= shard.part <= shard.parts:
            return shard
    raise UsageError(f"`{text}` is not K/N", hint="as in `1/3`, `2/3` and `3/3`")


def read_failures(text: str) -> MostFailures:
    """Return the value of `--max-failures`; raises `UsageError`."""
    number = parse_count(text.removesuffix("%"))
    is_percent = text.endswith("%")
    if not number or (is_percent and number > _PERCENT):
        raise UsageError(f"`{text}` is not N or N%", hint="as in `5` or `10%`")
    return MostFailures(number, is_percent)


def read_change(text: str) -> OnChange:
    """Return the value of `--on-change`; raises `UsageError`."""
    try:
        return OnChange(text)
    except ValueError:
        values = " or ".join(f"`{each.value}`" for each in OnChange)
        raise UsageError(f"`{text}` is not {values}") from None


RUN_FLAGS = (
    Flag(
        "--run",
        "Name of the run to start or continue; the path of FILE if omitted, required with stdin",
        _RUN,
        "NAME",
        unique=True,
        dest="run_name",
    ),
    Flag(
        "--status", "Print the state of each job from the history; send nothing", _RUN, switch=True
    ),
    Flag("--fresh", "Start a new run, which pays for every row again", _RUN, switch=True),
    Flag(
        "--resubmit-failed",
        "Submit jobs again that failed in an earlier invocation; you pay again",
        _RUN,
        switch=True,
    ),
    Flag(
        "--resubmit-unknown",
        "Submit jobs again that may or may not have been accepted; you may pay twice",
        _RUN,
        switch=True,
    ),
    Flag(
        "--resubmit",
        "Submit a job that fails for a temporary reason up to N times again; you pay each time",
        _RUN,
        "N",
        default="0",
        read=parse_count,
        unique=True,
        dest="resubmissions",
    ),
    Flag(
        "--on-change",
        "If the request of a known `id` has changed, submit it again or keep the earlier job;"
        " otherwise, it is an error",
        _RUN,
        "ACTION",
        tuple(each.value for each in OnChange),
        Completion.WORDS,
        read=read_change,
        unique=True,
    ),
    Flag("--verify", "Check saved files by their content, not by size and time", _RUN, switch=True),
    Flag(
        "--shard",
        "Process only part K of N parts of the rows; a row's key decides its part",
        _RUN,
        "K/N",
        read=read_shard,
        unique=True,
    ),
)
LIMIT_FLAGS = (
    Flag(
        "--jobs",
        "Run at most N jobs at once; otherwise as many as the account allows",
        _LIMITS,
        "N",
        read=positive,
        unique=True,
    ),
    Flag(
        "--rpm",
        "Submit at most N jobs per minute; otherwise as many as the account allows",
        _LIMITS,
        "N",
        read=positive,
        unique=True,
    ),
    Flag(
        "--timeout",
        "Stop submitting and waiting after this long, e.g. `1h` (exit 9); the same command"
        " continues. Default: no limit",
        _LIMITS,
        "DURATION",
    ),
    Flag(
        "--job-timeout",
        "Stop waiting for a job after this long, e.g. `10m`; it keeps running",
        _LIMITS,
        "DURATION",
        unique=True,
    ),
    Flag("--fail-fast", "Stop submitting after the first failed job", _LIMITS, switch=True),
    Flag(
        "--max-failures",
        "Stop submitting after N failed jobs, or after N% of all jobs",
        _LIMITS,
        "N|N%",
        read=read_failures,
        unique=True,
    ),
)
REPORT_FLAGS = (
    Flag(
        "--report",
        "Write a report, in the format of its extension: .csv with the columns of the input,"
        " .jsonl, .xml (JUnit) or .md",
        _REPORTS,
        "FILE",
        completion=Completion.FILES,
        repeatable=True,
        read=Path,
        dest="reports",
    ),
    Flag(
        "--merge",
        "Print and report the results of the manifests given as FILE, e.g. of shards; send nothing",
        _REPORTS,
        switch=True,
    ),
    Flag(
        "--ordered",
        "Print results in the order of the rows, not as jobs end",
        _REPORTS,
        switch=True,
    ),
)
YES = Flag("--yes", "Submit without asking for confirmation", MONEY_GROUP, switch=True)
