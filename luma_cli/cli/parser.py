"""The command line's grammar: what Typer gets, and the body's flags in the order they were typed.

It is the grammar of the official client, which Click's differs from: global flags stand anywhere,
one dash serves as well as two, a flag takes the next argument whatever it looks like, and `-1` is
no flag. The flags themselves are read from the command tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from luma_cli import PROGRAM
from luma_cli.errors import UnknownCommandError, UnknownFlagError, UsageError
from luma_cli.settings.parse import parse_switch

_SURE_OF_COMMAND, _SURE_OF_FLAG = 0.6, 0.7
_HELP = "--help"
_HELP_WORDS = ("help", "h")  # as in `generations help create`


class CommandLine:
    """A command line, read.

    `argv` is the line without its global flags, as Typer understands it. `typed` has these flags in
    order, by their long names; `globals` has the last value of each global flag; `names` are the
    command's own.
    """

    def __init__(self) -> None:
        self.argv: list[str] = []
        self.typed: list[tuple[str, str]] = []
        self.globals: dict[str, str] = {}
        self.names: list[str] = []
        self.wants_version = False


def read_command_line(argv: Sequence[str], root: Any, into: CommandLine) -> None:
    """Read `argv` (without the program's name) by the command tree under `root`.

    Raises `UnknownFlagError`, `UnknownCommandError` or `UsageError`; `into` then has what could be
    read before the mistake.
    """
    _Reader(root, into).read(argv)


def help_hint(line: CommandLine) -> str:
    """Return the hint that leads to the help of the line's command."""
    return f"see `{' '.join([PROGRAM, *line.names])} --help`"


def peek(argv: Sequence[str], flag: str) -> str | None:
    """Return the last value of a global flag from a line that could not be read."""
    found = None
    for position, argument in enumerate(argv):
        name, separator, value = argument.partition("=")
        if name.startswith("-") and name.lstrip("-") == flag.lstrip("-"):
            found = value if separator else next(iter(argv[position + 1 :]), None)
    return found


class _Reader:
    def __init__(self, root: Any, line: CommandLine) -> None:
        self._root, self._line = root, line
        self._commands: list[Any] = [root]
        self._flags: list[str] = []
        self._positionals: list[str] = []

    def read(self, argv: Sequence[str]) -> None:
        waiting = list(argv)
        only_positionals = False
        while waiting:
            argument = waiting.pop(0)
            if not only_positionals and argument == "--":
                only_positionals = True
            elif not only_positionals and _is_flag(argument):
                self._read_flag(argument, waiting)
            else:
                only_positionals = self._read_word(argument) or only_positionals
        if not self._flags and hasattr(self._command, "commands"):
            self._flags.append(_HELP)
        self._refuse_extra_arguments()
        self._line.argv = [
            *self._line.names,
            *self._flags,
            *(["--", *self._positionals] if self._positionals else []),
        ]

    @property
    def _command(self) -> Any:
        return self._commands[-1]

    def _read_word(self, word: str) -> bool:
        """Take a command's name or a positional; returns whether only positionals may follow."""
        commands = getattr(self._command, "commands", None)
        if commands is None:
            self._positionals.append(word)
            # Everything after the first word of `sandbox exec CMD …` belongs to CMD.
            return not self._command.context_settings.get("allow_interspersed_args", True)
        if word not in commands and word in _HELP_WORDS:
            self._flags.append(_HELP)
            return False
        if word not in commands:
            raise self._unknown_command(word, commands)
        self._line.names.append(word)
        self._commands.append(commands[word])
        return False

    def _read_flag(self, argument: str, waiting: list[str]) -> None:
        typed_name, has_value, value = argument.partition("=")
        if typed_name.lstrip("-") in ("help", "h"):
            if not value or parse_switch(value):
                self._flags.append(_HELP)
            return
        option = _find_option(self._command, typed_name)
        is_global = option is None or self._command is self._root
        option = option or _find_option(self._root, typed_name)
        if option is None:
            raise self._unknown_flag(typed_name)
        name = max(option.opts, key=len)
        if option.is_flag:
            on = parse_switch(value) if value else True
            name, on = _spell_switch(option, name, typed_name, on=on)
            self._note(name, "true" if on else "false", switch=True, is_global=is_global)
            return
        if not has_value:
            if not waiting:
                raise UsageError(f"`{typed_name}` needs a value", hint=help_hint(self._line))
            value = waiting.pop(0)
        self._note(name, value, switch=False, is_global=is_global)

    def _note(self, name: str, value: str, *, switch: bool, is_global: bool) -> None:
        if name == "--version":
            self._line.wants_version = True
        elif is_global:
            self._line.globals[name] = value
        else:
            self._line.typed.append((name, value))
            if not switch:
                self._flags.append(f"{name}={value}")
            elif value == "true":
                self._flags.append(name)
            else:  # the last one wins: an earlier "on" is taken back
                self._flags = [flag for flag in self._flags if flag != name]

    def _refuse_extra_arguments(self) -> None:
        places = [each for each in self._command.params if each.param_type_name == "argument"]
        if any(place.nargs == -1 for place in places):
            return
        for extra in self._positionals[len(places) :]:
            takes_prompt = any("--prompt" in each.opts for each in self._command.params)
            hint = "a prompt is given as `--prompt 'a red fox'`" if takes_prompt else None
            raise UsageError(f"unexpected argument `{extra}`", hint=hint or help_hint(self._line))

    def _unknown_command(self, word: str, commands: dict[str, Any]) -> UnknownCommandError:
        visible = (name for name in commands if not name.startswith("@"))
        close = _closest(word, visible, _SURE_OF_COMMAND)
        path = " ".join([PROGRAM, *self._line.names])
        hint = f"did you mean `{path} {close}`?" if close else help_hint(self._line)
        return UnknownCommandError(f"unknown command `{word}`", hint=hint)

    def _unknown_flag(self, typed_name: str) -> UnknownFlagError:
        names = [
            name
            for command in (self._command, self._root)
            for option in command.params
            for name in option.opts
            if name.startswith("--")
        ]
        close = _closest("--" + typed_name.lstrip("-"), names, _SURE_OF_FLAG)
        hint = f"did you mean `{close}`?" if close else help_hint(self._line)
        return UnknownFlagError(f"unknown flag `{typed_name}`", hint=hint)


def _closest(word: str, names: Iterable[str], sure: float) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(names), 1, sure)), None)


def _is_flag(argument: str) -> bool:
    """`-x`, `--name`; not `-`, `-1`, `-.5`."""
    return argument.startswith("-") and argument.lstrip("-")[:1].isalpha()


def _find_option(command: Any, typed_name: str) -> Any:
    bare = typed_name.removeprefix("-").removeprefix("-")
    if bare.startswith("-"):
        return None
    names = (f"--{bare}", f"-{bare}")
    for option in command.params:
        if any(name in (*option.opts, *option.secondary_opts) for name in names):
            return option if option.param_type_name == "option" else None
    return None


def _spell_switch(option: Any, name: str, typed_name: str, *, on: bool) -> tuple[str, bool]:
    """Return the half of an on/off pair (`--wait/--no-wait`) that says what was meant."""
    if not option.secondary_opts:
        return name, on
    negated = typed_name.lstrip("-") in (other.lstrip("-") for other in option.secondary_opts)
    return (name if on != negated else option.secondary_opts[0]), True
