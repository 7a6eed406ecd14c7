"""This machine's history: whether it is kept, and its journal, opened when first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from luma_cli.errors import LumaError
from luma_cli.host import Clock

if TYPE_CHECKING:
    from luma_cli.journal.account import Account
    from luma_cli.journal.journal import Journal


class History:
    """The journal as one run sees it: that of `account`, if `is_kept`, as `source` says."""

    def __init__(
        self,
        environ: Mapping[str, str],
        account: Account,
        warn: Callable[[str], None],
        clock: Clock,
        *,
        is_kept: bool,
        source: str,
    ) -> None:
        self.account, self.is_kept, self.source = account, is_kept, source
        self._environ, self._warn, self._clock = environ, warn, clock
        self._is_unusable = False

    @cached_property
    def journal(self) -> Journal:
        """The journal, which is made if there is none yet; raises `JournalError`."""
        from luma_cli.journal.journal import Journal
        from luma_cli.settings.paths import journal_file

        return Journal(journal_file(self._environ), self._warn, self.account, self._clock)

    @property
    def has_file(self) -> bool:
        """Whether it is kept and its file exists; raises `OSError` or `ValueError`."""
        from luma_cli.settings.paths import find_journal_file

        path = find_journal_file(self._environ) if self.is_kept else None
        return path is not None and path.exists()

    @property
    def existing(self) -> Journal | None:
        """The journal, if it is kept and there is one by now; one that is unreadable is a warning.

        The first submission of a machine makes it.
        """
        if self._is_unusable:
            return None
        try:
            return self.journal if self.has_file else None
        except (LumaError, OSError, ValueError) as problem:
            self._is_unusable = True
            self._warn(f"the history cannot be read: {problem}")
        return None

    def close(self) -> None:
        """Close the journal if it is open, so that no file stands beside it."""
        if (journal := self.__dict__.get("journal")) is not None:
            journal.close()
