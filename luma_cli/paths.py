"""Where files live on this machine, and the variable that moves each place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from luma_cli import PROGRAM
from luma_cli.environment import CONFIG_FILE


def config_file(environ: Mapping[str, str]) -> Path:
    """Return the config file's path: `LUMA_CONFIG_FILE`, else the platform's config folder."""
    if chosen := environ.get(CONFIG_FILE.name):
        return Path(chosen)
    import platformdirs

    return platformdirs.user_config_path(PROGRAM, appauthor=False, roaming=True) / "config.toml"
