"""Places in an input file, and what is wrong there."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from luma_cli.errors import InputFileError


class Place(NamedTuple):
    """A place in a file, `shots.csv:17:4`; without a line, a flag or the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        numbers = (number for number in (self.line, self.column) if number)
        return ":".join([self.file, *map(str, numbers)])


class Severity(Enum):
    """What a problem means for its job."""

    NOTE = "the job is planned as it is"
    WARNING = "the job is planned, but the server may reject it"
    REFUSED = "the API is known to reject the job"
    ERROR = "no job can be made of the row"
    INPUT = "the input as a whole is wrong: no row of it is submitted, valid or not"


class Problem(NamedTuple):
    """A fact about a row, or about the whole input, printed as `shots.csv:17:4: message`."""

    place: Place
    message: str
    severity: Severity = Severity.ERROR
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"

    def fields(self) -> dict[str, str | int]:
        """Return the problem as JSON, without what is unknown."""
        file, line, column = self.place
        place = {"line": line, "column": column}
        known = {name: number for name, number in place.items() if number}
        hint = {} if self.hint is None else {"hint": self.hint}
        return {"file": file, **known, "message": self.message, **hint}

    @property
    def is_fatal(self) -> bool:
        """Whether no job is planned."""
        return self.severity in (Severity.REFUSED, Severity.ERROR, Severity.INPUT)


def unreadable_at(place: Place, fact: str, hint: str | None = None) -> InputFileError:
    """Return the error for an input of which no further row can be read."""
    return InputFileError(f"{place}: {fact}", hint=hint)
