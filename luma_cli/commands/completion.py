"""`luma-agents-cli completion`: print or install completion scripts."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from luma_cli.cli.declare import Commands
from luma_cli.docgen.shells import SHELLS, files_of, script
from luma_cli.errors import SaveError, UsageError, reason_of
from luma_cli.flags import Argument, Flag
from luma_cli.settings.environment import SHELL

if TYPE_CHECKING:
    from luma_cli.context import AppContext

completion = Commands()

SHELL_NAME = Argument(
    "shell", "[SHELL]", f"One of {', '.join(SHELLS)}; by default that of `$SHELL`", values=SHELLS
)
INSTALL = Flag("--install", "Install it where your shell looks for completion scripts", switch=True)


@completion.command(
    "completion",
    SHELL_NAME,
    INSTALL,
    examples=(
        "luma-agents-cli completion --install",
        "luma-agents-cli completion zsh > ~/.zfunc/_luma-agents-cli",
    ),
)
def print_completion(ctx: typer.Context, shell: str | None, *, install: bool) -> None:
    """Print the script that completes commands, flags and values in a shell.

    Pressing Tab starts no program: the script contains the commands, flags and values; recent ids
    are in a file.
    """
    from luma_cli.docgen.tree import commands

    app: AppContext = ctx.obj
    chosen = shell_named(shell or Path(app.host.environ.get(SHELL.name, "")).name)
    tree = commands(ctx.find_root().command)
    if not install:
        app.out.lines(script(chosen, tree).splitlines())
        return
    from luma_cli.settings.paths import completion_folder

    folder = completion_folder(chosen, app.host.environ)
    written = _write(folder, files_of(chosen, tree))
    app.out.lines(map(str, written))
    quoted = _for_powershell if chosen == "pwsh" else shlex.quote
    names = {"folder": quoted(str(folder)), "path": quoted(str(written[0]))}
    app.out.note(_HOW_TO_LOAD[chosen].format(**names))
    app.out.note(f"undo it with `rm {' '.join(quoted(str(path)) for path in written)}`")


_HOW_TO_LOAD = {
    "bash": "new shells load it by themselves where the package bash-completion is installed;"
    " elsewhere add `. {path}` to ~/.bashrc",
    "zsh": "add `fpath=({folder} $fpath)` to ~/.zshrc, before `compinit`",
    "fish": "new shells load it by themselves",
    "pwsh": "add `. {path}` to the file that $PROFILE names",
}


def _for_powershell(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def shell_named(name: str) -> str:
    """Return the shell as one of `SHELLS`; raises `UsageError` for another."""
    name = {"powershell": "pwsh"}.get(name, name)
    if not name:
        raise UsageError("no shell is named", hint=f"name one of {', '.join(SHELLS)}")
    if name not in SHELLS:
        raise UsageError(
            f"there is no completion script for `{name}`",
            hint=f"use one of {', '.join(SHELLS)}",
        )
    return name


def _write(folder: Path, files: dict[str, str]) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise SaveError(f"cannot write to `{folder}`: {reason_of(problem)}") from None
    return [folder / name for name in files]
