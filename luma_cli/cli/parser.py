"""Parsing the command line: Typer's parser, extended to keep the order of flags.

The grammar of the official client differs from Click's: global flags are valid anywhere, one dash
is as good as two, the next argument is always the value of a flag, and `-1` is not a flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from typer._click.parser import _Option, _OptionParser, _ParsingState

from luma_cli import PROGRAM
from luma_cli.errors import UnknownCommandError, UnknownFlagError, UsageError, naming
from luma_cli.flags import CommandLine, Flag
from luma_cli.settings.parse import parse_switch

_SURE_OF_COMMAND, _SURE_OF_FLAG = 0.6, 0.7
_HELP_WORDS = ("help", "h")  # as in `generations help create`


def read_command_line(argv: Sequence[str], root: Any, app: Any) -> Any:
    """Parse `argv` (without the program's name) and return Typer's context of its command.

    `app` is passed to the command, with its `line` filled. Raises `UsageError` for the first
    mistake, but only after parsing the rest, as global flags may select the format of errors.
    """
    line: CommandLine = app.line
    context = root.make_context(PROGRAM, list(argv), obj=app)
    while (commands := getattr(context.command, "commands", None)) and context.args:
        word, *rest = context.args
        if word in commands:
            line.names.append(word)
            context = commands[word].make_context(word, rest, parent=context)
            continue
        if word in _HELP_WORDS:
            line.wants_help = True
        else:
            _note(line, _unknown_command(word, commands, line))
        context.command.parse_args(context, rest)
    if line.mistake is not None:
        raise line.mistake
    line.wants_help = line.wants_help or commands is not None
    return context


def help_hint(line: CommandLine) -> str:
    """Return a hint to the help of the command."""
    return f"see `{' '.join([PROGRAM, *line.names])} --help`"


class Parser(_OptionParser):
    """Typer's parser of one command, which also accepts the global flags."""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._context, self._line = context, context.obj.line
        self._globals = context.find_root().command.params
        for parameter in (*self._globals, *context.command.get_params(context)):
            parameter.add_to_parser(self, context)

    def parse_args(self, args: list[str]) -> tuple[dict[str, Any], list[str], list[Any]]:
        values, words, order = super().parse_args(args)
        if words and not self._context.allow_extra_args:
            _note(self._line, _unexpected_argument(words[0], self._long_opt, self._line))
        if self._line.mistake or self._line.wants_help or self._line.globals.get("--version"):
            self._context.resilient_parsing = True  # nothing runs, so nothing is missing
        return values, words, order

    def _process_args_for_options(self, state: _ParsingState) -> None:
        while state.rargs and not self._line.only_words:
            argument = state.rargs.pop(0)
            if argument == "--":
                self._line.only_words = True
            elif _is_flag(argument):
                try:
                    self._process_opts(argument, state)
                except UsageError as mistake:
                    _note(self._line, mistake)
            elif self.allow_interspersed_args:
                state.largs.append(argument)
            else:
                state.rargs.insert(0, argument)
                return

    def _process_opts(self, arg: str, state: _ParsingState) -> None:
        typed, has_text, text = arg.partition("=")
        option = self._find(typed)
        if option is None:
            raise _unknown_flag(typed, self._long_opt, self._line)
        if not option.takes_value:
            with naming(typed):
                is_on = not text or parse_switch(text)
            self._keep(option, option.const == is_on, state)
        elif has_text:
            self._keep(option, text, state)
        elif state.rargs:
            self._keep(option, state.rargs.pop(0), state)
        else:
            raise UsageError(f"`{typed}` needs a value", hint=help_hint(self._line))

    def _find(self, typed: str) -> _Option | None:
        bare = typed.removeprefix("-").removeprefix("-")
        return self._long_opt.get(f"--{bare}") or self._short_opt.get(f"-{bare}")

    def _keep(self, option: _Option, value: str | bool, state: _ParsingState) -> None:
        flag: Flag | None = getattr(option.obj, "flag", None)
        if flag is None:
            self._line.wants_help = self._line.wants_help or bool(value)
        elif option.obj in self._globals:
            self._line.globals[flag.name] = value
        elif flag.unique and any(flag is earlier for earlier, _ in self._line.occurrences):
            raise UsageError(f"`{flag.name}` is given twice", hint=help_hint(self._line))
        else:
            self._line.occurrences.append((flag, value))
            if option.action == "append":
                option.process(value, state)
            else:
                state.opts[str(option.dest)] = value


def _note(line: CommandLine, mistake: UsageError) -> None:
    line.mistake = line.mistake or mistake


def _unknown_command(word: str, commands: Iterable[str], line: CommandLine) -> UnknownCommandError:
    close = _closest(word, commands, _SURE_OF_COMMAND)
    path = " ".join([PROGRAM, *line.names])
    hint = f"did you mean `{path} {close}`?" if close else help_hint(line)
    return UnknownCommandError(f"unknown command `{word}`", hint=hint)


def _unknown_flag(typed: str, names: Iterable[str], line: CommandLine) -> UnknownFlagError:
    close = _closest("--" + typed.lstrip("-"), names, _SURE_OF_FLAG)
    hint = f"did you mean `{close}`?" if close else help_hint(line)
    return UnknownFlagError(f"unknown flag `{typed}`", hint=hint)


def _unexpected_argument(word: str, names: Iterable[str], line: CommandLine) -> UsageError:
    hint = "write the prompt as `--prompt 'a red fox'`" if "--prompt" in names else None
    return UsageError(f"unexpected argument `{word}`", hint=hint or help_hint(line))


def _closest(word: str, names: Iterable[str], sure: float) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(names), 1, sure)), None)


def _is_flag(argument: str) -> bool:
    """`-x`, `--name`; not `-`, `-1`, `-.5`."""
    return argument.startswith("-") and argument.lstrip("-")[:1].isalpha()
