"""All problems of an input in one report: the first 20, then a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from luma_cli.batch.place import Problem, Severity
from luma_cli.errors import LumaError, RejectedError, UsageError

MOST_SHOWN = 20
_ERRORS = (Severity.INPUT, Severity.ERROR, Severity.REFUSED)


def first_of(lines: Sequence[str]) -> list[str]:
    """Return the first lines of many, and a last one that counts the others."""
    shown = list(lines[:MOST_SHOWN])
    more = len(lines) - len(shown)
    return [*shown, f"and {more:,} more"] if more else shown


class Problems:
    """Collects problems, of which any number may come, by their severity."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._counts: Counter[Severity] = Counter()
        self._first: dict[Severity, list[Problem]] = {each: [] for each in Severity}

    def add(self, problem: Problem) -> None:
        """Count a problem, and keep it if it is one of the first of its severity."""
        self._counts[problem.severity] += 1
        if len(self._first[problem.severity]) < MOST_SHOWN:
            self._first[problem.severity].append(problem)

    def warnings(self) -> Iterator[str]:
        """Yield the lines for what does not keep jobs from being submitted."""
        yield from self._lines((Severity.NOTE, Severity.WARNING))

    def errors(self) -> Iterator[str]:
        """Yield the lines for what does."""
        yield from self._lines(_ERRORS)

    def error(self, *, skip_invalid: bool = False) -> LumaError | None:
        """Return the error that ends the command, `None` if jobs can be submitted.

        With `skip_invalid`, only what is wrong with the whole input ends it.
        """
        invalid = self._counts[Severity.ERROR]
        refused = self._counts[Severity.REFUSED]
        whole = self._counts[Severity.INPUT]
        count = whole if skip_invalid else invalid + refused + whole
        if not count:
            return None
        errors = "1 error" if count == 1 else f"{count:,} errors"
        kind = RejectedError if count == refused else UsageError
        hint = None if whole else "`--skip-invalid` submits the other rows"
        return kind(
            f"`{self._file}` has {errors}; nothing was sent",
            hint=hint,
            errors=[problem.fields() for problem in self._shown(_ERRORS)],
        )

    def _lines(self, severities: tuple[Severity, ...]) -> Iterator[str]:
        shown = self._shown(severities)
        for problem in shown:
            yield f"{problem} ({problem.hint})" if problem.hint else str(problem)
        left = sum(self._counts[each] for each in severities) - len(shown)
        if left > 0:
            yield f"and {left:,} more"

    def _shown(self, severities: tuple[Severity, ...]) -> list[Problem]:
        """Return the first problems by their places."""
        found = [problem for each in severities for problem in self._first[each]]
        return sorted(found, key=lambda problem: problem.place[1:])[:MOST_SHOWN]
