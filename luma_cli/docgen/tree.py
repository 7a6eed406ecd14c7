"""The command tree as plain records: what generators read instead of Typer's objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from luma_cli import PROGRAM
from luma_cli.flags import Argument, Flag, Offer


class Option(NamedTuple):
    """A flag: its spellings, what stands for its value (empty for a switch), its help and group.

    `brief` is the help without values and default; `offer` and `values` are what a shell completes.
    """

    names: tuple[str, ...]
    metavar: str
    help: str
    group: str
    brief: str
    offer: Offer
    values: tuple[str, ...]

    @property
    def long_names(self) -> list[str]:
        """The spellings with two dashes."""
        return [name for name in self.names if name.startswith("--")]


class Command(NamedTuple):
    """A command or group by its full name, `("luma-agents-cli", "generations", "get")`."""

    path: tuple[str, ...]
    help: str
    introduction: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    arguments: tuple[Argument, ...]
    options: tuple[Option, ...]
    topics: tuple[tuple[str, list[tuple[str, str]]], ...]
    examples: tuple[str, ...]
    children: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The first sentence of the help, without its full stop."""
        return self.help.split("\n")[0].split(". ")[0].rstrip(".")


def commands(root: Any) -> list[Command]:
    """Return every visible command under Typer's `root`, parents before children."""
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
        tuple(_option(p.flag) for p in parameters if p.param_type_name == "option"),
        tuple(command.topics() if hasattr(command, "topics") else ()),
        _examples(command.epilog or ""),
        tuple(children),
    )
    for name, child in children.items():
        yield from _walk((*path, name), child)


def _option(flag: Flag) -> Option:
    names = [name for name in (flag.short, flag.name, flag.negation) if name]
    return Option(
        tuple(names),
        "" if flag.switch else flag.metavar,
        flag.description,
        flag.group,
        flag.help,
        flag.offer,
        flag.values,
    )


def _examples(epilog: str) -> tuple[str, ...]:
    """Return the examples; one of several lines goes on where a line is indented further."""
    examples: list[str] = []
    for line in epilog.split("\n"):
        text = line.removeprefix("  ")
        if text.startswith(PROGRAM):
            examples.append(text)
        elif text.startswith("  "):
            examples[-1] += f"\n{text}"
    return tuple(examples)
