"""Whose jobs a view of the journal shows: those of one host and profile."""

from __future__ import annotations

from typing import Any, NamedTuple

# A sandbox job costs nothing, whatever its price would be.
IS_REAL = "sandbox IS NULL"


class Account(NamedTuple):
    """A host and a profile, as the settings of a run name them.

    `sandbox` is the nonce of the sandbox that this run is started in, if there is one. Its jobs are
    marked with it; a job of any other sandbox is hidden, also of one that had the same port.
    """

    base_url: str
    profile: str
    sandbox: str | None = None

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of `EVERY_JOB` and `OF_FOUND_JOBS`."""
        return self.base_url, self.profile, self.sandbox


# SQL conditions for what an account sees. With the first, the index of accounts is used; with the
# second (a plus hides a column from it), whatever else makes the rows few, such as a digest.
EVERY_JOB = f"base_url = ? AND profile = ? AND ({IS_REAL} OR sandbox = ?)"
OF_FOUND_JOBS = f"+base_url = ? AND +profile = ? AND ({IS_REAL} OR sandbox = ?)"


def seen_by(account: Account | None, condition: str = OF_FOUND_JOBS) -> tuple[str, tuple[Any, ...]]:
    """Return a condition for what an account sees, and its values; without one that is all."""
    return ("1", ()) if account is None else (condition, account.values)
