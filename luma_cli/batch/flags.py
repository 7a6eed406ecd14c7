"""The flags of a batch about its rows, its jobs and the names of their outputs."""

from __future__ import annotations

from pathlib import Path

from luma_cli.errors import UsageError
from luma_cli.flags import Completion, Flag
from luma_cli.settings.parse import parse_count

FORMATS = ("jsonl", "json", "yaml", "csv", "tsv", "text")
DEFAULT_NAME = "{n}-{prompt}-{short_id}"
_ROWS, _OUTPUT = "Rows", "Output"


def at_least_one(text: str) -> int:
    """Return the number of `--count`; raises `UsageError`."""
    number = parse_count(text)
    if not number:
        raise UsageError("`0` makes no jobs", hint="write 1 or more")
    return number


FROM = Flag(
    "--from",
    "Format of the input; otherwise the file's extension decides",
    _ROWS,
    "FORMAT",
    FORMATS,
    Completion.WORDS,
    unique=True,
    dest="kind",
)
VARY = Flag(
    "--vary",
    "Make a job for each value, e.g. `aspect_ratio=1:1,16:9`; with several keys, for each"
    " combination",
    _ROWS,
    "KEY=A,B",
    repeatable=True,
)
CANDIDATES = Flag(
    "--count",
    "Make N jobs for each row and combination",
    _ROWS,
    "N",
    default="1",
    read=at_least_one,
    dest="candidates",
    unique=True,
)
OVERRIDE = Flag(
    "--override",
    "Set KEY to VALUE in every row, even where the row has its own value",
    _ROWS,
    "KEY=VALUE",
    repeatable=True,
)
EMBED_FILES = Flag(
    "--embed-files",
    "Embed the files that `@path` in a cell names; otherwise `@path` is text",
    _ROWS,
    switch=True,
)
ALLOW_OUTSIDE = Flag(
    "--allow-outside",
    "Allow paths in rows that lead out of the folder of FILE",
    _ROWS,
    switch=True,
)
IGNORE_UNKNOWN_COLUMNS = Flag(
    "--ignore-unknown-columns",
    "Ignore columns that are neither a field nor a variable in a text",
    _ROWS,
    switch=True,
)
NO_CHECK = Flag(
    "--no-check",
    "Submit rows even if the API is expected to reject them",
    _ROWS,
    switch=True,
)
SKIP_INVALID = Flag(
    "--skip-invalid", "Skip rows with errors and submit the others", _ROWS, switch=True
)
UNIQUE = Flag(
    "--unique", "Submit only one of several equal rows without an `id`", _ROWS, switch=True
)
OUTPUT_DIR = Flag(
    "--output-dir",
    "Save the outputs and the manifest in this folder; otherwise in one named like FILE",
    _OUTPUT,
    "DIR",
    completion=Completion.FOLDERS,
    short="-d",
    unique=True,
    read=Path,
)
NAME = Flag(
    "--name",
    "Names of the outputs, with the tokens of `create` and {n} (number of the row), {key} (its"
    " `id`), {col.NAME} (a column)",
    _OUTPUT,
    "TEMPLATE",
    default=DEFAULT_NAME,
    unique=True,
)

ROW_FLAGS = (
    *(FROM, VARY, CANDIDATES, OVERRIDE, EMBED_FILES, ALLOW_OUTSIDE, IGNORE_UNKNOWN_COLUMNS),
    *(NO_CHECK, SKIP_INVALID, UNIQUE),
)
SAVING_ROWS = (OUTPUT_DIR, NAME)
