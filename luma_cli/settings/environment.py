"""Every environment variable this program reads, with its sentence of documentation."""

from collections.abc import Iterator
from typing import NamedTuple

from luma_cli.settings.declarations import SETTINGS


class Variable(NamedTuple):
    """An environment variable that no flag stands for."""

    name: str
    help: str


CONFIG_FILE = Variable("LUMA_CONFIG_FILE", "Path of the config file")
STATE_DIR = Variable("LUMA_STATE_DIR", "Folder of the history")
SANDBOX = Variable(
    "LUMA_SANDBOX", "Set by `sandbox exec`, printed by `sandbox serve`: whose jobs are no real ones"
)
CUSTOM_HEADERS = Variable(
    "LUMA_CUSTOM_HEADERS", "Headers for every API request, one `Name: value` a line"
)
NO_COLOR = Variable("NO_COLOR", "No colours when set to anything")
FORCE_COLOR = Variable("FORCE_COLOR", "Colours even without a terminal; `0` forbids them")
CI = Variable("CI", "Nothing animated when set")
TERM = Variable("TERM", "Nothing animated and no colours when `dumb`")
SHELL = Variable("SHELL", "The shell of `completion` when none is named")
CONFIG_HOME = Variable("XDG_CONFIG_HOME", "Folder of config files, by default `~/.config`")
STATE_HOME = Variable("XDG_STATE_HOME", "Folder of histories, by default `~/.local/state`")
DATA_HOME = Variable("XDG_DATA_HOME", "Folder of completion scripts, by default `~/.local/share`")

_WITHOUT_FLAG = (
    *(CONFIG_FILE, STATE_DIR, SANDBOX, CUSTOM_HEADERS, NO_COLOR, FORCE_COLOR, CI, TERM),
    *(SHELL, CONFIG_HOME, STATE_HOME, DATA_HOME),
)


def variables() -> Iterator[Variable]:
    """Yield all variables: those that stand for a flag first."""
    for setting in SETTINGS:
        same = f"ame as `{setting.flag.name}`"
        yield Variable(
            setting.variable, f"`false` is the s{same}" if setting.inverted else f"S{same}"
        )
    yield from _WITHOUT_FLAG
