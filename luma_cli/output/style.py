"""How the user asked to be spoken to, and what that means for a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TextIO

from luma_cli.output import terminal

BOLD_RED, BOLD_YELLOW, BOLD_CYAN, GREEN, DIM = "1;31", "1;33", "1;36", "32", "2"


class Style(NamedTuple):
    """The settings of output; each field is the global flag of that name."""

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
        """Whether the JSON document was asked for, by a format or by something to pick from it."""
        return self.format != "auto" or self.raw_output or bool(self.transform)

    @property
    def wants_structured_errors(self) -> bool:
        """Whether a failure is to be a JSON object."""
        return self.format_error != "auto" or bool(self.transform_error)

    @property
    def format_of_errors(self) -> str:
        """The format of such an object; nobody explores a failure."""
        return "json" if self.format_error in ("auto", "explore") else self.format_error

    def format_of_data(self, stdin: TextIO, stdout: TextIO) -> tuple[str, str | None]:
        """Return the format of documents, and what is missing for the one that was asked for.

        The viewer needs a person at both ends, and a package that may not be installed.
        """
        wanted = "json" if self.format == "auto" else self.format
        if wanted != "explore":
            return wanted, None
        if not (terminal.is_terminal(stdin) and terminal.is_terminal(stdout)):
            return "json", "`explore` needs a terminal"
        from importlib.util import find_spec

        if find_spec("textual") is None:
            return "json", "`explore` needs `pip install 'luma-agents-cli[explore]'`"
        return wanted, None

    def may_color(self, stream: TextIO, environ: Mapping[str, str]) -> bool:
        """Return whether what goes to this stream may carry colour."""
        return not self.no_color and terminal.may_color(stream, environ)
