"""The output of a run. Commands report events; this decides how and where to print them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

from luma_cli.errors import StdoutError, reason_of
from luma_cli.output.progress import Progress
from luma_cli.output.style import BOLD_CYAN, BOLD_RED, BOLD_YELLOW, DIM, GREEN, Style
from luma_cli.output.terminal import is_terminal, may_animate, one_line
from luma_cli.redaction import without_secrets

if TYPE_CHECKING:
    from luma_cli.errors import LumaError
    from luma_cli.output.documents import View
    from luma_cli.output.live_lines import Content
    from luma_cli.output.table import Column


class Output:
    """The output of a run: data on `stdout`, everything else on `stderr`.

    Data is printed byte for byte, everything else without secrets.
    """

    def __init__(
        self,
        stdin: TextIO,
        stdout: TextIO,
        stderr: TextIO,
        environ: Mapping[str, str],
        style: Style,
        columns: int = 80,
    ) -> None:
        self._stdin, self._columns = stdin, columns
        self._stdout, self._stderr, self._environ, self._style = stdout, stderr, environ, style
        self._progress = Progress()
        self._documents = 0
        self._lock = threading.RLock()  # downloads report from several threads

    @property
    def for_people(self) -> bool:
        """Whether a summary for a person replaces the data."""
        return not self.wants_documents and is_terminal(self._stdout)

    @property
    def columns(self) -> int:
        """The width of stdout."""
        return self._columns

    @property
    def wants_documents(self) -> bool:
        """Whether a flag selects JSON: a format, a transform or raw output."""
        return self._style.wants_documents

    def document(self, text: str) -> None:
        """Print JSON text from the server as data, in the chosen format.

        Raises `NoMatchError` if `--transform` matches nothing in it.
        """
        self._show(text, self._view_of_data)

    def json_line(self, text: str) -> None:
        """Print one of many JSON texts: as `document`, but on one line unless a flag says how."""
        view = self._view_of_data
        self._show(text, view._replace(format="jsonl") if self._style.format == "auto" else view)

    def _show(self, text: str, view: View) -> None:
        from luma_cli.output.documents import show

        with self._progress.paused():
            shown = show(text, view)
        if shown is None:
            return
        if view.format == "yaml" and self._documents:
            shown = f"---\n{shown}"
        self._documents += 1
        self._print(shown)

    def data(self, value: Any) -> None:
        """Print a value as a JSON document."""
        import json

        self.document(json.dumps(value, ensure_ascii=False))

    def rows(self, rows: Iterable[dict[str, Any]], columns: Sequence[Column]) -> None:
        """Print rows: as a table with some of the columns for people, as JSON for programs."""
        if not self.for_people:
            for row in rows:
                self.data(row)
        else:
            from luma_cli.output.table import table_lines

            bold = self._style.may_color(self._stdout, self._environ)
            for line in table_lines(rows, columns, width=self._columns, bold=bold):
                self._print(line)

    def lines(self, lines: Iterable[str]) -> None:
        """Print plain data, one item per line."""
        for line in lines:
            self._print(one_line(line) if is_terminal(self._stdout) else line)

    @contextmanager
    def binary(self) -> Iterator[Callable[[bytes], None]]:
        """Yield a function that prints bytes; raises `StdoutError`."""
        with _stdout_errors():
            stream = self._stdout.buffer

        def write(piece: bytes) -> None:
            with _stdout_errors():
                stream.write(piece)

        yield write
        with _stdout_errors():
            stream.flush()

    def success(self, text: str, detail: str) -> None:
        """Print a summary for a person, with a line of details."""
        self._print(self._paint(self._stdout, GREEN, "✓ ") + _sanitized(text))
        self._print(self._paint(self._stdout, DIM, "  " + _sanitized(detail)))

    def marked(self, mark: str, color: str, text: str) -> None:
        """Print a line of data for a person, after a mark in a colour."""
        self._print(f"{self._paint(self._stdout, color, mark)} {_sanitized(text)}")

    def hint(self, text: str) -> None:
        """Print the next step after a problem that was printed as data."""
        if not self._style.wants_structured_errors:
            self._say(self._paint(self._stderr, BOLD_CYAN, "hint:"), text)

    def note(self, text: str, *, always: bool = False) -> None:
        """Print information that needs no action; `always` includes `--quiet`."""
        if always or not self._style.quiet:
            self._say(self._paint(self._stderr, BOLD_CYAN, "note:"), text)

    def detail(self, text: str) -> None:
        """Print information for `--verbose` only."""
        if self._style.verbose:
            self._say(self._paint(self._stderr, DIM, "·"), text)

    def debug(self, line: str) -> None:
        """Print a line of `--debug`."""
        self._write(self._paint(self._stderr, DIM, _sanitized(line)))

    def warning(self, text: str) -> None:
        """Print a problem that the user should fix, but that does not stop the command."""
        self._say(self._paint(self._stderr, BOLD_YELLOW, "warning:"), text)

    def problem(self, text: str) -> None:
        """Print one of several problems in an input, which an error sums up."""
        if not self._style.wants_structured_errors:
            self._say(self._paint(self._stderr, BOLD_RED, "error:"), text)

    def error(self, error: LumaError) -> None:
        """Print an error: message, exchange and hint, or a JSON object."""
        from luma_cli.output.failure import describe, structured

        if self._style.wants_structured_errors:
            view = self._view(self._stderr, self._style.format_of_errors, None)
            # A log may be shown on a terminal later; escapes do not change JSON.
            view = view._replace(sanitize=view.sanitize or view.format != "yaml")
            self._write(structured(error, view, self._style.transform_error))
            return
        self._say(self._paint(self._stderr, BOLD_RED, "error:"), error.message)
        if error.exchange is not None:
            self._write(self._paint(self._stderr, DIM, "  " + _sanitized(describe(error.exchange))))
        if error.hint is not None:
            self.hint(error.hint)

    @cached_property
    def _format(self) -> str:
        wanted, missing = self._style.format_of_data(self._stdin, self._stdout)
        if missing is not None:
            self.note(f"{missing}; using `{wanted}`")
        return wanted

    @cached_property
    def _view_of_data(self) -> View:
        view = self._view(self._stdout, self._format, self._style.transform)
        return view._replace(unquoted=self._style.raw_output)

    def _view(self, stream: TextIO, wanted: str, transform: str | None) -> View:
        from luma_cli.output.documents import View

        return View(
            format=wanted,
            transform=transform,
            color=self._style.may_color(stream, self._environ),
            sanitize=is_terminal(stream),
        )

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Show progress during the block, hidden while printing, and erase it at the end."""
        if self._style.quiet or not may_animate(self._stderr, self._environ):
            yield self._progress
            return
        from luma_cli.output.progress_bar import LiveProgress

        color = self._style.may_color(self._stderr, self._environ)
        try:
            with LiveProgress(self._stderr, color=color) as self._progress:
                yield self._progress
        finally:
            self._progress = Progress()

    @contextmanager
    def live(self, content: Content) -> Iterator[bool]:
        """Show lines during the block, as `progress`; yield whether they are shown."""
        if self._style.quiet or not may_animate(self._stderr, self._environ):
            yield False
            return
        from luma_cli.output.live_lines import LiveLines
        from luma_cli.output.progress_bar import size_of

        color = self._style.may_color(self._stderr, self._environ)
        try:
            with LiveLines(
                self._stderr, size_of(self._stderr), content, color=color
            ) as self._progress:
                yield True
        finally:
            self._progress = Progress()

    def _print(self, text: str) -> None:
        with _stdout_errors(), self._lock, self._progress.paused():
            print(text, file=self._stdout, flush=True)

    def _say(self, label: str, text: str) -> None:
        self._write(f"{label} {_sanitized(text)}")

    def _write(self, text: str) -> None:
        # A closed stderr must not end the run and lose a paid job.
        with suppress(OSError, ValueError), self._lock, self._progress.paused():
            print(text, file=self._stderr, flush=True)

    def _paint(self, stream: TextIO, color: str, text: str) -> str:
        painted = self._style.may_color(stream, self._environ)
        return f"\x1b[{color}m{text}\x1b[0m" if painted else text


@contextmanager
def _stdout_errors() -> Iterator[None]:
    """Raise `StdoutError` for a write that fails, except for a closed pipe."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise StdoutError(f"cannot write to stdout: {reason_of(problem)}") from None


def _sanitized(text: str) -> str:
    """Return a text without secrets and control characters, on one line."""
    return one_line(without_secrets(text))
