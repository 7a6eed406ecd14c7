"""The tables of the command tree for the engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import NamedTuple

from luma_cli.docgen.tree import Command
from luma_cli.flags import Argument, Completion, Flag

HELP_FLAG = ("--help", "Show the help and exit")
_MADE = "Made by `python -m luma_cli.docgen --write`; do not edit."
_TABLES = "# TABLES\n"


class Value(NamedTuple):
    """The completions for a value; `words` are for `Completion.WORDS` only."""

    completion: Completion
    words: tuple[str, ...] = ()


class Completable(NamedTuple):
    """The value of a flag or argument; `command` is a path in words, empty for the root.

    `name` is the flag or the number of the argument; an argument that `repeats` is the last.
    """

    command: str
    name: str
    value: Value
    repeats: bool = False


def with_values_after(tree: Iterable[Command]) -> Iterator[Command]:
    """Yield the commands, and one more for each word that decides what may follow it.

    To an engine, `config set format` is a command whose argument is a format.
    """
    for command in tree:
        yield command
        for argument in command.arguments:
            for word, values in argument.values_after:
                following = argument._replace(values=values, values_after=())
                yield Command((*command.path, word), "", (), (following,), (), (), (), ())


def words_of(command: Command) -> str:
    """Return a command's path without the program: `generations create`."""
    return " ".join(command.path[1:])


def flags_of(command: Command) -> list[tuple[str, str]]:
    """Return the flags of a command with their help."""
    return [
        (name, help_of(name, flag))
        for flag in command.options
        for name in flag.names
        if name.startswith("--")
    ]


def help_of(name: str, flag: Flag) -> str:
    """Return the help for a spelling of a flag: `--no-wait` is the opposite of `--wait`."""
    if name == flag.negation:
        return f"Do not {flag.help[:1].lower()}{flag.help[1:]}"
    return flag.help


def value_of(declared: Flag | Argument) -> Value:
    """Return the completions for the value of a flag or argument."""
    return (
        Value(Completion.WORDS, declared.values) if declared.values else Value(declared.completion)
    )


def flag_values(tree: Iterable[Command]) -> list[Completable]:
    """Return every flag with a value; those of the root apply to all commands."""
    return [
        Completable(words_of(command), name, value_of(flag))
        for command in tree
        for flag in command.options
        if not flag.switch
        for name in flag.names
    ]


def arguments(tree: Iterable[Command]) -> list[Completable]:
    """Return every argument with completions."""
    values = [
        Completable(words_of(command), str(number), value_of(argument), argument.repeats)
        for command in tree
        for number, argument in enumerate(command.arguments)
    ]
    return [each for each in values if each.value.completion is not Completion.NOTHING]


def assembled(shell: str, tables: str) -> str:
    """Return a script: a header and the engine of the shell, with the tables inserted."""
    engine = (files("luma_cli.docgen.shells") / "engines" / shell).read_text("utf-8")
    first, *rest = engine.splitlines(keepends=True)
    # zsh requires `#compdef` on the first line
    lines = [first, f"# {_MADE}\n"] if first.startswith("#compdef") else [f"# {_MADE}\n", first]
    return "".join([*lines, *rest]).replace(_TABLES, tables)
