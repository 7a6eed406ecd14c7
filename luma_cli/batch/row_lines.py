"""The result of a job as a line for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_cli.batch.label import label_of
from luma_cli.batch.result import RowResult, Status
from luma_cli.output.style import BOLD_RED, BOLD_YELLOW, GREEN
from luma_cli.rules.constants import TEMPORARY_FAILURES
from luma_cli.rules.prices import show_dollars
from luma_cli.settings.durations import show_duration

if TYPE_CHECKING:
    from luma_cli.output.output import Output

# Jobs with another status are only counted.
_MARKS = {
    Status.SAVED: ("✓", GREEN),
    Status.FAILED: ("✗", BOLD_RED),
    Status.REFUSED: ("✗", BOLD_RED),
    Status.UNKNOWN: ("?", BOLD_YELLOW),
}


class RowLines:
    """Prints results for people: a line each, and each hint once."""

    def __init__(self, out: Output, total: int) -> None:
        self._out, self._total, self._digits = out, total, len(str(total))
        self._hints = set[str]()

    def print(self, result: RowResult) -> None:
        """Print a result, unless it is only counted."""
        is_the_error_of_the_run = self._total == 1 and result.error is not None
        if result.status not in _MARKS or is_the_error_of_the_run:
            return
        mark, color = _MARKS[result.status]
        name = f"{result.row:>{self._digits}}  {label_of(result.key)}"
        self._out.marked(mark, color, f"{name}  {self._rest(result, 4 + len(name))}".rstrip())
        if result.error is not None:
            self._print_hint(result)

    def _rest(self, result: RowResult, columns: int) -> str:
        """Return the error, or the files with as many other facts as fit on the line."""
        if result.error is not None:
            return result.error.message
        rest = ", ".join(file.path for file in result.files)
        seconds = None if result.seconds is None else show_duration(result.seconds)
        price = None if result.cost is None else show_dollars(result.cost)
        for fact in filter(None, (seconds, price)):
            if columns + len(rest) + len(fact) + 2 > self._out.columns:
                break
            rest = f"{rest}  {fact}"
        return rest

    def _print_hint(self, result: RowResult) -> None:
        """Print what helps against an error, unless the error of the run says it for all jobs."""
        hint = result.error and result.error.hint
        is_of_one_job = result.generation_id is not None and result.generation_id in (hint or "")
        is_temporary = getattr(result.error, "failure_code", None) in TEMPORARY_FAILURES
        if hint and hint not in self._hints and not (is_of_one_job or is_temporary):
            self._hints.add(hint)
            self._out.hint(hint)
