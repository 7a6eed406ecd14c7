"""Flags and arguments that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path

from luma_cli.errors import UsageError
from luma_cli.flags import Argument, Completion, Flag
from luma_cli.settings.declarations import DATA_GROUP, MONEY_GROUP

_OUTPUT, _WAITING = "Output", "Waiting"


def output_path(text: str) -> Path:
    """Return the path of `-o`; raises `UsageError` for `out/`, which a `Path` would make a file."""
    if text.endswith("/"):
        folder = text.rstrip("/") or "/"
        raise UsageError(f"`{text}` is a folder", hint=f"use `-d {folder}` to save into a folder")
    return Path(text)


IDS = Argument(
    "ids",
    "[ID]...",
    "Generation ids, beginnings of ids, or `@last`; read from stdin if omitted",
    completion=Completion.GENERATION,
    repeats=True,
)
WAIT = Flag("--wait", "Wait until the job ends", _WAITING, switch=True, negation="--no-wait")
WAITING = (
    Flag(
        "--timeout",
        "Stop waiting after this long, e.g. `90s`, `5m`, `1h` (exit 9); the job keeps running."
        " Default: no limit",
        _WAITING,
        "DURATION",
    ),
    Flag(
        "--poll-interval",
        "Polling interval, e.g. `2s`  [default: 1s, growing to 5s]",
        _WAITING,
        "DURATION",
    ),
)
SAVING = (
    Flag(
        "--output",
        "Save the output as this file; `-` is stdout",
        _OUTPUT,
        "PATH",
        completion=Completion.FILES,
        short="-o",
        unique=True,
        read=output_path,
    ),
    Flag(
        "--output-dir",
        "Save the outputs in this folder as `ID.EXT`",
        _OUTPUT,
        "DIR",
        completion=Completion.FOLDERS,
        short="-d",
        unique=True,
        read=Path,
    ),
    Flag(
        "--name",
        "Names of the outputs, e.g. `{date}-{prompt}.{ext}`; also {id}, {short_id}, {index},"
        " {type}, {model}, {time}, {label}, {tag}",
        _OUTPUT,
        "TEMPLATE",
        unique=True,
    ),
    Flag("--overwrite", "Replace existing files", _OUTPUT, switch=True),
    Flag("--skip-existing", "Skip outputs that already exist", _OUTPUT, switch=True),
)
# The flags of a command that submits.
SAVING_NEW = (
    *SAVING[:-1],
    SAVING[-1]._replace(
        help="Skip outputs that already exist; submit nothing if the file of `-o`, or of a `--name`"
        " without tokens, exists"
    ),
)
SUBMITTING = (
    Flag(
        "--dry-run",
        "Print the request, its cost and what the API would reject (exit 3); send nothing",
        MONEY_GROUP,
        switch=True,
    ),
    Flag(
        "--tag",
        "Label of the job in the history; `list --tag` finds it",
        MONEY_GROUP,
        "TAG",
        unique=True,
    ),
    Flag(
        "--once",
        "Resume the job of the same request in the history, if there is one, instead of"
        " submitting it again",
        MONEY_GROUP,
        switch=True,
    ),
    Flag(
        "--once-key",
        "Name the job KEY; if the history has a job with that key, resume it instead",
        MONEY_GROUP,
        "KEY",
        unique=True,
    ),
)
INPUT = Flag(
    "--input",
    "A whole request in YAML or JSON, `-` for stdin; flags override it",
    DATA_GROUP,
    "PATH",
    completion=Completion.FILES,
    unique=True,
    dest="input_file",
)
