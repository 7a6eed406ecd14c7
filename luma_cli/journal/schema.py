"""The journal's tables, and how an older file becomes a newer one."""

from __future__ import annotations

import sqlite3

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
        seconds REAL,                     -- from submission to end, if we watched
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
)
VERSION = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an open journal to this version; raises `sqlite3.Error`.

    A file of a newer version is left as it is: its tables may have more columns, never fewer.
    """
    if _version(connection) >= VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")  # one process migrates, the others wait here
    try:
        for version in range(_version(connection), VERSION):
            for statement in MIGRATIONS[version].split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.execute("COMMIT")
    except sqlite3.Error:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
