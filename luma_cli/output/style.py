"""The settings of output, and their meaning for a stream."""

from collections.abc import Mapping
from typing import NamedTuple, TextIO

from luma_cli.output import terminal

BOLD_RED, BOLD_YELLOW, BOLD_CYAN, GREEN, DIM = "1;31", "1;33", "1;36", "32", "2"


class Style(NamedTuple):
    """The settings of output; each field has the name of its global flag."""

    format: str = "auto"
    format_error: str = "auto"
    transform: str | None = None
    transform_error: str | None = None
    raw_output: bool = False
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False

    @property
    def wants_documents(self) -> bool:
        """Whether a flag selects JSON: a format, a transform or raw output."""
        return self.format != "auto" or self.raw_output or bool(self.transform)

    @property
    def wants_structured_errors(self) -> bool:
        """Whether to print errors as JSON."""
        return self.format_error != "auto" or bool(self.transform_error)

    @property
    def format_of_errors(self) -> str:
        """The format of errors; `explore` is for data only."""
        return "json" if self.format_error in ("auto", "explore") else self.format_error

    def format_of_data(self, stdin: TextIO, stdout: TextIO) -> tuple[str, str | None]:
        """Return the format of documents, and why it is not the chosen one.

        `explore` requires a terminal and an optional package.
        """
        wanted = "json" if self.format == "auto" else self.format
        if wanted != "explore":
            return wanted, None
        if not (terminal.is_terminal(stdin) and terminal.is_terminal(stdout)):
            return "json", "`explore` requires a terminal"
        from importlib.util import find_spec

        if find_spec("textual") is None:
            return "json", "`explore` requires the extra `explore`: `pip install '.[explore]'`"
        return wanted, None

    def may_color(self, stream: TextIO, environ: Mapping[str, str]) -> bool:
        """Return whether output on this stream may have colours."""
        return not self.no_color and terminal.may_color(stream, environ)
