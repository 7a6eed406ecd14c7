"""Lines at the bottom of a terminal: drawn again in place, and erased at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple, Self, TextIO

from luma_cli.output.progress import Progress
from luma_cli.output.table import fitted, width_of
from luma_cli.output.terminal import one_line
from luma_cli.redaction import without_secrets

_SECONDS_BETWEEN = 0.2
# A terminal echoes `^C`: on a full line, it would wrap.
_ROOM_FOR_ECHO = 2
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_ERASE_REST_OF_LINE, _ERASE_BELOW = "\x1b[K", "\x1b[J"


class Size(NamedTuple):
    """The size of a terminal in characters."""

    columns: int
    rows: int


class Line(NamedTuple):
    """A line to draw, in a colour if it has one."""

    text: str
    color: str = ""


Content = Callable[[Size], Sequence[Line]]


class LiveLines(Progress):
    """Draws what `content` returns for a size, regularly and on demand.

    New lines are written over the old ones in one go: nothing is erased before, so nothing
    flickers. `content` is called in a thread of its own; lines are cut at the width, and those
    beyond the height are omitted.
    """

    def __init__(
        self, stream: TextIO, size: Callable[[], tuple[int, int]], content: Content, *, color: bool
    ) -> None:
        self._stream, self._size, self._content, self._color = stream, size, content, color
        # The widths of the lines on the screen; the cursor is at the end of the last one.
        self._drawn: list[int] = []
        self._drawn_columns = 0
        self._pauses = 0
        self._lock = threading.RLock()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._draw_regularly, daemon=True)

    def __enter__(self) -> Self:
        self._write(_HIDE_CURSOR)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        with self._lock:
            self._pauses += 1  # the thread may be about to draw
            self._write(self._erasing() + _SHOW_CURSOR)

    def draw(self) -> None:
        """Draw the lines as they are now."""
        with self._lock:
            if self._pauses:
                return
            size = Size(*self._size())
            room = max(size.columns - _ROOM_FOR_ECHO, 1)
            lines = [self._cut(line, room) for line in self._content(size)[: size.rows - 1]]
            painted = (f"{self._painted(line)}{_ERASE_REST_OF_LINE}" for line in lines)
            start = self._to_top(size.columns)
            if size.columns < self._drawn_columns:  # old lines have wrapped
                start += _ERASE_BELOW
            self._write(start + "\n".join(painted) + _ERASE_BELOW)
            self._drawn = [width_of(line.text) for line in lines]
            self._drawn_columns = size.columns

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Erase the lines during the block, so that others can be printed there."""
        with self._lock:
            self._write(self._erasing())
            self._pauses += 1
            try:
                yield
            finally:
                self._pauses -= 1
                if not self._is_over.is_set():
                    self.draw()

    def _draw_regularly(self) -> None:
        self.draw()
        while not self._is_over.wait(_SECONDS_BETWEEN):
            self.draw()

    def _cut(self, line: Line, room: int) -> Line:
        return line._replace(text=fitted(one_line(without_secrets(line.text)), room))

    def _painted(self, line: Line) -> str:
        is_painted = self._color and line.color
        return f"\x1b[{line.color}m{line.text}\x1b[0m" if is_painted else line.text

    def _erasing(self) -> str:
        """Return what erases the lines on the screen, which are forgotten."""
        if not self._drawn:
            return ""
        start = self._to_top(Size(*self._size()).columns)
        self._drawn = []
        return start + _ERASE_BELOW

    def _to_top(self, columns: int) -> str:
        """Return what moves the cursor to the start of the first line on the screen.

        Terminals wrap lines that have become too long when their window is made narrower.
        """
        if not self._drawn:
            return ""
        above = sum(max(-(-width // columns), 1) for width in self._drawn) - 1
        return f"\r\x1b[{above}A" if above else "\r"

    def _write(self, text: str) -> None:
        # A closed terminal must not end the run and lose paid jobs.
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()
