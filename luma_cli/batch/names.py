"""Where the outputs of each job are saved; names that two jobs share are found before sending."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from luma_cli.batch.flags import DEFAULT_NAME
from luma_cli.batch.job import BatchOptions
from luma_cli.batch.place import Place
from luma_cli.errors import UsageError
from luma_cli.rules.constants import DEFAULT_TYPE
from luma_cli.transfers.names import extensions_of
from luma_cli.transfers.target import Target
from luma_cli.transfers.templates import (
    LONGEST_NAME_BYTES,
    TOKENS,
    check_template,
    fill_tokens,
    name_of,
    tokens_in,
)

_ROW, _KEY, _COLUMN = "n", "key", "col."
# Beside the tokens of a row.
_KNOWN_BEFORE = {"prompt", "tag", "ext", "type"}
_EXTENSIONS_OF_FORMATS = {"jpeg": "jpg", "png": "png"}


class Names:
    """Makes the target of each job, and keeps the names that are known before submission."""

    def __init__(self, options: BatchOptions, total: int, columns: tuple[str, ...] | None) -> None:
        self._template = options.name or DEFAULT_NAME
        self._tokens = tokens_in(self._template)
        self.columns = {
            token.removeprefix(_COLUMN) for token in self._tokens if token.startswith(_COLUMN)
        }
        self._check(columns)
        self._digits = len(str(total))
        self._folder = options.output_dir
        self._existing = (options.overwrite, options.skip_existing)
        self._inner = options.output_dir.resolve()
        self._taken: dict[str, Place] = {}

    def _check(self, columns: tuple[str, ...] | None) -> None:
        known = self.columns if columns is None else columns
        check_template(
            self._template, (*TOKENS, _ROW, _KEY, *(f"{_COLUMN}{column}" for column in known))
        )

    def target(
        self, row: int, key: str, cells: Callable[[str], str | None], known: Mapping[str, str]
    ) -> Target:
        """Return the target of a job that has no `output` of its own."""
        facts = {_ROW: str(row).zfill(self._digits), _KEY: key}
        for column in self.columns:
            facts[f"{_COLUMN}{column}"] = cells(column) or ""
        name = fill_tokens(self._template, facts)
        return Target(None, self._folder, *self._existing, name=name, known=known)

    def target_at(self, output: str) -> Target:
        """Return the target of a row with an `output`, a path under the folder of all outputs.

        Raises `UsageError` for a path that leaves it.
        """
        if output.endswith("/"):
            raise UsageError(f"`{output}` is a folder", hint="name a file, as in `shoes/red.png`")
        path = PurePosixPath(output)
        is_plain = not path.is_absolute() and ".." not in path.parts and path.parts
        if not is_plain or "\\" in output or "\0" in output or ":" in output[:2]:
            raise UsageError(
                f"`{output}` is no path under the folder of the outputs",
                hint="name a file without `..`, as in `shoes/red.png`",
            )
        if any(len(os.fsencode(part)) > LONGEST_NAME_BYTES for part in _spelled(path).parts):
            raise UsageError(f"`{output[:40]}…` is longer than {LONGEST_NAME_BYTES} bytes")
        target = self._folder / path
        if not _resolved(target.parent).is_relative_to(self._inner):
            raise UsageError(f"`{output}` leads out of `{self._folder}` by a symbolic link")
        return Target(target, self._folder, *self._existing)

    def take(self, target: Target, body: Mapping[str, Any], place: Place) -> str | None:
        """Return what is wrong if an earlier job has the name, as far as it is known.

        Names are compared as on a disk that ignores case and the forms of Unicode.
        """
        name = self._known_name(target, body)
        if name is None:
            return None
        plain = unicodedata.normalize("NFC", name).casefold()
        plain = unicodedata.normalize("NFC", plain)  # folding may decompose
        if (earlier := self._taken.get(plain)) is not None:
            return f"the output `{name}` is already that of {earlier}"
        self._taken[plain] = place
        return None

    def _known_name(self, target: Target, body: Mapping[str, Any]) -> str | None:
        if target.output is not None:
            return str(target.output.relative_to(self._folder))
        if target.name is None or not tokens_in(target.name) <= _KNOWN_BEFORE:
            return None
        kind = str(body.get("type") or DEFAULT_TYPE)
        extension = _EXTENSIONS_OF_FORMATS.get(str(body.get("output_format")))
        facts = {**(target.known or {}), "ext": extension or extensions_of(kind)[0]}
        return name_of(target.name, facts, 1)


def _spelled(path: PurePosixPath) -> PurePosixPath:
    """Return the path as the file system spells it; raises `UsageError` if it cannot."""
    try:
        os.fsencode(path)
    except UnicodeError:
        raise UsageError(f"`{path}` has characters that no file name can have") from None
    return path


def _resolved(folder: Path) -> Path:
    try:
        return folder.resolve()
    except (OSError, RuntimeError):  # links in a circle lead nowhere
        return Path("/")
