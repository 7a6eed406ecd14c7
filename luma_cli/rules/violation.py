"""One reason to refuse a request."""

from typing import NamedTuple


class Violation(NamedTuple):
    """The status and the `detail` with which the API refuses."""

    status: int
    detail: str


def refused(detail: str) -> Violation:
    """Return a rule broken in the older part of the API, which answers 400."""
    return Violation(400, detail)


def unprocessable(detail: str) -> Violation:
    """Return a parameter or combination that the newer part of the API answers with 422."""
    return Violation(422, detail)
