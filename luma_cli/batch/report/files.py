"""Writing a report to a file in one step, in the format of its extension."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from luma_cli.errors import SaveError, UsageError, reason_of
from luma_cli.transfers.file_claim import claim_file
from luma_cli.transfers.names import hidden_name
from luma_cli.transfers.rename import rename_over

if TYPE_CHECKING:
    from luma_cli.batch.report.report import Report

_FORMATS = {".csv": "spreadsheet", ".jsonl": "json_lines", ".xml": "junit", ".md": "markdown"}


def check_report_path(path: Path) -> None:
    """Raise `UsageError` unless a report can have this name."""
    if path.suffix.lower() not in _FORMATS:
        *most, last = _FORMATS
        raise UsageError(
            f"`--report {path}`: no report has the extension `{path.suffix}`"
            if path.suffix
            else f"`--report {path}`: the name has no extension, which chooses the format",
            hint=f"use {', '.join(most)} or {last}",
        )
    if path.is_dir():
        raise UsageError(f"`--report {path}`: it is a folder")


def write_report(path: Path, report: Report) -> None:
    """Write a report to a file; an existing one is replaced when the new one is complete.

    Raises `SaveError` when the disk refuses.
    """
    module = import_module(f"luma_cli.batch.report.{_FORMATS[path.suffix.lower()]}")
    write: Callable[[TextIO, Report], None] = module.write
    try:
        with _replacing(path) as stream:
            write(stream, report)
    except OSError as problem:
        raise SaveError(f"cannot write the report `{path}`: {reason_of(problem)}") from None


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """Give the block the text of a file, which replaces the one at `path` if the block succeeds."""
    final = path.resolve() if path.is_symlink() else path
    if final.exists() and not final.is_file():  # a pipe or a device, which nothing may replace
        with final.open("wb") as stream, _text_of(stream) as text:
            yield text
        return
    final.parent.mkdir(parents=True, exist_ok=True)
    part, raw, _ = claim_file(final.with_name(hidden_name(final.name, final.name)))
    try:
        raw.truncate(0)
        with _text_of(io.BufferedWriter(raw)) as text:
            yield text
            text.flush()
            if final.exists():
                shutil.copymode(final, part)
            os.fsync(raw.fileno())
            rename_over(part, raw, final)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _text_of(stream: BinaryIO) -> TextIO:
    """Return a writer of UTF-8; bytes of a path that are no text become escapes, as in JSON."""
    return io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="")
