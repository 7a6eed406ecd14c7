"""Options and arguments that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_OUTPUT, _WAITING = "Output", "Waiting"

IdsArg = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", help="Generation ids; read from stdin when left out"),
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
        help="Stop waiting after this long (exit 9); the job goes on. No limit by default",
        rich_help_panel=_WAITING,
    ),
]
PollIntervalOpt = Annotated[
    str | None,
    typer.Option(
        "--poll-interval",
        metavar="DURATION",
        help="Time between two looks; by default it grows from 1s to 5s",
        rich_help_panel=_WAITING,
    ),
]
OutputOpt = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help="Save the output as this file",
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
OverwriteOpt = Annotated[
    bool,
    typer.Option(
        "--overwrite",
        help="Replace a file that is there",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
