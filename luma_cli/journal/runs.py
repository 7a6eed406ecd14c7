"""Runs of a batch: what each of its jobs was submitted as, and what the run has spent.

A run is known by the account and its name. Its newest one is the current run; earlier ones remain
for `elsewhere` and the history.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from luma_cli.journal import decode
from luma_cli.journal.entry import REFUSED, SENDING, NewSubmission
from luma_cli.journal.file import too_new
from luma_cli.journal.find import settle
from luma_cli.journal.journal import Journal
from luma_cli.journal.run_job import (
    COLUMNS,
    CheckedFile,
    RunJob,
    checked_text,
    escaped,
    run_job_of,
    unescaped,
)
from luma_cli.journal.schema import VERSION

_OF_ACCOUNT = "base_url = ? AND profile = ? AND sandbox IS ?"
# A submission that was not refused may have been paid for.
_SUBMITTED_AGAIN = (
    "batch_jobs.resubmissions + coalesce((SELECT outcome <> 'refused' FROM submissions"
    " WHERE entry = batch_jobs.entry), 1)"
)


class Run(NamedTuple):
    """A run of a batch; `started_at` is in seconds since 1970."""

    run: int
    name: str
    started_at: float


def find_run(journal: Journal, name: str) -> Run | None:
    """Return the current run of the account with this name, if any."""
    rows = journal.read(
        f"SELECT run, started_at FROM runs WHERE {_OF_ACCOUNT} AND name = ?"  # noqa: S608 - no user input
        " ORDER BY run DESC LIMIT 1",
        *(*_account(journal), escaped(name)),
    )
    if not rows:
        return None
    with journal.errors():
        return Run(rows[0][0], name, decode.seconds(rows[0][1]))


def start_run(journal: Journal, name: str) -> Run:
    """Start a run, which is the current one of this name from now on."""
    if journal.version > VERSION:
        raise too_new(journal.path, journal.version)
    now = journal.clock.epoch_seconds()
    run = journal.write(
        "INSERT INTO runs (base_url, profile, sandbox, name, started_at) VALUES (?, ?, ?, ?, ?)",
        *(*_account(journal), escaped(name), now),
    )
    return Run(run, name, now)


def settle_jobs(journal: Journal, run: int) -> None:
    """Store the outcomes of submissions that were being sent by processes that have ended."""
    for entry in journal.each(f"outcome = '{SENDING}' AND run = ?", run):
        settle(journal, entry)


def jobs_of(journal: Journal, run: int) -> dict[str, RunJob]:
    """Return the jobs that a run has submitted, by their keys."""
    rows = journal.read_as(
        run_job_of,
        f"SELECT {COLUMNS} FROM batch_jobs AS job"  # noqa: S608 - no user input
        " LEFT JOIN submissions AS last ON last.entry = job.entry WHERE job.run = ?",
        run,
    )
    jobs = {job.key: job for job in rows}
    if (damaged := next((job for job in jobs.values() if job.is_damaged), None)) is not None:
        journal.warn_once(
            f"job `{damaged.key}` of the run is damaged in the journal; unreadable values of this"
            " and other jobs are left out"
        )
    return jobs


def begin_job(
    journal: Journal,
    run: int,
    key: str,
    digest: str,
    draft: NewSubmission,
    *,
    check: Callable[[], object],
) -> int:
    """Add a submission of a job of the run, which is about to be sent; return its number.

    `check` raises to refuse it. It is one step with the rest: what it reads of the journal, such as
    the spending of a day, no other process changes in between. Raises `JournalError`.
    """
    entry = 0
    try:
        with journal.transaction():
            check()
            entry = journal.begin(draft._replace(run=run))
            journal.write(
                "INSERT INTO batch_jobs (run, key, digest, entry) VALUES (?, ?, ?, ?)"  # noqa: S608 - no user input
                " ON CONFLICT (run, key) DO UPDATE SET digest = excluded.digest,"
                f" entry = excluded.entry, resubmissions = {_SUBMITTED_AGAIN}, checked = '{{}}'",
                *(run, escaped(key), digest, entry),
            )
    except BaseException:
        journal.not_begun(entry)
        raise
    return entry


def record_checked(
    journal: Journal, run: int, checked: Mapping[str, Mapping[str, CheckedFile]]
) -> None:
    """Store the checked files of jobs, by the keys of the jobs and by absolute path.

    They replace those that were stored. One step for many jobs, as each step is synced to the disk.
    """
    with journal.transaction():
        for key, files in checked.items():
            journal.write(
                "UPDATE batch_jobs SET checked = ? WHERE run = ? AND key = ?",
                *(checked_text(files), run, escaped(key)),
            )


def elsewhere(
    journal: Journal, name: str, digests: Mapping[str, str], *, of: str | None = None
) -> str | None:
    """Return the name of another run of the account that has submitted one of these jobs.

    With `of`, only the run of that name and its shards count.

    `digests` are those of requests, by the keys of their jobs; both are equal there. A submission
    that was refused does not count, nor does an earlier run of this name.
    """
    if not digests:
        return None
    wanted = json.dumps([(escaped(key), digest) for key, digest in digests.items()])
    rows = journal.read(
        # CROSS JOIN fixes the order: each wanted job is found by the index of digests.
        "SELECT runs.name FROM json_each(?) AS wanted"  # noqa: S608 - no user input
        " CROSS JOIN batch_jobs AS job ON job.digest = json_extract(wanted.value, '$[1]')"
        " AND job.key = json_extract(wanted.value, '$[0]')"
        " JOIN runs ON runs.run = job.run JOIN submissions ON submissions.entry = job.entry"
        " WHERE runs.base_url = ? AND runs.profile = ? AND runs.sandbox IS ? AND runs.name <> ?"
        f" AND submissions.outcome <> '{REFUSED}'"
        " AND (?6 IS NULL OR runs.name = ?6 OR instr(runs.name, ?6 || ' (shard ') = 1) LIMIT 1",
        *(wanted, *_account(journal), escaped(name), None if of is None else escaped(of)),
    )
    with journal.errors():
        return unescaped(rows[0][0]) if rows else None


def _account(journal: Journal) -> tuple[str, str, str | None]:
    account = journal.account
    if account is None:
        raise ValueError("a run belongs to an account")
    return account.base_url, account.profile, account.sandbox
