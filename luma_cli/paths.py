"""Where files live on this machine, and the variable that moves each place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from luma_cli import PROGRAM
from luma_cli.environment import CONFIG_FILE, CONFIG_HOME, DATA_HOME, STATE_DIR


def config_file(environ: Mapping[str, str]) -> Path:
    """Return the config file's path: `LUMA_CONFIG_FILE`, else the platform's config folder."""
    if chosen := environ.get(CONFIG_FILE.name):
        return Path(chosen)
    import platformdirs

    return platformdirs.user_config_path(PROGRAM, appauthor=False, roaming=True) / "config.toml"


def journal_file(environ: Mapping[str, str]) -> Path:
    """Return the journal's path: in `LUMA_STATE_DIR`, else in the platform's state folder."""
    if chosen := environ.get(STATE_DIR.name):
        return Path(chosen) / "history.db"
    import platformdirs

    return platformdirs.user_state_path(PROGRAM, appauthor=False) / "history.db"


def completion_folder(shell: str, environ: Mapping[str, str]) -> Path:
    """Return the folder of a user's completion scripts; the shells look there on any platform."""
    data = Path(environ.get(DATA_HOME.name) or Path.home() / ".local" / "share")
    config = Path(environ.get(CONFIG_HOME.name) or Path.home() / ".config")
    return {
        "bash": data / "bash-completion" / "completions",
        "zsh": data / "zsh" / "site-functions",
        "fish": config / "fish" / "completions",
        "pwsh": data / PROGRAM,
    }[shell]
