"""Where files live on this machine, and the variable that moves each place.

A user may have no home folder: `docker run -u 1234` and systemd's `DynamicUser` make users that no
file of the system knows. What needs a place then names the variable that gives one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from luma_cli import PROGRAM
from luma_cli.errors import ConfigFileError, JournalError, UsageError
from luma_cli.settings.environment import CONFIG_FILE, CONFIG_HOME, DATA_HOME, STATE_DIR

_NO_HOME = "this user has no home folder"


def config_file(environ: Mapping[str, str]) -> Path:
    """Return the config file's path: `LUMA_CONFIG_FILE`, else the platform's config folder.

    Raises `ConfigFileError` when the user has no such folder.
    """
    if (path := find_config_file(environ)) is None:
        raise ConfigFileError(
            f"there is no place for the config file: {_NO_HOME}",
            hint=f"set `{CONFIG_FILE.name}` to the path of a file",
        )
    return path


def find_config_file(environ: Mapping[str, str]) -> Path | None:
    """Return the config file's path, or `None` when there can be none."""
    if chosen := environ.get(CONFIG_FILE.name):
        return Path(chosen)
    import platformdirs

    # A home that is not known stays `~` there, or raises.
    with contextlib.suppress(RuntimeError):
        folder = platformdirs.user_config_path(PROGRAM, appauthor=False, roaming=True)
        return None if folder.parts[0] == "~" else folder / "config.toml"
    return None


def journal_file(environ: Mapping[str, str]) -> Path:
    """Return the journal's path: in `LUMA_STATE_DIR`, else in the platform's state folder.

    Raises `JournalError` when the user has no such folder.
    """
    if (path := find_journal_file(environ)) is None:
        raise JournalError(
            f"there is no place for the journal: {_NO_HOME}",
            hint=f"set `{STATE_DIR.name}` to a folder, or submit with `--no-history`",
        )
    return path


def find_journal_file(environ: Mapping[str, str]) -> Path | None:
    """Return the journal's path, or `None` when there can be none."""
    if chosen := environ.get(STATE_DIR.name):
        return Path(chosen) / "history.db"
    import platformdirs

    with contextlib.suppress(RuntimeError):
        folder = platformdirs.user_state_path(PROGRAM, appauthor=False)
        return None if folder.parts[0] == "~" else folder / "history.db"
    return None


def completion_folder(shell: str, environ: Mapping[str, str]) -> Path:
    """Return the folder of a user's completion scripts; the shells look there on any platform.

    Raises `UsageError` when the user has no such folder.
    """
    data = environ.get(DATA_HOME.name) or _in_home(".local/share")
    config = environ.get(CONFIG_HOME.name) or _in_home(".config")
    variable = CONFIG_HOME if shell == "fish" else DATA_HOME
    base = config if shell == "fish" else data
    if base is None:
        raise UsageError(
            f"there is no place for completion scripts: {_NO_HOME}",
            hint=f"set `{variable.name}` to a folder",
        )
    return (
        Path(base)
        / {
            "bash": "bash-completion/completions",
            "zsh": "zsh/site-functions",
            "fish": "fish/completions",
            "pwsh": PROGRAM,
        }[shell]
    )


def _in_home(name: str) -> Path | None:
    try:
        return Path.home() / name
    except RuntimeError:
        return None
