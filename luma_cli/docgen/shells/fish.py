"""The script for fish, which parses declared flags itself."""

from __future__ import annotations

from collections.abc import Iterator

from luma_cli.docgen.shells.tables import (
    HELP_FLAG,
    Value,
    arguments,
    assembled,
    help_of,
    value_of,
    words_of,
)
from luma_cli.docgen.tree import Command
from luma_cli.flags import Completion, Flag

# Options of fish's `complete` for a value of each kind; `-x` excludes files.
_OFFERS = {
    Completion.NOTHING: "-x",
    Completion.FILES: "-r -F",
    Completion.FOLDERS: "-x -a '(__fish_complete_directories)'",
    Completion.TEXT: "-x -a '(__luma_text)'",
    Completion.REFERENCE: "-r -F -a '(__luma_reference)'",
    Completion.KEYFRAME: "-x -a '(__luma_keyframe)'",
    Completion.GENERATION: "-x -a '(__luma_generation | __luma_beginning)'",
    Completion.PROFILE: "-x -a '(__luma_profile)'",
    Completion.PROGRAM: "-F -a '(__luma_program)'",
}


def script(tree: list[Command]) -> str:
    """Return the completion script."""
    return assembled("fish", "\n".join(_tables(tree)))


def _tables(tree: list[Command]) -> Iterator[str]:
    commands = " ".join(_quoted(words_of(command)) for command in tree[1:])
    yield f"set -g __luma_commands {commands}"
    with_value = (
        name
        for command in tree
        for flag in command.options
        if not flag.switch
        for name in flag.names
    )
    yield f"set -g __luma_flags_with_value {' '.join(dict.fromkeys(with_value))}"
    yield "\nfunction __luma_declare --argument-names program"
    summaries = {command.path: command.summary for command in tree}
    for command in tree:
        condition = f"-n {_quoted(f'__luma_at {_quoted(words_of(command))}')} "
        for name in command.children:
            yield _complete(condition, f"-a {name}", summaries[(*command.path, name)])
        for flag in command.options:
            yield from _flag("" if command is tree[0] else condition, flag)
    yield _complete("", "-s h -l help", HELP_FLAG[1])
    for each in arguments(tree):
        check = "__luma_at" if each.repeats else "__luma_at_place"
        number = "" if each.repeats else f" {each.name}"
        condition = f"-n {_quoted(f'{check} {_quoted(each.command)}{number}')} "
        yield f"    complete -c $program {condition}{_offer(each.value).replace('-x ', '-f ')}"
    yield "end"


def _flag(condition: str, flag: Flag) -> Iterator[str]:
    """Yield a line for all spellings of a flag, and one for its opposites."""
    meanings: dict[str, list[str]] = {}
    for name in flag.names:
        spelled = f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
        meanings.setdefault(help_of(name, flag), []).append(spelled)
    value = f" {_offer(value_of(flag))}" if not flag.switch else ""
    for meaning, names in meanings.items():
        yield _complete(condition, " ".join(names) + value, meaning)


def _offer(value: Value) -> str:
    if value.completion is Completion.WORDS:
        return f"-x -k -a {_quoted(' '.join(value.words))}"
    keeps_order = " -k" if value.completion is Completion.GENERATION else ""
    return _OFFERS[value.completion].replace("-x ", f"-x{keeps_order} ")


def _complete(condition: str, what: str, help_text: str) -> str:
    return f"    complete -c $program {condition}{what} -d {_quoted(help_text)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
