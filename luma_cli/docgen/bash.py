"""Completion for bash: a static script, so that a Tab starts no Python."""

from __future__ import annotations

from collections.abc import Iterable

from luma_cli import PROGRAM
from luma_cli.docgen.tree import Command

_SCRIPT = """\
# Made by `python -m luma_cli.docgen --write`; do not edit.
_luma_agents_cli() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} command= word offered=
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$command $word" in
{descents}
        esac
    done
    case "$command" in
{offers}
    esac
    if [[ $current == -* ]]; then
        offered="$offered {global_flags}"
    fi
    mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current")
    if [[ ${{#COMPREPLY[@]}} -eq 0 && $current != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}}
complete -o filenames -F _luma_agents_cli {program} luma
"""


def script(commands: Iterable[Command]) -> str:
    """Return the script: subcommands, flags of the command at hand, global flags, file names."""
    tree = list(commands)
    root = tree[0]
    descents = [
        f'            "{_words(command.path[:-1])} {command.path[-1]}")'
        f' command="{_words(command.path)}" ;;'
        for command in tree[1:]
    ]
    offers = [
        f'        "{_words(command.path)}") offered="{_offer(command)}" ;;' for command in tree
    ]
    return _SCRIPT.format(
        descents="\n".join(descents),
        offers="\n".join(offers),
        global_flags=" ".join([*_flags(root), "--help"]),
        program=PROGRAM,
    )


def _words(path: tuple[str, ...]) -> str:
    return " ".join(path[1:])


def _offer(command: Command) -> str:
    is_root = len(command.path) == 1
    return " ".join(command.children or (() if is_root else _flags(command)))


def _flags(command: Command) -> list[str]:
    return [name for option in command.options for name in option.names if name.startswith("--")]
