"""Completion scripts: hand-written engines (`engines/`) with tables of the command tree."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from luma_cli import OTHER_NAME, PROGRAM
from luma_cli.docgen.tree import Command

# The file names under which shells find the script of a program.
FILES = {
    "bash": f"{PROGRAM}.bash",
    "zsh": f"_{PROGRAM}",
    "fish": f"{PROGRAM}.fish",
    "pwsh": f"{PROGRAM}.ps1",
}
SHELLS = tuple(FILES)
_BY_ANOTHER_NAME = "# The same program by its other name.\n"
OTHER_FILES = {
    f"{OTHER_NAME}.bash": f'{_BY_ANOTHER_NAME}. "${{BASH_SOURCE[0]%/*}}/{PROGRAM}.bash"\n',
    f"{OTHER_NAME}.fish": f"{_BY_ANOTHER_NAME}source (status dirname)/{PROGRAM}.fish\n",
}


def script(shell: str, tree: list[Command]) -> str:
    """Return the completion script for one of `SHELLS`."""
    from luma_cli.docgen.shells.tables import with_values_after

    printer = import_module(f"luma_cli.docgen.shells.{shell}")
    text: str = printer.script(list(with_values_after(tree)))
    return text


def files_of(shell: str, tree: list[Command]) -> dict[str, str]:
    """Return a shell's files by name: the script, and an alias for the other program name."""
    ending = Path(FILES[shell]).suffix
    others = {name: text for name, text in OTHER_FILES.items() if Path(name).suffix == ending}
    return {FILES[shell]: script(shell, tree)} | others
