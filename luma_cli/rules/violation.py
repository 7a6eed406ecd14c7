"""Violations of the rules."""

from typing import NamedTuple


class Violation(NamedTuple):
    """The status and `detail` of the API's answer to a violation."""

    status: int
    detail: str


def bad_request(detail: str) -> Violation:
    """Return a violation in the older part of the API, a 400."""
    return Violation(400, detail)


def unprocessable(detail: str) -> Violation:
    """Return a violation in the newer part of the API, a 422."""
    return Violation(422, detail)
