"""Manual pages: an overview, and one page for each command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from luma_cli import PROGRAM, RELEASE_DATE, __version__
from luma_cli.docgen.tree import Command
from luma_cli.errors import SaveError, reason_of
from luma_cli.exit_codes import ExitCode
from luma_cli.flags import Flag
from luma_cli.settings.environment import variables

_SOURCE = '.\\" Made by `python -m luma_cli.docgen --write`; do not edit.'
_FILES = (
    ("$XDG_CONFIG_HOME/luma-agents-cli/config.toml", "The config file, private to its user."),
    ("$XDG_STATE_HOME/luma-agents-cli/history.db", "The history of submissions, private as well."),
    (
        "$XDG_STATE_HOME/luma-agents-cli/recent.txt",
        "The newest ids and their prompts, for completion in shells.",
    ),
)


def pages(commands: Iterable[Command]) -> Iterator[tuple[str, str]]:
    """Yield the name and text of every page; groups have none, as the overview describes them."""
    tree = list(commands)
    leaves = [command for command in tree if not command.children]
    overview = tree[0]
    yield f"{PROGRAM}.1", _page(overview, _listing(leaves), see_also=map(_name, leaves))
    for command in leaves:
        siblings = [_name(each) for each in leaves if each.path[:-1] == command.path[:-1]]
        others = [name for name in siblings if name != _name(command)]
        in_a_group = len(command.path) > len(overview.path) + 1
        yield f"{_name(command)}.1", _page(command, [], [PROGRAM, *(others if in_a_group else ())])


def install(folder: Path, commands: Iterable[Command], *, compressed: bool, plain: bool) -> None:
    """Write the pages to `folder/man1`, as `.1.gz`, as `.1`, or both; raises `SaveError`."""
    import gzip

    section = folder / "man1"
    try:
        section.mkdir(parents=True, exist_ok=True)
        for name, text in pages(commands):
            if compressed:
                # no time stamp, for reproducible bytes
                (section / f"{name}.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
            if plain:
                (section / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise SaveError(f"cannot write to `{section}`: {reason_of(problem)}") from None


def _page(command: Command, middle: list[str], see_also: Iterable[str]) -> str:
    lines = [
        _SOURCE,
        f'.TH "{_name(command).upper()}" "1" "{RELEASE_DATE}" "{PROGRAM} {__version__}" ""',
        ".nh",  # no hyphenation, which would break commands
        ".ad l",
        ".SH NAME",
        f"{_escape(_name(command))} \\- {_prose(_uncapitalized(command.summary))}",
        ".SH SYNOPSIS",
        f".B {_escape(' '.join(command.path))}",
        _escape(_synopsis(command)),
        ".SH DESCRIPTION",
        *_paragraphs(command.help),
        *middle,
        *_arguments(command),
        *_options(command.options, is_overview=bool(command.children)),
        *_topics(command),
        *_environment(command),
        *_files(),
        *_exit_status(),
        *_examples(command.examples),
        ".SH SEE ALSO",
        " ,\n".join(f".BR {_escape(name)} (1)" for name in see_also),
    ]
    return "\n".join(lines) + "\n"


def _name(command: Command) -> str:
    return "-".join(command.path)


def _synopsis(command: Command) -> str:
    if command.children:
        return "[OPTION]... COMMAND [ARG]..."
    return " ".join(["[OPTION]...", *(argument.metavar for argument in command.arguments)])


def _listing(leaves: list[Command]) -> list[str]:
    lines = [".SH COMMANDS"]
    for command in leaves:
        lines += [".TP", f".B {_escape(' '.join(command.path[1:]))}", _prose(command.summary)]
    return lines


def _arguments(command: Command) -> list[str]:
    lines = [".SH ARGUMENTS"] if command.arguments else []
    for argument in command.arguments:
        lines += [".TP", f".I {_escape(argument.metavar)}", _prose(argument.help)]
    return lines


def _options(options: Iterable[Flag], *, is_overview: bool) -> list[str]:
    groups: dict[str, list[str]] = {}
    for flag in options:
        names = ", ".join(f"\\fB{_escape(name)}\\fR" for name in flag.names)
        value = f" \\fI{_escape(flag.placeholder)}\\fR" if flag.placeholder else ""
        groups.setdefault(flag.group, []).extend([".TP", names + value, _prose(flag.description)])
    lines = [".SH OPTIONS"]
    for group, listed in groups.items():
        lines += [f".SS {_escape(group)}", *listed]
    lines += [".SS Help", ".TP", r"\fB\-h\fR, \fB\-\-help\fR", "Show the help and exit"]
    if not is_overview:
        lines += [
            ".PP",
            "The global options of",
            f".BR {_escape(PROGRAM)} (1)",
            "also apply.",
        ]
    return lines


def _topics(command: Command) -> list[str]:
    lines = []
    for title, rows in command.topics:
        lines.append(f".SH {_escape(title.upper())}")
        for term, text in rows:
            lines += [".TP", f".B {_escape(term)}", _prose(text)]
    return lines


def _exit_status() -> list[str]:
    lines = [".SH EXIT STATUS"]
    for code in ExitCode:
        lines += [".TP", f".B {int(code)}", _prose(code.meaning)]
    return lines


def _environment(command: Command) -> list[str]:
    """Return the variables of a command's own flags; the overview has all."""
    is_overview = bool(command.children)
    own = {flag.name for flag in command.options}
    lines = [".SH ENVIRONMENT"]
    for variable in variables():
        if is_overview or variable.flag in own:
            lines += [".TP", f".B {variable.name}", _prose(variable.help)]
    if not is_overview:
        paragraph = [".PP"] if len(lines) > 1 else []
        lines += [*paragraph, f".BR {_escape(PROGRAM)} (1)", "lists the variables of all commands."]
    return lines


def _files() -> list[str]:
    lines = [".SH FILES"]
    for path, text in _FILES:
        lines += [".TP", f".I {_escape(path)}", _prose(text)]
    return lines


def _examples(examples: Iterable[str]) -> list[str]:
    shown = [[".nf", _escape(example), ".fi"] for example in examples]
    return [".SH EXAMPLES", *"\n.PP\n".join("\n".join(lines) for lines in shown).split("\n")]


def _paragraphs(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines += [".PP", _prose(" ".join(paragraph.split()))]
    return lines[1:]


def _prose(text: str) -> str:
    """Return a sentence as roff, with text in backticks in bold."""
    pieces = text.split("`")
    typed = (f"\\fB{_escape(piece)}\\fR" for piece in pieces[1::2])
    plain = [_escape(piece) for piece in pieces[::2]]
    return plain[0] + "".join(each + after for each, after in zip(typed, plain[1:], strict=True))


def _escape(text: str) -> str:
    """Escape text for roff: hyphens, and dots at the start of a line."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("`", r"\(ga")
    escaped = escaped.replace("'", r"\(aq")
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


def _uncapitalized(text: str) -> str:
    return text[:1].lower() + text[1:]
