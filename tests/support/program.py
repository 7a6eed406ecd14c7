"""Running the program inside the test's process, shaped like the command one would type."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO

import httpx

from luma_cli.host import Clock, Host
from luma_cli.main import main

KEY = "luma-api-q7w2x9k4m1n8zvbncdef"
OTHER_KEY = "luma-api-p5r3t6y9u2i4xfedcba"


@dataclass
class Result:
    """What the user gets."""

    exit_code: int
    stdout: str
    stderr: str


class Stream(io.StringIO):
    """A stream that may say it is a terminal."""

    def __init__(self, text: str = "", *, terminal: bool = False) -> None:
        super().__init__(text)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class ByteStream(Stream):
    """A stream that takes bytes, too, and keeps them apart."""

    def __init__(self, buffer: BinaryIO | None = None) -> None:
        super().__init__()
        self.buffer: BinaryIO = buffer or io.BytesIO()

    @property
    def bytes(self) -> bytes:
        """What was written that is no text."""
        self.buffer.seek(0)
        return self.buffer.read()


class TestClock(Clock):
    """Time that passes only when somebody sleeps."""

    __test__ = False

    def __init__(self) -> None:
        self.time = 0.0
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += seconds


def _pieces_of_keys_in(text: str) -> Iterator[str]:
    for key in (KEY, OTHER_KEY):
        starts = range(len("luma-api-"), len(key) - 4)
        yield from (key[start : start + 5] for start in starts if key[start : start + 5] in text)


@dataclass
class Program:
    """The program with an environment of its own; call it with the words of a command line.

    Every run is checked: no more of a key than its last four characters may come out.
    """

    config_file: Path
    clock: TestClock
    transport: httpx.BaseTransport | None
    environ: dict[str, str] = field(default_factory=dict)
    ask_secret: Callable[[str], str] | None = None

    def __call__(
        self,
        *argv: str,
        stdin: str | TextIO = "",
        terminal: bool = False,
        stdout: Stream | None = None,
        stderr: Stream | None = None,
    ) -> Result:
        stdout = stdout or Stream(terminal=terminal)
        stderr = stderr or Stream(terminal=terminal)
        host = Host(
            Stream(stdin, terminal=terminal and not stdin) if isinstance(stdin, str) else stdin,
            stdout,
            stderr,
            {"LUMA_CONFIG_FILE": str(self.config_file), "CI": "1", "NO_COLOR": "1", **self.environ},
            self.clock,
            self.transport,
            self.ask_secret,
        )
        exit_code = main(argv, host)
        result = Result(exit_code, self._clean(stdout), self._clean(stderr))
        assert [*_pieces_of_keys_in(result.stdout + result.stderr)] == []
        return result

    def _clean(self, stream: io.StringIO) -> str:
        """Replace what differs from run to run by its name."""
        return stream.getvalue().replace(str(self.config_file), "[CONFIG]")
