"""How commands are declared: a function, its arguments and flags, examples of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import Any, TypeVar

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from luma_cli.cli.parser import Parser
from luma_cli.errors import naming
from luma_cli.flags import Argument, Flag

Function = TypeVar("Function", bound=Callable[..., None])
# A function yields those that only its own command should take the time to import.
Parameter = Argument | Flag | Callable[[], Iterable[Flag]]
_CONTEXT_SETTINGS = {"help_option_names": ["--help", "-h"]}


class FlagOption(TyperOption):
    """A `Flag` as Typer's option; only a function with such a parameter gets its value."""

    def __init__(self, flag: Flag, *, is_for_function: bool) -> None:
        self.flag = flag
        name = f"{flag.name}/{flag.negation}" if flag.negation else flag.name
        super().__init__(
            param_decls=[flag.parameter, name, *([flag.short] if flag.short else [])],
            type=None if flag.switch else flag.read,
            is_flag=flag.switch,
            multiple=flag.repeatable,
            default=_default(flag) if is_for_function else None,
            expose_value=is_for_function,
            help=flag.description,
            metavar=None if flag.switch else flag.metavar,
            rich_help_panel=flag.group,
            show_default=False,
        )

    def type_cast_value(self, ctx: Any, value: Any) -> Any:
        """Convert text with `Flag.read`; raises `UsageError` with the name of the flag."""
        with naming(self.flag.name):
            return super().type_cast_value(ctx, value)


class PlainArgument(TyperArgument):
    """An `Argument` as Typer's argument."""

    def __init__(self, argument: Argument) -> None:
        self.argument = argument
        super().__init__(
            param_decls=[argument.parameter],
            type=argument.read,
            nargs=-1 if argument.repeats else 1,
            required=argument.required,
            metavar=argument.metavar,
            help=argument.help,
        )


class _Command:
    """The base of all commands, with this program's parser and generated help."""

    def make_parser(self, ctx: Any) -> Parser:
        return Parser(ctx)

    def get_help(self, ctx: Any) -> str:
        """Return the help of a command, or Typer's for one that help does not list."""
        from luma_cli.cli.help import help_of

        program, *words = ctx.command_path.split()
        text = help_of(words, program, ctx.obj.host.columns)
        return super().get_help(ctx) if text is None else text.rstrip("\n")  # type: ignore[misc]


class LumaCommand(_Command, TyperCommand):
    """A function as a command."""

    def __init__(
        self,
        name: str,
        function: Callable[..., None],
        parameters: Iterable[Parameter],
        examples: Iterable[str] = (),
        **settings: Any,
    ) -> None:
        self.examples = tuple(examples)
        signature = inspect.signature(function).parameters.values()
        names = {parameter.name for parameter in signature}
        takes_all = any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature)
        super().__init__(
            name,
            callback=function,
            params=[
                PlainArgument(each)
                if isinstance(each, Argument)
                else FlagOption(each, is_for_function=takes_all or each.parameter in names)
                for group in parameters
                for each in (group() if callable(group) else (group,))
            ],
            help=inspect.cleandoc(function.__doc__ or ""),
            context_settings=_CONTEXT_SETTINGS | settings.pop("context_settings", {}),
            rich_markup_mode=None,  # rich would cost 100 ms for a help screen
            **settings,
        )

    def invoke(self, ctx: Any) -> Any:
        return self.callback(ctx, **ctx.params) if self.callback else None

    def topics(self) -> Iterable[tuple[str, list[tuple[str, str]]]]:
        """Yield the title and rows of further tables for help and manual pages."""
        return ()


class LumaGroup(_Command, TyperGroup):
    """A group of commands."""

    def __init__(
        self,
        name: str,
        commands: Mapping[str, Any],
        help_text: str,
        flags: Iterable[Flag] = (),
        examples: Iterable[str] = (),
    ) -> None:
        self.examples = tuple(examples)
        super().__init__(
            name=name,
            params=[FlagOption(each, is_for_function=False) for each in flags],
            help=help_text,
            context_settings=_CONTEXT_SETTINGS,
            rich_markup_mode=None,
        )
        self.commands = commands  # type: ignore[assignment]  # Typer only reads them

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the group's flags; the words behind them stay in `ctx.args`."""
        return super(TyperGroup, self).parse_args(ctx, args)


class Commands(dict[str, Callable[[], LumaCommand]]):
    """The commands of a module, each as the function that builds it."""

    def command(
        self,
        name: str,
        *parameters: Parameter,
        examples: Iterable[str] = (),
        cls: type[LumaCommand] = LumaCommand,
        **settings: Any,
    ) -> Callable[[Function], Function]:
        """Declare a function as a command with its docstring as help."""

        def decorate(function: Function) -> Function:
            self[name] = partial(cls, name, function, parameters, examples, **settings)
            return function

        return decorate

    def of_module(self, module: str, *names: str) -> None:
        """List commands of another module of `luma_cli.commands`, imported when looked up."""
        for name in names:
            self[name] = partial(_build, module, name)


class LazyCommands(Mapping[str, LumaCommand]):
    """Commands by name, each built once and only when looked up.

    A command with many flags takes milliseconds to build.
    """

    def __init__(self, declared: Commands) -> None:
        self._declared = declared
        self._built: dict[str, LumaCommand] = {}

    def __getitem__(self, name: str) -> LumaCommand:
        if name not in self._built:
            self._built[name] = self._declared[name]()
        return self._built[name]

    def __contains__(self, name: object) -> bool:
        return name in self._declared

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)


def declared_in(module: str) -> Commands:
    """Import a module of `luma_cli.commands` and return its commands."""
    commands: Commands = getattr(import_module(f"luma_cli.commands.{module}"), module)
    return commands


def _build(module: str, name: str) -> LumaCommand:
    return declared_in(module)[name]()


def _default(flag: Flag) -> str | bool | None:
    if flag.switch:
        return True if flag.default else None if flag.negation else False
    return flag.default or None
