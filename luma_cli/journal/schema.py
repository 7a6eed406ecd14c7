"""The journal's tables, and how an older file becomes a newer one."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

# Each script leads from one version (its place in the list) to the next; none is ever changed.
MIGRATIONS = (
    """
    CREATE TABLE submissions (
        entry INTEGER PRIMARY KEY AUTOINCREMENT,
        created_at REAL NOT NULL,         -- seconds since 1970, UTC
        profile TEXT NOT NULL,
        base_url TEXT NOT NULL,
        type TEXT NOT NULL,
        model TEXT NOT NULL,
        prompt TEXT NOT NULL,
        tag TEXT,
        request TEXT NOT NULL,            -- JSON; bytes of files as sha256, size and type
        cost TEXT,                        -- US dollars; NULL is unknown
        plan TEXT NOT NULL,               -- JSON: what to do once it is accepted
        process INTEGER NOT NULL,         -- who sends it, as long as the outcome is `sending`
        attempts TEXT NOT NULL DEFAULT '[]',
        outcome TEXT NOT NULL,            -- sending, accepted, refused, unknown
        detail TEXT,                      -- why it was refused, or is not known
        generation_id TEXT,
        state TEXT,                       -- as the API said last
        failure_code TEXT,
        failure_reason TEXT,
        ended_at REAL,
        seconds REAL,                     -- from submission to end, if observed
        files TEXT NOT NULL DEFAULT '[]', -- JSON: what was saved
        is_done INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX submissions_by_id ON submissions (generation_id)
        WHERE generation_id IS NOT NULL;
    CREATE INDEX submissions_undone ON submissions (is_done) WHERE is_done = 0;
    CREATE INDEX submissions_by_time ON submissions (created_at);
    CREATE INDEX submissions_by_kind ON submissions (type, model, entry);
    """,
    """
    CREATE TABLE uploads (
        sha256 TEXT NOT NULL,
        base_url TEXT NOT NULL,
        profile TEXT NOT NULL,
        file_id TEXT NOT NULL,
        uploaded_at REAL NOT NULL,
        PRIMARY KEY (sha256, base_url, profile)
    );
    """,
    """
    -- sandbox: nonce of the sandbox that took the job, answer: start of one that was unreadable,
    -- once_key: of `--once-key`, body_digest: equal for equal requests, sender: its lock
    ALTER TABLE submissions ADD COLUMN sandbox TEXT;
    ALTER TABLE submissions ADD COLUMN answer TEXT;
    ALTER TABLE submissions ADD COLUMN once_key TEXT;
    ALTER TABLE submissions ADD COLUMN body_digest TEXT;
    ALTER TABLE submissions ADD COLUMN sender TEXT;
    CREATE INDEX submissions_by_account ON submissions (base_url, profile, entry);
    CREATE INDEX submissions_by_digest ON submissions (body_digest)
        WHERE body_digest IS NOT NULL;
    CREATE INDEX submissions_by_key ON submissions (once_key) WHERE once_key IS NOT NULL;
    CREATE INDEX submissions_sending ON submissions (entry) WHERE outcome = 'sending';
    CREATE INDEX submissions_running ON submissions (entry)
        WHERE outcome = 'accepted' AND ended_at IS NULL;
    """,
    """
    -- runs of a batch: the newest one of a name is the current one; name and key are escaped as by
    -- Python's unicode_escape, entry is the last submission of a job, checked the files on disk,
    -- submissions.run the run that a submission was made for, also once the job has another
    CREATE TABLE runs (
        run INTEGER PRIMARY KEY AUTOINCREMENT,
        base_url TEXT NOT NULL,
        profile TEXT NOT NULL,
        sandbox TEXT,
        name TEXT NOT NULL,
        started_at REAL NOT NULL
    );
    CREATE INDEX runs_by_name ON runs (base_url, profile, name);
    CREATE TABLE batch_jobs (
        run INTEGER NOT NULL,
        key TEXT NOT NULL,
        digest TEXT NOT NULL,
        entry INTEGER,
        resubmissions INTEGER NOT NULL DEFAULT 0,
        checked TEXT NOT NULL DEFAULT '{}', -- JSON: path -> sha256, size, mtime_ns
        PRIMARY KEY (run, key)
    ) WITHOUT ROWID;
    CREATE INDEX batch_jobs_by_digest ON batch_jobs (digest);
    ALTER TABLE submissions ADD COLUMN run INTEGER;
    CREATE INDEX submissions_by_run ON submissions (run) WHERE run IS NOT NULL;
    """,
)
VERSION = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection, path: Path) -> int:
    """Bring an open journal to this version and return the version it has then.

    A copy of an older file is kept beside it. A file of a newer version is left as it is: its
    tables may have more columns, never fewer. Raises `sqlite3.Error` and `OSError`.
    """
    if (version := version_of(connection)) >= VERSION:
        return version
    connection.execute("BEGIN IMMEDIATE")  # one process migrates, the others wait here
    try:
        version = version_of(connection)
        if 0 < version < VERSION:
            _copy(path, version)
        for number in range(version, VERSION):
            for statement in MIGRATIONS[number].split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # a full disk has rolled it back already
            connection.execute("ROLLBACK")
        raise
    return version_of(connection)


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of an open journal, 0 for an empty file; raises `sqlite3.Error`."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _copy(path: Path, version: int) -> None:
    """Copy the journal as it is to `history.db.version-2`, private as well.

    The copy gets its name when it is whole, so that one of a killed process is made again.
    """
    copy = path.with_name(f"{path.name}.version-{version}")
    if copy.exists():  # of a journal that was put back and has grown since
        copy = copy.with_name(f"{copy.name}-{time.strftime('%Y%m%dT%H%M%S')}")
    part = path.with_name(f"{path.name}.copy")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    # The connection that migrates has a transaction open; this one reads what was before it.
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.rename(copy)
