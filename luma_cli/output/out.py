"""What commands report with; they say what happened, this decides how and where it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from luma_cli.errors import StdoutError
from luma_cli.output.progress import Progress
from luma_cli.output.terminal import is_terminal, may_animate, may_color, visible

if TYPE_CHECKING:
    from luma_cli.errors import Exchange, LumaError

_BOLD_RED, _BOLD_YELLOW, _BOLD_CYAN, _GREEN, _DIM = "1;31", "1;33", "1;36", "32", "2"


class Style(NamedTuple):
    """How the user asked to be spoken to."""

    format: str = "auto"
    format_error: str = "auto"
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False


class Output:
    """One run's voice: `stdout` gets data only, `stderr` everything else."""

    def __init__(
        self, stdout: TextIO, stderr: TextIO, environ: Mapping[str, str], style: Style
    ) -> None:
        self._stdout, self._stderr, self._environ, self._style = stdout, stderr, environ, style
        self._progress = Progress()

    @property
    def for_people(self) -> bool:
        """Whether a summary for a person replaces the data."""
        return self._style.format == "auto" and is_terminal(self._stdout)

    @property
    def wants_documents(self) -> bool:
        """Whether a JSON layout was asked for by name."""
        return self._style.format != "auto"

    def document(self, text: str) -> None:
        """Print the server's JSON text as data, in the chosen layout."""
        from luma_cli.output.layout import render

        layout = "json" if self._style.format == "auto" else self._style.format
        rendered = render(text, layout)
        self._print(visible(rendered) if is_terminal(self._stdout) else rendered)

    def data(self, value: Any) -> None:
        """Print our own value as a JSON document."""
        import json

        self.document(json.dumps(value, ensure_ascii=False))

    def lines(self, lines: Iterable[str]) -> None:
        """Print plain data, one item a line."""
        for line in lines:
            self._print(visible(line) if is_terminal(self._stdout) else line)

    def success(self, text: str, detail: str) -> None:
        """Print a summary for a person: what was reached, and a line about it."""
        self._print(self._paint(self._stdout, _GREEN, "✓ ") + visible(text))
        self._print(self._paint(self._stdout, _DIM, "  " + visible(detail)))

    def note(self, text: str) -> None:
        """Say something worth knowing that needs no action."""
        if not self._style.quiet:
            self._say(self._paint(self._stderr, _BOLD_CYAN, "note:"), text)

    def detail(self, text: str) -> None:
        """Say something that only `--verbose` shows."""
        if self._style.verbose:
            self._say(self._paint(self._stderr, _DIM, "·"), text)

    def warning(self, text: str) -> None:
        """Say what should be mended although the work goes on."""
        self._say(self._paint(self._stderr, _BOLD_YELLOW, "warning:"), text)

    def error(self, error: LumaError) -> None:
        """Print a failure: sentence, exchange and hint, or one structured object."""
        if self._style.format_error != "auto":
            import json

            from luma_cli.output.layout import render

            # escapes keep a terminal safe from what the server's text may contain
            escaped = is_terminal(self._stderr)
            text = json.dumps(error_fields(error), ensure_ascii=escaped)
            self._tell(render(text, self._style.format_error))
            return
        self._say(self._paint(self._stderr, _BOLD_RED, "error:"), error.message)
        if error.exchange is not None:
            self._tell(self._paint(self._stderr, _DIM, "  " + visible(describe(error.exchange))))
        if error.hint is not None:
            self._say(self._paint(self._stderr, _BOLD_CYAN, "hint:"), error.hint)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Show progress while the block runs; leaves no trace on the screen.

        It gives way to whatever is printed meanwhile.
        """
        if self._style.quiet or not may_animate(self._stderr, self._environ):
            yield self._progress
            return
        from luma_cli.output.human import LiveProgress

        color = may_color(self._stderr, self._environ) and not self._style.no_color
        try:
            with LiveProgress(self._stderr, color=color) as self._progress:
                yield self._progress
        finally:
            self._progress = Progress()

    def _print(self, text: str) -> None:
        try:
            with self._progress.paused():
                print(text, file=self._stdout, flush=True)
        except BrokenPipeError:
            raise
        except OSError as problem:
            reason = (problem.strerror or str(problem)).lower()
            raise StdoutError(f"cannot write to stdout: {reason}") from None

    def _say(self, label: str, text: str) -> None:
        # A line break in the server's text must not pass for a line of ours.
        self._tell(f"{label} {visible(text)}".replace("\n", r"\n"))

    def _tell(self, text: str) -> None:
        # Nobody may be listening, and a paid job must not be lost for that.
        with suppress(OSError, ValueError), self._progress.paused():
            print(text, file=self._stderr, flush=True)

    def _paint(self, stream: TextIO, color: str, text: str) -> str:
        painted = may_color(stream, self._environ) and not self._style.no_color
        return f"\x1b[{color}m{text}\x1b[0m" if painted else text


def error_fields(error: LumaError) -> dict[str, Any]:
    """Return the structured form of an error: the API's own fields first, then ours."""
    exchange = error.exchange
    ours = {
        "code": error.code,
        "message": error.message,
        "status": exchange.status if exchange else None,
        "request_id": exchange.request_id if exchange else None,
        "hint": error.hint,
        "exit_code": int(error.exit_code),
        "generation_id": error.generation_id,
    }
    api_fields = dict(exchange.body or {}) if exchange else {}
    return api_fields | {key: value for key, value in ours.items() if value is not None}


def describe(exchange: Exchange) -> str:
    """Return `GET https://… · HTTP 404 · request id …`, without what is not known."""
    parts = [f"{exchange.method} {exchange.url}"]
    if exchange.status is not None:
        parts.append(f"HTTP {exchange.status}")
    if exchange.request_id is not None:
        parts.append(f"request id {exchange.request_id}")
    return " · ".join(parts)
