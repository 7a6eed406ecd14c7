"""The progress bars and spinners on a terminal, drawn by rich."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self, TextIO

from rich.console import Console, ConsoleDimensions
from rich.live import Live
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.progress import Progress as RichProgress
from rich.table import Column
from rich.text import Text

from luma_cli.output.progress import Progress
from luma_cli.output.terminal import one_line
from luma_cli.redaction import without_secrets
from luma_cli.settings.durations import show_duration
from luma_cli.settings.sizes import show_progress, show_size

_SHORT_ID = 8


class _FigureColumn(ProgressColumn):
    """The size of a file, or the time spent waiting for a generation."""

    def render(self, task: Task) -> Text:
        figure = task.fields["figure"]
        if figure is None:
            figure = show_duration(task.elapsed or 0)
            if (expected := task.fields["expected"]) is not None:
                figure += f" of ~{show_duration(expected)}"
        return Text(figure, justify="right")


class _NarrowConsole(Console):
    """A console with room at the end of a line for the `^C` that a terminal echoes.

    On a full line, `^C` would wrap, and Rich could not erase the line.
    """

    @property
    def size(self) -> ConsoleDimensions:
        whole = super().size
        return ConsoleDimensions(max(whole.width - len("^C"), 1), whole.height)

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        self._width, self._height = new_size


def size_of(stream: TextIO) -> Callable[[], tuple[int, int]]:
    """Return a function that returns the columns and rows of a terminal, which may change."""
    console = Console(file=stream, force_terminal=True)
    return lambda: console.size


class LiveProgress(Progress):
    """One line per job or file, redrawn in place and erased at the end."""

    def __init__(self, stream: TextIO, *, color: bool) -> None:
        self._console = _NarrowConsole(
            file=stream, force_terminal=True, no_color=not color, highlight=False, markup=False
        )
        self._lines = RichProgress(
            SpinnerColumn(),
            TextColumn(
                "{task.description}",
                markup=False,
                table_column=Column(
                    no_wrap=True, overflow="ellipsis", max_width=self._console.width // 2 - 1
                ),
            ),
            BarColumn(bar_width=None, table_column=Column(ratio=1)),
            _FigureColumn(table_column=Column(no_wrap=True)),
            console=self._console,
            expand=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._screen = self._new_screen()

    def _new_screen(self) -> Live:
        return Live(self._lines, console=self._console, transient=True, refresh_per_second=10)

    def __enter__(self) -> Self:
        self._screen.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._screen.stop()

    def waiting(self, name: str, state: str, expected_seconds: float | None = None) -> None:
        """Show the state of a generation; its bar pulses if the expected time is unknown."""
        self._show(name, f"{state} {name[:_SHORT_ID]}", None, 0, None, expected_seconds)
        if expected_seconds is not None:
            task = self._tasks[name]
            elapsed = next((t.elapsed or 0 for t in self._lines.tasks if t.id == task), 0)
            self._lines.update(
                task, total=expected_seconds, completed=min(elapsed, expected_seconds)
            )

    def transferring(self, name: str, done_bytes: int, total_bytes: int | None) -> None:
        """Show how much of a file is transferred."""
        size = show_progress(done_bytes, total_bytes) if total_bytes else show_size(done_bytes)
        self._show(name, name, size, done_bytes, total_bytes)

    def finished(self, name: str) -> None:
        """Remove the line."""
        if (task := self._tasks.pop(name, None)) is not None:
            self._lines.remove_task(task)

    @contextmanager
    def paused(self) -> Iterator[None]:
        self._screen.stop()
        try:
            yield
        finally:
            # Restarting the old `Live` would erase as many lines as it had drawn before.
            self._screen = self._new_screen()
            self._screen.start(refresh=True)

    def _show(
        self,
        name: str,
        description: str,
        figure: str | None,
        completed: int,
        total: int | None,
        expected: float | None = None,
    ) -> None:
        description = one_line(without_secrets(description))
        if name not in self._tasks:
            self._tasks[name] = self._lines.add_task(
                description, total=total, completed=completed, figure=figure, expected=expected
            )
        else:
            self._lines.update(
                self._tasks[name],
                description=description,
                total=total,
                completed=completed,
                figure=figure,
                expected=expected,
            )
