"""Options and arguments that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from luma_cli.settings.declarations import MONEY_GROUP

_OUTPUT, _WAITING = "Output", "Waiting"
_MONEY = MONEY_GROUP

IdsArg = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID]...",
        help="Generation ids, `@last`, or the beginnings of ids; read from stdin when left out",
    ),
]
WaitOpt = Annotated[
    bool | None,
    typer.Option(
        "--wait/--no-wait",
        help="Wait until the job ends",
        rich_help_panel=_WAITING,
        show_default=False,
    ),
]
TimeoutOpt = Annotated[
    str | None,
    typer.Option(
        "--timeout",
        metavar="DURATION",
        help="Stop waiting after this long, as in `90s`, `5m` or `1h` (exit 9); the job goes on. No"
        " limit by default",
        rich_help_panel=_WAITING,
    ),
]
PollIntervalOpt = Annotated[
    str | None,
    typer.Option(
        "--poll-interval",
        metavar="DURATION",
        help="Time between two looks, as in `2s`; by default it grows from 1s to 5s",
        rich_help_panel=_WAITING,
    ),
]
OutputOpt = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help="Save the output as this file; `-` is stdout",
        rich_help_panel=_OUTPUT,
    ),
]
OutputDirOpt = Annotated[
    Path | None,
    typer.Option(
        "--output-dir",
        "-d",
        metavar="DIR",
        help="Save the outputs in this folder, named after the generation",
        rich_help_panel=_OUTPUT,
    ),
]
NameOpt = Annotated[
    str | None,
    typer.Option(
        "--name",
        metavar="TEMPLATE",
        help="Names in the folder, as in `{date}-{prompt}.{ext}`; also {id}, {short_id}, {index},"
        " {type}, {model}, {time}, {label}, {tag}",
        rich_help_panel=_OUTPUT,
    ),
]
SkipExistingOpt = Annotated[
    bool,
    typer.Option(
        "--skip-existing",
        help="Skip outputs that already exist; `create` submits nothing if the file of `-o`, or of"
        " a `--name` without tokens, exists",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
OverwriteOpt = Annotated[
    bool,
    typer.Option(
        "--overwrite",
        help="Replace a file that is there",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
DryRunOpt = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Print the request, its cost and what the API would refuse (exit 3); send nothing",
        rich_help_panel=_MONEY,
        show_default=False,
    ),
]
TagOpt = Annotated[
    str | None,
    typer.Option(
        "--tag",
        metavar="TAG",
        help="A word to find the job by in the history",
        rich_help_panel=_MONEY,
    ),
]
OnceOpt = Annotated[
    bool,
    typer.Option(
        "--once",
        help="Resume the job of the same request in the history, if there is one, instead of"
        " submitting it again",
        rich_help_panel=_MONEY,
        show_default=False,
    ),
]
OnceKeyOpt = Annotated[
    str | None,
    typer.Option(
        "--once-key",
        metavar="KEY",
        help="Resume the job with this key, if there is one; a new job gets it",
        rich_help_panel=_MONEY,
    ),
]
InputOpt = Annotated[
    str | None,
    typer.Option(
        "--input",
        metavar="PATH",
        help="A whole request in YAML or JSON, `-` for stdin; flags win over it",
        rich_help_panel="Common",
    ),
]
