"""The lines of a run in progress: its counts, why it waits, and its running jobs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from luma_cli.batch.estimate import Estimate
from luma_cli.batch.job import PlannedJob
from luma_cli.batch.label import label_of
from luma_cli.batch.result import RowResult
from luma_cli.host import Clock
from luma_cli.output.progress import Progress
from luma_cli.output.style import DIM
from luma_cli.rules.prices import show_total
from luma_cli.settings.durations import show_duration
from luma_cli.settings.sizes import show_progress, show_size

if TYPE_CHECKING:
    from luma_cli.output.live_lines import Line, Size

# Narrower terminals show the counts only.
_FEWEST_COLUMNS = 60
_GAP = "   "
_STATE_COLUMNS = len("downloading 100.5/200.0 MiB")
_SHORTEST_LABEL, _LONGEST_LABEL = 8, 32
# The blanks before and between the columns of a row, and the time.
_REST_COLUMNS = 15
# The API's states that say less than what is done.
_WORDS = {"completed": "saving"}


class Counts(NamedTuple):
    """How far a run is: `ended` are parts as `1 failed`, `waiting` is how many are to be submitted.

    With `is_stopping`, these are not submitted any more. `reason` is why none is submitted now,
    `shortest_seconds` is the time until all are submitted that the known limits allow.
    """

    ended: tuple[str, ...] = ()
    waiting: int = 0
    is_stopping: bool = False
    spent: Decimal = Decimal(0)
    limit: Decimal | None = None
    reason: str | None = None
    shortest_seconds: float = 0.0


@dataclass(slots=True)
class _Running:
    row: int
    label: str
    began: float
    state: str = "submitting"
    transfer: str | None = None
    is_accepted: bool = False


class Board:
    """Keeps what is to be shown. Thread-safe: it is drawn in a thread of its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._estimate = clock, Estimate(clock.now())
        self._counts = Counts()
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()

    def began(self, job: PlannedJob, seconds_ago: float = 0.0) -> None:
        """Show a job that is submitted now, or was submitted some time ago."""
        began = self._clock.now() - seconds_ago
        with self._lock:
            self._running[job.key] = _Running(job.row, label_of(job.key), began)

    def state(self, key: str, state: str) -> None:
        """Show the state of an accepted job."""
        with self._lock:
            if (running := self._running.get(key)) is not None:
                running.state, running.is_accepted = state, True

    def ended(self, result: RowResult) -> None:
        """Count a job that has ended, and show it no more."""
        with self._lock:
            self._running.pop(result.key, None)
            if result.seconds is not None:
                self._estimate.ended(result.seconds)

    def removed(self, key: str) -> None:
        """Show a job no more that is submitted again later."""
        with self._lock:
            self._running.pop(key, None)

    def transferring(self, key: str, done_bytes: int, total_bytes: int | None) -> None:
        """Show how much of a file of a job is transferred."""
        size = show_progress(done_bytes, total_bytes) if total_bytes else show_size(done_bytes)
        with self._lock:
            if (running := self._running.get(key)) is not None:
                verb = "downloading" if running.is_accepted else "uploading"
                running.transfer = f"{verb} {size}"

    def transferred(self, key: str) -> None:
        """Show the state again in place of a transfer."""
        with self._lock:
            if (running := self._running.get(key)) is not None:
                running.transfer = None

    def update(self, counts: Counts) -> None:
        """Take new counts."""
        with self._lock:
            self._counts = counts

    @property
    def sentence(self) -> str:
        """Everything but the running jobs, on one line."""
        with self._lock:
            facts = [*self._parts(), self._money(), *self._time_left()]
            return " · ".join([*facts, self._counts.reason] if self._counts.reason else facts)

    def lines(self, size: Size) -> list[Line]:
        """Return what fits on a terminal."""
        from luma_cli.output.live_lines import Line

        room = size.columns - 2
        with self._lock:
            if size.columns < _FEWEST_COLUMNS:
                return [Line(_as_many_as_fit(self._parts(), room))]
            lines = [Line(self._whole(room))]
            if self._counts.reason:
                lines.append(Line(f"  {self._counts.reason}", DIM))
            lines += map(Line, self._rows(room, size.rows - 1 - len(lines)))
        return lines

    def _parts(self) -> list[str]:
        counts = self._counts
        parts = [*counts.ended]
        parts += [f"{running:,} running"] if (running := len(self._running)) else []
        word = "not sent" if counts.is_stopping else "waiting"
        parts += [f"{counts.waiting:,} {word}"] if counts.waiting else []
        return parts

    def _money(self, *, with_limit: bool = True) -> str:
        spent, limit = self._counts.spent, self._counts.limit
        whole = f" of {show_total(limit)}" if with_limit and limit is not None else ""
        return f"~{show_total(spent)}{whole}"

    def _time_left(self) -> list[str]:
        counts, now = self._counts, self._clock.now()
        left = len(self._running) + (0 if counts.is_stopping else counts.waiting)
        ages = (now - running.began for running in self._running.values())
        seconds = self._estimate.seconds_left(now, ages, left)
        if seconds is None:
            return []
        return [f"{show_duration(round(max(seconds, counts.shortest_seconds)))} left"]

    def _whole(self, room: int) -> str:
        """Return the counts with as many of the other facts as fit."""
        counts, left = " · ".join(self._parts()), self._time_left()
        for facts in (
            [self._money(), *left],
            [self._money(with_limit=False), *left],
            left,
        ):
            line = _GAP.join([counts, " · ".join(facts)]) if facts else counts
            if len(line) <= room:
                return line
        return _as_many_as_fit(self._parts(), room)

    def _rows(self, room: int, most: int) -> Iterator[str]:
        """Yield the lines of the running jobs, those first that began first."""
        from luma_cli.output.table import padded, width_of

        running = sorted(self._running.values(), key=lambda each: each.began)
        shown = running if len(running) <= most else running[: max(most - 1, 0)]
        if not shown:
            return
        now = self._clock.now()
        digits = max(len(str(each.row)) for each in shown)
        longest = min(room - digits - _STATE_COLUMNS - _REST_COLUMNS, _LONGEST_LABEL)
        label_columns = min(
            max(width_of(each.label) for each in shown), max(longest, _SHORTEST_LABEL)
        )
        for each in shown:
            label = padded(each.label, label_columns)
            elapsed = show_duration(now - each.began)
            state = each.transfer or _WORDS.get(each.state, each.state)
            yield f"  {each.row:>{digits}}  {label}  {elapsed:>7}  {state}"
        if more := len(running) - len(shown):
            yield f"  and {more:,} more"


class RowProgress(Progress):
    """The transfers of one job on the board."""

    def __init__(self, board: Board, key: str) -> None:
        self._board, self._key = board, key

    # The row names the files.
    def transferring(self, name: str, done_bytes: int, total_bytes: int | None) -> None:  # noqa: ARG002
        self._board.transferring(self._key, done_bytes, total_bytes)

    def finished(self, name: str) -> None:  # noqa: ARG002
        self._board.transferred(self._key)


def _as_many_as_fit(parts: list[str], room: int) -> str:
    """Return the first counts that fit on a line, at least one."""
    line, *others = parts or [""]
    for part in others:
        if len(line) + len(part) + 3 > room:
            break
        line = f"{line} · {part}"
    return line
