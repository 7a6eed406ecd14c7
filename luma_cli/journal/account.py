"""The jobs that a view of the journal shows: those of one host and profile."""

from typing import Any, NamedTuple

# Jobs of a sandbox are free, whatever their price would be.
IS_REAL = "sandbox IS NULL"


class Account(NamedTuple):
    """A host and a profile, from the settings.

    `sandbox` is the nonce of the sandbox of this run, if any, which its jobs are marked with. Jobs
    of other sandboxes are hidden, also of one that had the same port.
    """

    base_url: str
    profile: str
    sandbox: str | None = None

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of `EVERY_JOB` and `OF_FOUND_JOBS`."""
        return self.base_url, self.profile, self.sandbox


# SQL conditions for the jobs of an account. The first uses the index of accounts; the second leaves
# the choice of an index to other conditions, such as a digest (a plus disables the index).
EVERY_JOB = f"base_url = ? AND profile = ? AND ({IS_REAL} OR sandbox = ?)"
OF_FOUND_JOBS = f"+base_url = ? AND +profile = ? AND ({IS_REAL} OR sandbox = ?)"


def account_filter(
    account: Account | None, condition: str = OF_FOUND_JOBS
) -> tuple[str, tuple[Any, ...]]:
    """Return the condition for the jobs of an account, and its values; without one, all jobs."""
    return ("1", ()) if account is None else (condition, account.values)
