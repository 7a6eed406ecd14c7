"""The fields that flags of the command line give to every row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from luma_cli.batch.columns import sets_field
from luma_cli.batch.files import FencedPaths, OpenedFiles
from luma_cli.batch.variables import filled, has_variables, literal_start
from luma_cli.body.body_flag import BodyFlag, Kind
from luma_cli.body.build import Sources, check_one_prompt, put_value
from luma_cli.body.documents import parse_document
from luma_cli.body.embedding import Verbatim, as_data, embed_files
from luma_cli.body.fields import BodyFields
from luma_cli.body.generation_flags import GENERATION_FLAGS
from luma_cli.body.input import Stdin
from luma_cli.body.paths import Paths
from luma_cli.flags import Flag

_DECLARED = {declared.flag.name: declared for declared in GENERATION_FLAGS}
_DOCUMENTS = (Kind.MAPPING, Kind.DOCUMENT, Kind.ELEMENT)
_EMBEDS = re.compile(r"@(?:file://|data://)?")
Occurrences = Sequence[tuple[Flag, str | bool]]


class TypedFields:
    """The fields of the command line, made once unless a text has a variable."""

    def __init__(
        self, occurrences: Occurrences, stdin: Stdin, opened: OpenedFiles, data_paths: Paths
    ) -> None:
        self._occurrences = [each for each in occurrences if each[0].name in _DECLARED]
        check_one_prompt(self._occurrences)
        self._stdin, self._opened, self._data_paths = stdin, opened, data_paths
        self._behind: dict[str, Paths] = {}
        self.texts = [
            (flag.name, text)
            for flag, text in self._occurrences
            if isinstance(text, str) and has_variables(text)
        ]
        self._fixed = None if self.texts else self._made(lambda _: None)

    def flag_of(self, path: str) -> str | None:
        """Return the last flag that sets the field at a dotted path, if any does."""
        names = (flag.name for flag, _ in reversed(self._occurrences))
        return next((name for name in names if sets_field(_DECLARED[name], path)), None)

    def fields(self, look_up: Callable[[str], str | None]) -> dict[str, Any]:
        """Return the fields for a row; raises `VariableError`, and errors as `build_body`."""
        return self._made(look_up) if self._fixed is None else self._fixed

    def _made(self, look_up: Callable[[str], str | None]) -> dict[str, Any]:
        body = BodyFields()
        for flag, value in self._occurrences:
            declared = _DECLARED[flag.name]
            if isinstance(value, str) and has_variables(value):
                self._put_filled(body, declared, value, filled(value, look_up))
            else:
                sources = Sources(self._stdin, self._opened)
                put_value(body, declared, value, flag.name, sources)
        fields: dict[str, Any] = embed_files(body.fields, self._stdin, self._opened)
        return fields

    def _put_filled(self, body: BodyFields, declared: BodyFlag, typed: str, text: str) -> None:
        """Set a field to a text that has cells in it: data, with which nothing is embedded."""
        name, value = declared.flag.name, text
        if declared.kind is Kind.PARAMETER:
            key, _, value = text.partition("=")
            declared = BodyFlag(declared.flag, Kind.DOCUMENT, tuple(key.split(".")))
        if declared.kind in _DOCUMENTS:
            document = as_data(parse_document(value, f"the value of `{name}`"))
            if isinstance(document, str) and declared.kind is Kind.DOCUMENT:
                body.put(declared.path, document, name)
            else:
                put_value(body, declared, document, name, self._data)
            return
        embeds = _EMBEDS.match(typed)
        start = literal_start(typed)
        paths = self._paths_behind(start[embeds.end() :] if embeds else start)
        if embeds and declared.kind in (Kind.TEXT, Kind.NULLABLE_TEXT):
            content = embed_files(text, self._stdin, paths)
            body.put(declared.path, _kept(content), name)
        else:
            put_value(body, declared, Verbatim(text), name, Sources(self._stdin, paths))

    @property
    def _data(self) -> Sources:
        return Sources(self._stdin, self._data_paths)

    def _paths_behind(self, start: str) -> Paths:
        """Return where cells may lead in a path that begins like this.

        Behind a folder that was typed: not out of that folder. Without one, they are paths of data.
        """
        if not start:
            return self._data_paths
        folder = start.rpartition("/")[0] or ("/" if start.startswith("/") else ".")
        if folder not in self._behind:
            self._behind[folder] = FencedPaths(Path(), Path(folder), self._opened.opened)
        return self._behind[folder]


def _kept(content: Any) -> Any:
    """Return the content of a file as data, in which nothing else is embedded."""
    return Verbatim(content) if isinstance(content, str) else content
