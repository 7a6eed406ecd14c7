"""Every environment variable this program reads, with its sentence of documentation."""

from collections.abc import Iterator
from typing import NamedTuple

from luma_cli.settings.declarations import SETTINGS


class Variable(NamedTuple):
    """An environment variable; `flag` sets the same, if there is one."""

    name: str
    help: str
    flag: str = ""


CONFIG_FILE = Variable("LUMA_CONFIG_FILE", "Path of the config file")
STATE_DIR = Variable("LUMA_STATE_DIR", "Folder of the history")
SANDBOX = Variable(
    "LUMA_SANDBOX", "Marks jobs as a sandbox's; set by `sandbox exec`, printed by `sandbox serve`"
)
CUSTOM_HEADERS = Variable(
    "LUMA_CUSTOM_HEADERS", "Headers for every API request, one `Name: value` a line"
)
NO_COLOR = Variable("NO_COLOR", "Turns colours off when set")
FORCE_COLOR = Variable("FORCE_COLOR", "Turns colours on without a terminal; `0` turns them off")
CI = Variable("CI", "Turns animations off when set")
TERM = Variable("TERM", "Turns animations and colours off when `dumb`")
SHELL = Variable("SHELL", "Shell of `completion` when none is named")
COLUMNS = Variable("COLUMNS", "Width of tables, by default that of the terminal")
CONFIG_HOME = Variable("XDG_CONFIG_HOME", "Folder of config files, by default `~/.config`")
STATE_HOME = Variable("XDG_STATE_HOME", "Folder of histories, by default `~/.local/state`")
DATA_HOME = Variable("XDG_DATA_HOME", "Folder of completion scripts, by default `~/.local/share`")

_WITHOUT_FLAG = (
    *(CONFIG_FILE, STATE_DIR, SANDBOX, CUSTOM_HEADERS, NO_COLOR, FORCE_COLOR, CI, TERM),
    *(SHELL, COLUMNS, CONFIG_HOME, STATE_HOME, DATA_HOME),
)


def variables() -> Iterator[Variable]:
    """Yield all variables, those of flags first."""
    for setting in SETTINGS:
        flag = setting.flag.name
        text = f"`false` is the same as `{flag}`" if setting.inverted else f"Same as `{flag}`"
        yield Variable(setting.variable, text, flag)
    yield from _WITHOUT_FLAG
