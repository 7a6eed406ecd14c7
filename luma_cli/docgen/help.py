"""The rows of the help screens, which `cli.help` formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from luma_cli import PROGRAM
from luma_cli.docgen.tree import Command

_OWN = ("-h, --help", "Show this help")


def rows_of(tree: Iterable[Command]) -> str:
    """Return the file with the rows of the help of every command."""
    tree = list(tree)
    by_path = {command.path: command for command in tree}
    lines = ["Generated from the command tree; `cli/help.py` says how it is read.", ""]
    for command in tree:
        lines += [f"= {' '.join(command.path)}", _usage(command)]
        lines += _page(command, [by_path[(*command.path, name)] for name in command.children])
    return "\n".join([*lines, ""])


def _usage(command: Command) -> str:
    if command.children:
        return "[OPTIONS] COMMAND [ARGS]..."
    return " ".join(["[OPTIONS]", *(argument.metavar for argument in command.arguments)])


def _page(command: Command, children: list[Command]) -> Iterator[str]:
    for paragraph in command.help.strip().split("\n\n"):
        yield " ".join(paragraph.split())
    for title, rows in command.introduction:
        yield from _section(title, rows)
    if command.children:
        if len(command.path) == 1:
            yield from _examples(command)
        yield from _section("Commands", [(each.path[-1], each.summary) for each in children])
    yield from _section("Arguments", [(each.metavar, each.help) for each in command.arguments])
    groups: dict[str, list[tuple[str, str]]] = {}
    for flag in command.options:
        term = f"{', '.join(flag.names)} {flag.placeholder}".rstrip()
        groups.setdefault(flag.group, []).append((term, flag.description))
    groups.setdefault("Options", []).append(_OWN)
    for group, terms in groups.items():
        yield from _section(group, terms)
    for topic, entries in command.topics:
        yield from _section(topic, entries)
    if len(command.path) > 1:
        yield f"Global options: see `{PROGRAM} --help`."
        yield from _examples(command)


def _section(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    lines = [f"{term}\t{' '.join(text.splitlines())}" for term, text in rows]
    if lines:
        yield from (f"# {title}", *lines)


def _examples(command: Command) -> Iterator[str]:
    if command.examples:
        yield "# Examples"
        yield from (f"| {line}" for each in command.examples for line in each.split("\n"))
