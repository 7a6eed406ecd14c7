"""How commands are declared: flags from tables, help in groups, examples below it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from luma_cli.cli.help import columns, help_of
from luma_cli.flags import Flag

Function = TypeVar("Function", bound=Callable[..., Any])
HELP_NAMES = {"help_option_names": ["--help", "-h"]}


class _WithHelp:
    """What prints a command's help from its generated rows."""

    def get_help(self, ctx: Any) -> str:
        """Return the help of a command, or Typer's for one that help does not list."""
        program, *words = ctx.command_path.split()
        text = help_of(words, program, columns())
        return super().get_help(ctx) if text is None else text.rstrip("\n")  # type: ignore[misc]


class LumaCommand(_WithHelp, TyperCommand):
    """A command whose help lists flags by group; Typer does so only with rich."""

    def topics(self) -> Iterable[tuple[str, list[tuple[str, str]]]]:
        """Yield the title and rows of further tables for help and manual pages."""
        return ()


class LumaGroup(_WithHelp, TyperGroup):
    """A group of commands: these first, then its own flags."""


def group() -> typer.Typer:
    """Return a new group of commands; `app.GROUPS` has its help line."""
    return typer.Typer(
        cls=LumaGroup, rich_markup_mode=None, add_completion=False, context_settings=HELP_NAMES
    )


def examples(*lines: str) -> str:
    """Return the closing part of a command's help."""
    return "\n".join(["Examples:", *(f"  {line}" for each in lines for line in each.split("\n"))])


def flags(table: Iterable[Flag]) -> Callable[[Function], Function]:
    """Add the flags of a table to a command's own parameters.

    The command does not receive them: their values are read from the command line as typed, whose
    order Typer does not keep. Typer needs them for help, and to know what is a flag.
    """

    declared = tuple(table)

    def decorate(function: Function) -> Function:
        own = inspect.signature(function, eval_str=True)
        added = [_parameter(flag) for flag in declared]
        names = {parameter.name for parameter in added}

        def command(**values: Any) -> None:
            function(**{name: value for name, value in values.items() if name not in names})

        command.flags = declared  # type: ignore[attr-defined]  # read by `docgen`
        return _declared(command, function, [*added, *own.parameters.values()])

    return decorate


def packed(build: Callable[..., Any], name: str) -> Callable[[Function], Function]:
    """Add the flags that are `build`'s parameters; the command gets what it returns as `name`."""

    def decorate(function: Function) -> Function:
        own = inspect.signature(function, eval_str=True).parameters
        added = inspect.signature(build, eval_str=True).parameters

        def command(**values: Any) -> None:
            result = build(**{added_name: values.pop(added_name) for added_name in added})
            function(**values, **{name: result})

        left = [parameter for parameter in own.values() if parameter.name != name]
        return _declared(command, function, [*left, *added.values()])

    return decorate


def _declared(
    command: Callable[..., Any], function: Function, parameters: list[inspect.Parameter]
) -> Function:
    """Return `command` with these parameters, and what else Typer wants to know, on it."""
    parameters.sort(key=lambda parameter: parameter.default is not parameter.empty)
    command.__doc__ = function.__doc__
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
    )
    return command  # type: ignore[return-value]


def _parameter(flag: Flag) -> inspect.Parameter:
    names = [flag.name, *([flag.short] if flag.short else [])]
    option = typer.Option(
        *names,
        help=flag.description,
        metavar=None if flag.switch else flag.metavar,
        rich_help_panel=flag.group,
        show_default=False,
    )
    kind: Any = bool if flag.switch else list[str] | None if flag.repeatable else str | None
    default = False if flag.switch else None
    return inspect.Parameter(
        flag.parameter,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, option],
    )
