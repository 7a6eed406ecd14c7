"""The log of saved files, of this run and earlier ones."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple


class SavedFile(NamedTuple):
    """A file on disk under its final name, complete."""

    path: str
    bytes: int
    sha256: str
    content_type: str

    def fields(self) -> dict[str, Any]:
        """Return the form that results print."""
        return self._asdict()


_FIELDS = set(SavedFile._fields)


def recorded_files(recorded: Iterable[Mapping[str, Any]]) -> dict[str, SavedFile]:
    """Return the files that the history has of a job, by absolute path; the last of each counts."""
    whole = (fields for fields in recorded if fields.keys() == _FIELDS)
    return {fields["path"]: SavedFile(**fields) for fields in whole}


class DownloadLog:
    """A record of the saved files; this one records nothing."""

    def claim(self, target: Path) -> None:
        """Reserve a name; raises `OutputExistsError` if another output of this run has it."""

    def about_to_save(self, file: SavedFile) -> None:
        """Record a complete file, before it is renamed."""

    def saved_before(self, target: Path) -> SavedFile | None:
        """Return the file at `target` if it was saved before and is unchanged."""


NO_LOG = DownloadLog()
