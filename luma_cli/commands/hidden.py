"""`@completion` and `@manpages`, for packagers, with the names of the official client."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from luma_cli.cli.declare import Commands
from luma_cli.docgen.shells import SHELLS
from luma_cli.flags import Argument, Completion, Flag

if TYPE_CHECKING:
    from luma_cli.context import AppContext

hidden = Commands()

SHELL_NAME = Argument("shell", "SHELL", "Its name", values=SHELLS, required=True)
PAGES = (
    Flag(
        "--output",
        "Folder",
        metavar="DIR",
        completion=Completion.FOLDERS,
        short="-o",
        default="man",
        read=Path,
    ),
    Flag(
        "--gzip",
        "Write `.1.gz`",
        short="-z",
        switch=True,
        negation="--no-gzip",
        default="gzip",
        dest="compress",
    ),
    Flag("--text", "Write `.1`", switch=True),
)


@hidden.command("@completion", SHELL_NAME, hidden=True)
def completion(ctx: typer.Context, shell: str) -> None:
    """Print the completion script of a shell."""
    from luma_cli.commands.completion import shell_named
    from luma_cli.docgen.shells import script
    from luma_cli.docgen.tree import commands

    app: AppContext = ctx.obj
    chosen = shell_named(shell)
    app.out.lines(script(chosen, commands(ctx.find_root().command)).splitlines())


@hidden.command("@manpages", *PAGES, hidden=True)
def manpages(ctx: typer.Context, *, output: Path, compress: bool, text: bool) -> None:
    """Write the manual pages below a folder, which is created if it is missing."""
    from luma_cli.docgen.man import install
    from luma_cli.docgen.tree import commands

    app: AppContext = ctx.obj
    install(output, commands(ctx.find_root().command), compressed=compress, plain=text)
    app.out.lines([f"Wrote manpages to {output}"])
