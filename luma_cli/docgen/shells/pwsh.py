"""The script for PowerShell."""

from __future__ import annotations

from collections.abc import Iterator

from luma_cli.docgen.shells.tables import (
    HELP_FLAG,
    Value,
    arguments,
    assembled,
    flag_values,
    flags_of,
    words_of,
)
from luma_cli.docgen.tree import Command
from luma_cli.flags import Completion


def script(tree: list[Command]) -> str:
    """Return the completion script."""
    return assembled("pwsh", "\n".join(f"    {line}".rstrip() for line in _tables(tree)) + "\n")


def _tables(tree: list[Command]) -> Iterator[str]:
    summaries = {command.path: command.summary for command in tree}
    yield "$children = @{}"
    yield "foreach ($command in @("
    for command in tree[1:]:
        yield f"        {_quoted(words_of(command))}"
    yield "    )) { $children[$command] = $true }"
    yield "$below = @{}"
    for command in tree:
        if command.children:
            names = [(name, summaries[(*command.path, name)]) for name in command.children]
            yield from _list("below", command, names)
    yield "$flags = @{}"
    for command in tree:
        own = flags_of(command) + ([HELP_FLAG] if command is tree[0] else [])
        if own:
            yield from _list("flags", command, own)
    yield "$values = @{}"
    for each in flag_values(tree):
        yield f"$values[{_quoted(f'{each.command} {each.name}')}] = {_value(each.value)}"
    yield "$arguments = @{}"
    for each in arguments(tree):
        name = "*" if each.repeats else each.name
        yield f"$arguments[{_quoted(f'{each.command} {name}')}] = {_value(each.value)}"


def _list(table: str, command: Command, words: list[tuple[str, str]]) -> Iterator[str]:
    yield f"${table}[{_quoted(words_of(command))}] = @("
    for word, help_text in words:
        shown = f"Word = {_quoted(word)}; Help = {_quoted(help_text)}"
        yield f"    [pscustomobject]@{{ {shown} }}"
    yield ")"


def _value(value: Value) -> str:
    words = ""
    if value.completion is Completion.WORDS:
        words = f"; Words = {', '.join(_quoted(word) for word in value.words)}"
    return f"@{{ Kind = {_quoted(value.completion)}{words} }}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
