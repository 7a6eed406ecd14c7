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
    def condition(self) -> str:
        """The SQL condition for what this account sees; `values` go with it."""
        return f"base_url = ? AND profile = ? AND ({IS_REAL} OR sandbox = ?)"

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of `condition`."""
        return self.base_url, self.profile, self.sandbox
