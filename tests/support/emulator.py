"""A terminal that shows what a program writes, as a person sees it."""

from __future__ import annotations

import io

import pyte


class Terminal(io.StringIO):
    """A screen that both streams of a program write to; `writes` are the texts as they came."""

    def __init__(self, columns: int, rows: int = 10) -> None:
        super().__init__()
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self.writes: list[str] = []

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.closed:
            raise ValueError("the terminal is closed")
        self.writes.append(text)
        # a terminal device turns a newline into a return and a newline
        self._stream.feed(text.replace("\n", "\r\n"))
        return len(text)

    def narrow(self, columns: int) -> None:
        """Make the window narrower: as most terminals do, wrap what has become too long."""
        shown, rows = self.lines, self.screen.lines
        hidden = self.screen.cursor.hidden
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._stream.feed("\r\n".join(shown))
        self.screen.cursor.hidden = hidden

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display if line.strip()]
