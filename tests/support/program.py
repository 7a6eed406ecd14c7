"""Running the program inside the test's process, shaped like the command one would type."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO

import httpx

from luma_cli.host import Clock, Host
from luma_cli.interrupts import Interrupts
from luma_cli.main import main
from luma_cli.settings.paths import journal_file

# What a gateway may hand out: no known beginning, and whatever URLs, JSON, HTML and shells escape.
KEY = """zQ7+x/K4=m1$n8"vW%2b'N<c&d\\T9^cdef"""
ODD_HEADER = """g8t"w3y/+%4k=" <&'x7>;Zq$9"""
PLAIN_KEY = "luma-api-q7w2x9k4m1n8zvbncdef"
# No five characters of it are hexadecimal: digests and ids in the history would contain them.
OTHER_KEY = "luma-api-p5r3t6y9u2i4xqvwzmk"


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


def pieces_of(secrets: Iterable[str], text: str) -> list[str]:
    """Return every five characters in a row of a secret that stand in a text."""
    return [
        secret[start : start + 5]
        for secret in (each.removeprefix("luma-api-") for each in secrets)
        for start in range(len(secret) - 4)
        if secret[start : start + 5] in text
    ]


@dataclass
class Program:
    """The program with an environment of its own; call it with the words of a command line.

    Every run is checked: no five characters of a secret may come out, or be in what it writes down
    beside the config file. `secrets` are those besides the keys and the environment's.
    """

    config_file: Path
    clock: TestClock
    transport: httpx.BaseTransport | None
    environ: dict[str, str] = field(default_factory=dict)
    ask_secret: Callable[[str], str] | None = None
    ask: Callable[[str], bool] | None = None
    secrets: list[str] = field(default_factory=list)
    interrupts: Interrupts = field(default_factory=Interrupts)

    def __call__(
        self,
        *argv: str,
        stdin: str | TextIO = "",
        terminal: bool = False,
        stdout: Stream | None = None,
        stderr: Stream | None = None,
        echoes: bool = False,
    ) -> Result:
        """Run a command line; `echoes`: the API's data, printed as it is, has a secret."""
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
            self.ask,
            interrupts=self.interrupts,
        )
        exit_code = main(argv, host)
        result = Result(exit_code, self._clean(stdout), self._clean(stderr))
        on_stderr = pieces_of(self._secrets, result.stderr)
        assert on_stderr == [], on_stderr
        assert echoes or pieces_of(self._secrets, result.stdout) == []
        written = pieces_of(self._secrets, self._written())
        assert written == [], written
        return result

    @property
    def _secrets(self) -> list[str]:
        environ = self.environ
        headers = environ.get("LUMA_CUSTOM_HEADERS", "").splitlines()
        return [
            *(KEY, PLAIN_KEY, OTHER_KEY, environ.get("LUMA_AGENTS_API_KEY", "")),
            *(header.partition(":")[2].strip() for header in headers),
            *self.secrets,
        ]

    def _written(self) -> str:
        """Return the bytes of the history, and of what a change of the config file left behind."""
        folders = (journal_file(self.environ).parent, self.config_file.parent)
        files = (file for folder in folders if folder.is_dir() for file in folder.iterdir())
        return "".join(
            file.read_bytes().decode("latin-1")
            for file in files
            if file != self.config_file and file.is_file()
        )

    def _clean(self, stream: io.StringIO) -> str:
        """Replace what differs from run to run by its name."""
        return stream.getvalue().replace(str(self.config_file), "[CONFIG]")
