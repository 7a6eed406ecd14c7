"""The collaborators of all workflows of a run: API, history, reporter, clock, limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from luma_cli.api.answer import Answer
from luma_cli.errors import LumaError, WaitTimeoutError
from luma_cli.host import Clock
from luma_cli.jobs.retry import SHORTEST_TIMEOUT_SECONDS, TRANSIENT_ERRORS, RetryPolicy, retry

if TYPE_CHECKING:
    from decimal import Decimal

    from luma_cli.api.client import LumaClient
    from luma_cli.interrupts import Interrupts
    from luma_cli.journal.history import History
    from luma_cli.output.progress import Progress
    from luma_cli.transfers.storage import ClientFor

Result = TypeVar("Result")


class Reporter(Protocol):
    """The interface for reporting to the user, which `output.output.Output` implements."""

    @property
    def for_people(self) -> bool: ...
    @property
    def wants_documents(self) -> bool: ...
    def document(self, text: str) -> None: ...
    def json_line(self, text: str) -> None: ...
    def data(self, value: Any) -> None: ...
    def lines(self, lines: Iterable[str]) -> None: ...
    def binary(self) -> AbstractContextManager[Callable[[bytes], None]]: ...
    def success(self, text: str, detail: str) -> None: ...
    def note(self, text: str, *, always: bool = False) -> None: ...
    def detail(self, text: str) -> None: ...
    def warning(self, text: str) -> None: ...
    def error(self, error: LumaError) -> None: ...
    def progress(self) -> AbstractContextManager[Progress]: ...


class SpendingLimits(NamedTuple):
    """The limits of the cost of one job, and of all jobs of a day, in dollars; `None` for none.

    `sources` are the phrases for where each comes from, by its key in the config file.
    """

    max_cost: Decimal | None
    max_cost_per_day: Decimal | None
    sources: Mapping[str, str]


class UploadRule(NamedTuple):
    """Which local files are uploaded: `when` is `auto`, `always` or `never`."""

    when: str
    threshold_bytes: int


class Session(NamedTuple):
    """The collaborators of a run that talks to the API.

    `storage_for(url)` is a client for a presigned URL, which carries no key. `command_line(*words)`
    is a command of this program for the same account. `at_exit` defers a call to the end of the
    run.
    """

    api: LumaClient
    storage_for: ClientFor
    history: History
    reporter: Reporter
    clock: Clock
    max_retries: int
    limits: SpendingLimits
    upload_rule: UploadRule
    interrupts: Interrupts
    command_line: Callable[..., str]
    at_exit: Callable[[Callable[[], None]], None]

    @property
    def retry_policy(self) -> RetryPolicy:
        """How often a request is retried; retries are announced."""

        def announce(problem: LumaError, pause: float) -> None:
            self.reporter.note(f"{problem}; retrying in {pause:g} s")

        return RetryPolicy(self.max_retries, self.clock, announce)

    def note_outage(self, problem: str | None, pause: float) -> None:
        """Report an outage and the seconds until the next request; `None` for its end."""
        again = f"{problem}; retrying in {round(pause, 1):g} s"
        self.reporter.note("the server answers again" if problem is None else again)

    def read(self, call: Callable[[], Result], *, deadline: float = math.inf) -> Result:
        """Make a call that changes nothing on the server, and retry it after a network error."""
        return retry(call, self.retry_policy, deadline)

    def read_generation(
        self,
        generation_id: str,
        *,
        deadline: float = math.inf,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Ask for a generation, and call `meanwhile` before the answer is there.

        Raises the errors of `LumaClient`. A network error that lasts until the `deadline` (by the
        clock) is a `WaitTimeoutError`; no request is sent after it.
        """

        def call() -> Answer:
            left = deadline - self.clock.now()
            if left < 0:
                raise _out_of_time(generation_id)
            timeout = max(left, SHORTEST_TIMEOUT_SECONDS)
            return self.api.get_generation(generation_id, timeout=timeout, meanwhile=meanwhile)

        try:
            return self.read(call, deadline=deadline)
        except TRANSIENT_ERRORS as problem:
            if self.clock.now() < deadline:
                raise
            raise _out_of_time(generation_id, problem.message) from None


def _out_of_time(generation_id: str, problem: str | None = None) -> WaitTimeoutError:
    from luma_cli.jobs.outcomes import out_of_time

    return out_of_time(generation_id, problem)
