"""Where files are kept on this machine, and the variable that moves each of them.

A user may have no home folder: `docker run -u 1234` and systemd's `DynamicUser` make users that no
file of the system knows. The error then names the variable to set.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from luma_cli import PROGRAM
from luma_cli.errors import ConfigFileError, JournalError, UsageError
from luma_cli.settings.environment import CONFIG_FILE, CONFIG_HOME, DATA_HOME, STATE_DIR

_CONFIG_NAME, _JOURNAL_NAME = "config.toml", "history.db"
_FOLDERS_OF_SCRIPTS = {
    "bash": "bash-completion/completions",
    "zsh": "zsh/site-functions",
    "fish": "fish/completions",
    "pwsh": PROGRAM,
}


def config_file(environ: Mapping[str, str]) -> Path:
    """Return the config file's path: `LUMA_CONFIG_FILE`, else in the platform's config folder.

    Raises `ConfigFileError` when the user has no such folder.
    """
    if (path := find_config_file(environ)) is None:
        hint = f"set `{CONFIG_FILE.name}` to the path of a file"
        raise ConfigFileError(_no_place_for("the config file"), hint=hint)
    return path


def find_config_file(environ: Mapping[str, str]) -> Path | None:
    """Return the config file's path, or `None` when the user has no folder for it."""
    if chosen := environ.get(CONFIG_FILE.name):
        return Path(chosen)
    folder = _platform_folder("config")
    return None if folder is None else folder / _CONFIG_NAME


def is_missing(path: Path) -> bool:
    """Return whether there certainly is no such file; reading another one says what is wrong."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    return False


def journal_file(environ: Mapping[str, str]) -> Path:
    """Return the journal's path: in `LUMA_STATE_DIR`, else in the platform's state folder.

    Raises `JournalError` when the user has no such folder.
    """
    if (path := find_journal_file(environ)) is None:
        hint = f"set `{STATE_DIR.name}` to a folder, or submit with `--no-history`"
        raise JournalError(_no_place_for("the journal"), hint=hint)
    return path


def find_journal_file(environ: Mapping[str, str]) -> Path | None:
    """Return the journal's path, or `None` when the user has no folder for it."""
    chosen = environ.get(STATE_DIR.name)
    folder = Path(chosen) if chosen else _platform_folder("state")
    return None if folder is None else folder / _JOURNAL_NAME


def completion_folder(shell: str, environ: Mapping[str, str]) -> Path:
    """Return the folder of a user's completion scripts; the shells look there on any platform.

    Raises `UsageError` when the user has no such folder.
    """
    variable, usual = (CONFIG_HOME, ".config") if shell == "fish" else (DATA_HOME, ".local/share")
    chosen = environ.get(variable.name)
    folder = Path(chosen) if chosen else _in_home(usual)
    if folder is None:
        hint = f"set `{variable.name}` to a folder"
        raise UsageError(_no_place_for("completion scripts"), hint=hint)
    return folder / _FOLDERS_OF_SCRIPTS[shell]


def _no_place_for(files: str) -> str:
    return f"there is no place for {files}: this user has no home folder"


def _platform_folder(kind: Literal["config", "state"]) -> Path | None:
    """Return this program's folder, or `None` for a user without a home folder."""
    import platformdirs

    folder_of = platformdirs.user_config_path if kind == "config" else platformdirs.user_state_path
    try:
        folder = folder_of(PROGRAM, appauthor=False, roaming=kind == "config")
    except RuntimeError:
        return None
    return None if folder.parts[0] == "~" else folder  # `~` stays when the home is unknown


def _in_home(name: str) -> Path | None:
    try:
        return Path.home() / name
    except RuntimeError:
        return None
