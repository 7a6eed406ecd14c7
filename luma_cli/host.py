"""The environment of the process, which tests can replace."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, NoReturn, TextIO, cast

from luma_cli.errors import InputFileError, reason_of
from luma_cli.interrupts import Interrupts
from luma_cli.terminal_width import columns

if TYPE_CHECKING:
    import httpx


_SECONDS_FOR_A_PIPE = 0.01
_LONGEST_ANSWER = 100
# A request with a video of 200 MiB in base64.
_MOST_TEXT_BYTES = 320 * 1024 * 1024


class Clock:
    """The machine's clock.

    `now` is in seconds and never goes back; `epoch_seconds` are those since 1970, which may.
    """

    def now(self) -> float:
        return time.monotonic()

    def epoch_seconds(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Piped(NamedTuple):
    """The text on stdin, or the fact that a pipe had no data yet and was not read."""

    text: str = ""
    was_silent: bool = False


class Host(NamedTuple):
    """Streams, environment, clock, network and the way to ask for a secret.

    `transport` is `None` for the real network. `ask_secret` prompts without echo and is
    `None` without a terminal. `interrupts` are the signals that end the program.
    """

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str]
    clock: Clock = Clock()
    transport: httpx.BaseTransport | None = None
    ask_secret: Callable[[str], str] | None = None
    ask: Callable[[str], bool] | None = None
    interrupts: Interrupts = Interrupts()

    @classmethod
    def of_this_process(cls) -> Host:
        """Return the host of this process, which handles its signals."""
        _open_standard_descriptors()
        interrupts = Interrupts()
        interrupts.install()
        ask_secret = _ask_secret if sys.stdin is not None and sys.stdin.isatty() else None
        ask = _ask if sys.stderr is not None and sys.stderr.isatty() else None
        return cls(
            _utf8(sys.stdin, "strict"),
            # bytes of a path that are not UTF-8 stay as they are
            _utf8(sys.stdout, "surrogateescape") if sys.stdout else cast(TextIO, ClosedStream()),
            _utf8(sys.stderr, "backslashreplace"),
            os.environ,
            ask_secret=ask_secret,
            ask=ask,
            interrupts=interrupts,
        )

    @property
    def columns(self) -> int:
        """The width of the terminal, 80 if it is unknown; `COLUMNS` overrides it."""
        descriptors = []
        for stream in (self.stdout, self.stderr):
            with suppress(OSError, ValueError):  # a stream without a file
                descriptors.append(stream.fileno())
        return columns(self.environ, *descriptors)

    @property
    def has_stdout(self) -> bool:
        """Whether data can be printed at all."""
        return not isinstance(self.stdout, ClosedStream)

    def read_stdin(self) -> str:
        """Return all text on stdin; raises `InputFileError` when it is not UTF-8 or has no end."""
        from luma_cli.decoding import decode_text

        source: BinaryIO | None = getattr(self.stdin, "buffer", None)
        try:
            if source is None:  # a stream of text, as in a test
                return self.stdin.read()
            data = source.read(_MOST_TEXT_BYTES + 1)
        except (OSError, ValueError) as problem:
            raise InputFileError(f"cannot read stdin: {reason_of(problem)}") from None
        if len(data) > _MOST_TEXT_BYTES:
            raise InputFileError(f"stdin has more than {_MOST_TEXT_BYTES:,} bytes")
        return decode_text(data, "stdin")

    def spool_stdin(self) -> Path:
        """Return a file with all bytes on stdin, which is removed when the program ends."""
        from luma_cli.spooling import spool

        source = getattr(self.stdin, "buffer", None) or io.BytesIO(self.read_stdin().encode())
        return spool(source, "stdin", "stdin")

    def read_piped(self, *, wait: bool) -> Piped:
        """Return the text that was redirected to stdin, if any.

        A file that is partly read is left alone: it may feed a shell loop around this program. A
        pipe without data is waited for only with `wait`. Raises `InputFileError` as `read_stdin`.
        """
        try:
            status = os.fstat(self.stdin.fileno())
        except (OSError, ValueError):  # a stream without a file, as in a test
            return Piped() if self.stdin.isatty() else Piped(self.read_stdin())
        if stat.S_ISREG(status.st_mode):
            begun = os.lseek(self.stdin.fileno(), 0, os.SEEK_CUR) != 0
            return Piped() if begun else Piped(self.read_stdin())
        if not (stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode)):
            return Piped()
        if wait or _has_something(self.stdin):
            return Piped(self.read_stdin())
        return Piped(was_silent=True)

    def leave(self, code: int) -> NoReturn:
        """Flush, remove spooled files and end the process at once.

        Taking the interpreter down object by object takes longer than a short command.
        """
        for stream in (self.stdout, self.stderr):
            with suppress(OSError, ValueError):  # its reader is gone
                stream.flush()
        if "luma_cli.spooling" in sys.modules:
            from luma_cli.spooling import remove_spooled

            remove_spooled()
        os._exit(code)


class ClosedStream(io.TextIOBase):
    """A stdout that was closed from outside (`>&-`): writing to it is an error."""

    encoding = "utf-8"

    @property
    def buffer(self) -> ClosedStream:
        return self

    def write(self, _: object) -> int:
        raise OSError(errno.EBADF, "stdout is closed")


def _open_standard_descriptors() -> None:
    """Open replacements for closed standard streams, whose numbers other files would get."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one


def _utf8(stream: TextIO | None, errors: str) -> TextIO:
    """Return a standard stream as UTF-8 in any locale; a closed one is like the null device."""
    if stream is None:
        return Path(os.devnull).open("r+", encoding="utf-8")
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors=errors)
    return stream


def _has_something(stream: TextIO) -> bool:
    """Return whether a pipe has data or has ended, as the official client asks: within 10 ms."""
    import select

    try:
        ready, _, _ = select.select([stream], [], [], _SECONDS_FOR_A_PIPE)
    except (OSError, ValueError):  # Windows asks sockets only
        return False
    return bool(ready)


def _ask_secret(prompt: str) -> str:
    import getpass

    try:
        return getpass.getpass(prompt)
    except EOFError:  # Ctrl-D
        return ""


def _ask(question: str) -> bool:
    """Ask on the controlling terminal, as stdin may be data; without one, the answer is yes."""
    try:
        with Path("/dev/tty").open("r+b", buffering=0) as terminal:
            try:
                terminal.write(question.encode())
                answer = terminal.read(_LONGEST_ANSWER)
            except KeyboardInterrupt:
                terminal.write(b"\n")
                raise
    except OSError:  # no controlling terminal, or Windows
        return True
    return answer.strip().lower() in (b"y", b"yes")
