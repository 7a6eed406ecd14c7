"""The body as bytes: its length is known first, and files in it are never held in memory."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Any

from luma_cli.body.local_file import LocalFile


class EncodedBody:
    """Compact UTF-8 JSON of a body whose leaves may be `LocalFile`s.

    Each time the body is sent, `report(done, total)` is called with the bytes taken so far.
    """

    def __init__(
        self, body: Mapping[str, Any], report: Callable[[int, int], None] = lambda *_: None
    ) -> None:
        self._parts, self._report = list(_parts(body)), report

    def with_report(self, report: Callable[[int, int], None]) -> EncodedBody:
        """Return the same bytes with another `report`."""
        reporting = copy(self)
        reporting._report = report  # noqa: SLF001 - a copy of this object
        return reporting

    @property
    def length(self) -> int:
        """The exact number of bytes that `chunks` yields."""
        return sum(
            part.encoded_length + 2 if isinstance(part, LocalFile) else len(part)
            for part in self._parts
        )

    @property
    def preview(self) -> str:
        """The body as text, with a description in place of each file."""
        return "".join(
            f'"<{part.media_type}, {part.size:,} bytes>"'
            if isinstance(part, LocalFile)
            else part.decode()
            for part in self._parts
        )

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes; raises `InputFileError` when a file is not what it was."""
        sent, total = 0, self.length
        for piece in self._pieces():
            yield piece
            sent += len(piece)
            self._report(sent, total)

    def _pieces(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, LocalFile):
                yield b'"'
                yield from part.chunks()
                yield b'"'
            else:
                yield part


def _parts(body: Mapping[str, Any]) -> Iterator[bytes | LocalFile]:
    """Split the JSON text at its files."""
    files: list[LocalFile] = []
    placeholder = f"file-{os.urandom(16).hex()}"  # random, so that no prompt can contain it

    def hold(value: object) -> str:
        if not isinstance(value, LocalFile):
            raise TypeError(f"{type(value).__name__} cannot be sent")
        files.append(value)
        return placeholder

    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=hold)
    pieces = text.split(f'"{placeholder}"')
    for piece, file in zip(pieces, [*files, None], strict=True):
        # lone surrogates are bytes of the command line that are not UTF-8
        yield re.sub("[\ud800-\udfff]", "\ufffd", piece).encode()
        if file is not None:
            yield file
