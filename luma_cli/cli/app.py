"""The root of the command tree. A group's module is imported when the group is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.main import get_command_from_info

from luma_cli.cli.declare import HELP_NAMES, LumaGroup, examples, flags
from luma_cli.settings.declarations import GLOBAL_FLAGS, GLOBAL_GROUP

# The group's name is also the name of its module in `luma_cli.commands`, and of the group there.
GROUPS = {
    "generations": "Create images and videos, wait for them, download them",
    "files": "Upload files; look at them, list and delete them",
    "auth": "Store and check the API key",
    "config": "Read and change the config file",
    "sandbox": "Simulate the API on this machine, free of charge",
}
# Commands without a group, each named as its module in `luma_cli.commands`, and the group there.
COMMANDS = ("cost", "completion")
_FIRST_COMMANDS = (
    ("auth login", "Store your API key; it is asked for, and not shown"),
    ("generations create", "Submit a job; with `-o FILE`, wait for it and save the result"),
    ("sandbox exec", "Run any program against a simulator of the API, free of charge"),
)
# What the official client hides, too; help and completions do not know of them.
HIDDEN = ("@completion", "@manpages")


class LazyCommands(Mapping[str, Any]):
    """The commands of one group by name, each built once and only when looked up.

    A command with many flags takes milliseconds to build, which the others need not wait for.
    """

    def __init__(self, group: typer.Typer) -> None:
        self._declared = {str(info.name): info for info in group.registered_commands}
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            self._built[name] = get_command_from_info(
                self._declared[name], pretty_exceptions_short=True, rich_markup_mode=None
            )
        return self._built[name]

    def __contains__(self, name: object) -> bool:
        return name in self._declared

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)


class LazyGroups(Mapping[str, Any]):
    """The groups of `GROUPS` by name, each imported and built once and only when looked up.

    The commands of `HIDDEN` can be looked up, and are in no list.
    """

    def __init__(self) -> None:
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name in (*COMMANDS, *HIDDEN):
            module = "hidden" if name in HIDDEN else name
            declared = getattr(import_module(f"luma_cli.commands.{module}"), module)
            return LazyCommands(declared)[name]
        if name not in self._built:
            help_line = GROUPS[name]
            declared = getattr(import_module(f"luma_cli.commands.{name}"), name)
            commands: Any = LazyCommands(declared)
            self._built[name] = LumaGroup(
                name=name,
                commands=commands,
                help=help_line,
                context_settings=HELP_NAMES,
                rich_markup_mode=None,
            )
        return self._built[name]

    def __contains__(self, name: object) -> bool:
        return name in (*GROUPS, *COMMANDS, *HIDDEN)

    def __iter__(self) -> Iterator[str]:
        return iter((*GROUPS, *COMMANDS))

    def __len__(self) -> int:
        return len(GROUPS) + len(COMMANDS)


class RootGroup(LumaGroup):
    """The group of groups; lists them without building them."""

    introduction = (("Start here", _FIRST_COMMANDS),)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LazyGroups()  # type: ignore[assignment]


app = typer.Typer(
    cls=RootGroup,
    rich_markup_mode=None,  # rich would cost 100 ms for a help screen
    add_completion=False,
    context_settings=HELP_NAMES,
    epilog=examples(
        "luma-agents-cli generations create --prompt 'a red fox' -o fox.png",
        "luma-agents-cli sandbox exec -- ./pipeline.sh",
    ),
)


@app.callback()
@flags(GLOBAL_FLAGS)
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-v",
            help="Print the version",
            rich_help_panel=GLOBAL_GROUP,
            show_default=False,
        ),
    ] = False,
) -> None:
    """Create images and videos with the Luma Agents API: submit, wait, download.

    Global options may stand anywhere on the line.
    """
