"""The command tree as plain records, for generators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from luma_cli import PROGRAM
from luma_cli.flags import Argument, Flag


class Command(NamedTuple):
    """A command or group by its full name, `("luma-agents-cli", "generations", "get")`."""

    path: tuple[str, ...]
    help: str
    introduction: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    arguments: tuple[Argument, ...]
    options: tuple[Flag, ...]
    topics: tuple[tuple[str, list[tuple[str, str]]], ...]
    examples: tuple[str, ...]
    children: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The first sentence of the help, without its full stop."""
        return self.help.split("\n")[0].split(". ")[0].rstrip(".")


def commands(root: Any) -> list[Command]:
    """Return every visible command of Typer's `root`, parents before children."""
    return list(_walk((PROGRAM,), root))


def _walk(path: tuple[str, ...], command: Any) -> Iterator[Command]:
    children = {
        name: child
        for name, child in (getattr(command, "commands", None) or {}).items()
        if not child.hidden
    }
    parameters = command.params
    yield Command(
        path,
        command.help or "",
        tuple(getattr(command, "introduction", ())),
        tuple(p.argument for p in parameters if p.param_type_name == "argument"),
        tuple(p.flag for p in parameters if p.param_type_name == "option"),
        tuple(command.topics() if hasattr(command, "topics") else ()),
        tuple(command.examples),
        tuple(children),
    )
    for name, child in children.items():
        yield from _walk((*path, name), child)
