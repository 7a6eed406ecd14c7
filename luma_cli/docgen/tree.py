"""The command tree as plain records, for generators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from luma_cli import PROGRAM
from luma_cli.flags import Flag


class Option(NamedTuple):
    """A flag: its spellings, metavar (empty for a switch), help and group.

    `values` are the suggested values, `brief` is the help without them.
    """

    names: tuple[str, ...]
    metavar: str
    help: str
    group: str
    values: tuple[str, ...]
    brief: str

    @property
    def long_names(self) -> list[str]:
        """The spellings with two dashes."""
        return [name for name in self.names if name.startswith("--")]


class Command(NamedTuple):
    """A command or group by its full name, `("luma-agents-cli", "generations", "get")`."""

    path: tuple[str, ...]
    help: str
    introduction: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    arguments: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]
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
    declared = {flag.name: flag for flag in getattr(command.callback, "flags", ())}
    yield Command(
        path,
        command.help or "",
        tuple(getattr(command, "introduction", ())),
        tuple((p.metavar, p.help) for p in parameters if p.param_type_name == "argument"),
        tuple(_option(p, declared) for p in parameters if p.param_type_name == "option"),
        tuple(command.topics() if hasattr(command, "topics") else ()),
        _examples(command.epilog or ""),
        tuple(children),
    )
    for name, child in children.items():
        yield from _walk((*path, name), child)


def _option(parameter: Any, declared: Mapping[str, Flag]) -> Option:
    names = sorted((*parameter.opts, *parameter.secondary_opts), key=_short_first)
    flag = next((declared[name] for name in names if name in declared), None)
    return Option(
        tuple(names),
        "" if parameter.is_flag else str(parameter.metavar),
        str(parameter.help) + _default(parameter),
        getattr(parameter, "rich_help_panel", None) or "Options",
        () if flag is None else flag.values,
        str(parameter.help) if flag is None else flag.help,
    )


def _default(parameter: Any) -> str:
    """Return the default of a flag as shown in the help, if any."""
    default = parameter.default
    if default is True:  # one of two spellings
        default = parameter.opts[0].lstrip("-")
    shown = parameter.show_default and default is not False and default not in (None, "", ())
    return f"  [default: {default}]" if shown else ""


def _short_first(name: str) -> bool:
    return name.startswith("--")


def _examples(epilog: str) -> tuple[str, ...]:
    """Return the examples; indented lines continue the previous one."""
    examples: list[str] = []
    for line in epilog.split("\n"):
        text = line.removeprefix("  ")
        if text.startswith(PROGRAM):
            examples.append(text)
        elif text.startswith("  "):
            examples[-1] += f"\n{text}"
    return tuple(examples)
