"""`@completion` and `@manpages`: what packagers call, by the names of the official client."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luma_cli.cli.declare import LumaCommand, group

if TYPE_CHECKING:
    from luma_cli.context import AppContext

hidden = group()


@hidden.command("@completion", cls=LumaCommand, hidden=True)
def completion(
    ctx: typer.Context, shell: Annotated[str, typer.Argument(metavar="SHELL", help="Its name")]
) -> None:
    """Print the completion script of a shell."""
    from luma_cli.commands.completion import shell_named
    from luma_cli.docgen.shells import script
    from luma_cli.docgen.tree import commands

    cli: AppContext = ctx.obj
    chosen = shell_named(shell)
    cli.out.lines(script(chosen, commands(ctx.find_root().command)).splitlines())


@hidden.command("@manpages", cls=LumaCommand, hidden=True)
def manpages(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder")] = Path(
        "man"
    ),
    compress: Annotated[bool, typer.Option("--gzip/--no-gzip", "-z", help="Write `.1.gz`")] = True,
    text: Annotated[bool, typer.Option("--text", help="Write `.1`")] = False,
) -> None:
    """Write the manual pages below a folder, which is made if need be."""
    from luma_cli.docgen.man import install
    from luma_cli.docgen.tree import commands

    cli: AppContext = ctx.obj
    install(output, commands(ctx.find_root().command), compressed=compress, plain=text)
    cli.out.lines([f"Wrote manpages to {output}"])
