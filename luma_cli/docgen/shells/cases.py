"""The tables as `case` statements for bash and zsh."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from luma_cli.docgen.shells.tables import (
    HELP_FLAG,
    Completable,
    Value,
    arguments,
    flag_values,
    flags_of,
    words_of,
)
from luma_cli.docgen.tree import Command
from luma_cli.flags import Completion

# Formats words and their descriptions as an assignment to `offered`.
Listed = Callable[[Sequence[tuple[str, str]]], str]


def tables(tree: list[Command], path: str, words: Listed, described: Listed) -> str:
    """Return the functions for the engine, whose variable `path` is the command's name."""
    return "\n".join(
        [
            *_child(tree, path),
            *_flags(tree, path, described),
            *_flag(tree, path, words),
            *_place(tree, path, words, described),
        ]
    )


def quoted(text: str) -> str:
    """Quote text for the shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _child(tree: list[Command], path: str) -> list[str]:
    names = _either(quoted(words_of(command)) for command in tree[1:])
    return [
        "# Succeeds for a word that is a command at this place.",
        "_luma_agents_cli_child() {",
        f'    case "${{{path}:+${path} }}$word" in',
        f"    {names}) ;;",
        "    *) return 1 ;;",
        "    esac",
        "}\n",
    ]


def _flags(tree: list[Command], path: str, described: Listed) -> list[str]:
    root = [*flags_of(tree[0]), HELP_FLAG]
    own = [(command, flags_of(command)) for command in tree[1:] if command.options]
    return [
        "_luma_agents_cli_flags() {",
        "    kind=flags",
        f"    case ${path} in",
        *(
            f"    {quoted(words_of(command))}) {described([*flags, *root])} ;;"
            for command, flags in own
        ),
        f"    *) {described(root)} ;;",
        "    esac",
        "}\n",
    ]


def _flag(tree: list[Command], path: str, words: Listed) -> list[str]:
    return [
        "# Succeeds for a flag that takes a value.",
        "_luma_agents_cli_flag() {",
        "    kind=nothing",
        f'    case "${path} $flag" in',
        *_cases(flag_values(tree), words),
        "    *) return 1 ;;",
        "    esac",
        "}\n",
    ]


def _place(tree: list[Command], path: str, words: Listed, described: Listed) -> list[str]:
    summaries = {command.path: command.summary for command in tree}
    groups = [
        f"    {quoted(f'{words_of(command)} 0')}) kind=commands "
        + described([(name, summaries[(*command.path, name)]) for name in command.children])
        + " ;;"
        for command in tree
        if command.children
    ]
    return [
        "_luma_agents_cli_place() {",
        "    kind=nothing",
        f'    case "${{{path}% --}} $places" in',
        *groups,
        *_cases(arguments(tree), words),
        "    esac",
        "}",
    ]


def _cases(values: list[Completable], words: Listed) -> Iterable[str]:
    """Yield one case per value, for all of its places; those of the root apply everywhere."""
    patterns: dict[Value, list[str]] = {}
    for each in sorted(values, key=lambda each: not each.command):
        pattern = quoted(f"{each.command} {each.name}")
        if each.repeats:
            pattern = quoted(f"{each.command} ") + "*"
        elif not each.command:
            pattern = "*" + quoted(f" {each.name}")
        patterns.setdefault(each.value, []).append(pattern)
    for value, alternatives in patterns.items():
        offered = ""
        if value.completion is Completion.WORDS:
            offered = " " + words([(word, "") for word in value.words])
        yield f"    {_either(alternatives)}) kind={value.completion}{offered} ;;"


def _either(patterns: Iterable[str]) -> str:
    return " | \\\n        ".join(patterns)
