"""What a job is known by from one run of a batch to the next: never by the line of its row."""

from __future__ import annotations

from typing import NamedTuple

from luma_cli.batch.expand import Combination
from luma_cli.batch.place import Place, Problem, Severity

_SEPARATOR, _NUMBER = "/", "#"
_SHORT_DIGEST = 12


class Key(NamedTuple):
    """What a job is known by in its run; `short` is for names of files.

    `equal_row` is the first row with the same request, if that is another one.
    """

    text: str
    short: str
    has_id: bool
    equal_row: int | None = None


class Identities:
    """The keys of the jobs of one run, each given once."""

    def __init__(self) -> None:
        self._of_ids: dict[str, Place] = {}
        self._of_digests: dict[str, tuple[int, int]] = {}

    def key_of_id(
        self, row_id: str, combination: Combination, candidate: int, place: Place
    ) -> Key | Problem:
        """Return the key of a row with an `id`; a problem if an earlier row has it.

        The first candidate has no number, so that a larger `--count` only adds jobs.
        """
        text = _joined(row_id, combination)
        text = text if candidate == 1 else f"{text}{_NUMBER}{candidate}"
        if (earlier := self._of_ids.get(text)) is not None:
            return Problem(place, f"the id `{text}` is already that of {earlier}")
        self._of_ids[text] = place
        return Key(text, text, has_id=True)

    def key_of_skipped(self, row_id: str | None, combination: Combination, row: int) -> str:
        """Return what a row that makes no job is known by; call it after all jobs have keys."""
        text = None if row_id is None else _joined(row_id, combination)
        if text is None or text in self._of_ids:
            return _joined(f"{_NUMBER}{row}", combination)
        return text

    def key_of_digest(self, digest: str, row: int) -> Key:
        """Return the key of a row without an `id`: its digest, and its number among equals."""
        seen = self._of_digests.get(digest)
        if seen is None:
            self._of_digests[digest] = (1, row)
            return Key(digest, digest[:_SHORT_DIGEST], has_id=False)
        number, first_row = seen[0] + 1, seen[1]
        self._of_digests[digest] = (number, first_row)
        equal = first_row if first_row != row else None
        ending = f"{_NUMBER}{number}"
        short = digest[:_SHORT_DIGEST] + ending
        return Key(digest + ending, short, has_id=False, equal_row=equal)


def _joined(row_id: str, combination: Combination) -> str:
    return _SEPARATOR.join(filter(None, (row_id, combination.label)))


def note_of_equal(place: Place, key: Key, *, dropped: bool) -> Problem:
    """Return the note for a job whose row is equal to an earlier one."""
    outcome = "dropped" if dropped else "another job is made"
    hint = None if dropped else "`--unique` drops equal rows"
    return Problem(place, f"equal to row {key.equal_row}: {outcome}", Severity.NOTE, hint)
