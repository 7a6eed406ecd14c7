"""The format of an input, and its reader."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import partial
from pathlib import Path

from luma_cli.batch.flags import FORMATS
from luma_cli.batch.place import Place
from luma_cli.batch.readers.text_of_file import bytes_of, decoded
from luma_cli.batch.table import Table
from luma_cli.errors import UsageError
from luma_cli.host import Host

STDIN = "-"
_FORMATS_OF_EXTENSIONS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "text",
}


def read_table(source: str, wanted: str | None, host: Host) -> Table:
    """Return the rows of a file, `-` for stdin, in the `wanted` format or that of its extension.

    Raises `InputFileError`, or `UsageError` for an input whose format is unknown.
    """
    if wanted is not None and wanted not in FORMATS:
        raise UsageError(f"`--from`: `{wanted}` is not one of {', '.join(FORMATS)}")
    if source == STDIN:
        file, data = "stdin", bytes_of(host.spool_stdin())
    else:
        file, data = source, bytes_of(Path(source))
    text, has_bom = decoded(data, file), data.startswith(codecs.BOM_UTF8)
    del data
    own = _FORMATS_OF_EXTENSIONS.get(Path(source).suffix.lower())
    read = _reader_of(wanted or own or _format_of(text, file))
    return read(text, file)._replace(has_bom=has_bom)


def _format_of(text: str, file: str) -> str:
    """Return the format that a text begins like; other texts may be CSV or prompts."""
    start = text.lstrip()
    if start.startswith("["):
        return "json"
    if start.startswith("{"):
        from luma_cli.jsontext.parts import is_json

        return "jsonl" if is_json(start.partition("\n")[0]) else "json"
    if start.startswith(("---", "- ")):
        return "yaml"
    raise UsageError(
        f"{Place(file, 1, 1)}: the format of the input is unknown",
        hint="add `--from csv`, `--from text` or another of " + ", ".join(FORMATS),
    )


def _reader_of(name: str) -> Callable[[str, str], Table]:
    from luma_cli.batch.readers import json_text, lines, separated, yaml_text

    readers: dict[str, Callable[[str, str], Table]] = {
        "jsonl": json_text.read_json_lines,
        "json": json_text.read_json,
        "yaml": yaml_text.read_yaml,
        "csv": separated.read_separated,
        "tsv": partial(separated.read_separated, delimiter="\t"),
        "text": lines.read_lines,
    }
    return readers[name]
