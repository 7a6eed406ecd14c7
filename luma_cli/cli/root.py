"""The root of the command tree. The module of a group is imported when it is looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from luma_cli import PROGRAM
from luma_cli.cli.declare import LazyCommands, LumaGroup, declared_in
from luma_cli.flags import Flag
from luma_cli.settings.declarations import GLOBAL_FLAGS, GLOBAL_GROUP

# The group's name is also the name of its module in `luma_cli.commands`, and of the commands there.
GROUPS = {
    "generations": "Create images and videos, wait for them, download them",
    "files": "Upload, list and delete files",
    "auth": "Store and check the API key",
    "config": "Read and change the config file",
    "sandbox": "Simulate the API on this machine, free of charge",
}
# Commands without a group, each named as its module in `luma_cli.commands`, and the commands there.
COMMANDS = ("cost", "completion")
_FIRST_COMMANDS = (
    ("auth login", "Store your API key; asks for it without showing it"),
    ("generations create", "Submit a job; with `-o FILE`, wait for it and save the result"),
    ("sandbox exec", "Run any program against a simulator of the API, free of charge"),
)
# Hidden in the official client as well: not in help and completions.
HIDDEN = ("@completion", "@manpages")
VERSION = Flag("--version", "Print the version", GLOBAL_GROUP, short="-v", switch=True)


class LazyGroups(Mapping[str, Any]):
    """The groups of `GROUPS` by name, each imported and built once and only when looked up.

    The commands of `HIDDEN` can be looked up, and are in no list.
    """

    def __init__(self) -> None:
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name in HIDDEN:
            return declared_in("hidden")[name]()
        if name in COMMANDS:
            return declared_in(name)[name]()
        if name not in self._built:
            self._built[name] = LumaGroup(name, LazyCommands(declared_in(name)), GROUPS[name])
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


root_command = RootGroup(
    PROGRAM,
    LazyGroups(),
    "Create images and videos with the Luma Agents API: submit, wait, download.\n\n"
    "Global flags can be used anywhere on the command line.",
    (*GLOBAL_FLAGS, VERSION),
    (
        "luma-agents-cli generations create --prompt 'a red fox' -o fox.png",
        "luma-agents-cli sandbox exec -- ./pipeline.sh",
    ),
)
