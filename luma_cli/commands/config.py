"""`luma-agents-cli config`: read and change the config file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from luma_cli.cli.declare import Commands
from luma_cli.commands.auth import mask
from luma_cli.errors import LumaError, UsageError, naming
from luma_cli.flags import Argument
from luma_cli.settings.declarations import CONFIG_KEYS, CONFIG_VALUES

if TYPE_CHECKING:
    from luma_cli.context import AppContext

config = Commands()

KEY = Argument(
    "key", "KEY", "Name of the setting, e.g. `base_url`", values=CONFIG_KEYS, required=True
)
VALUE = Argument("value", "VALUE", "New value", required=True, values_after=CONFIG_VALUES)


@config.command("get", KEY, examples=("luma-agents-cli config get base_url",))
def config_get(ctx: typer.Context, key: str) -> None:
    """Print the value of one setting in the config file."""
    from luma_cli.settings.declarations import find_setting
    from luma_cli.settings.resolve import config_text

    app: AppContext = ctx.obj
    setting, table = find_setting(key), app.file_settings
    if key not in table:
        raise LumaError(
            f"`{key}` is not set in {app.config_path}",
            hint="`luma-agents-cli config list` prints the value in use",
        )
    app.fallback_output.lines(
        [mask(str(table[key])) if setting.secret else config_text(table[key])]
    )


@config.command(
    "set",
    KEY,
    VALUE,
    examples=(
        "luma-agents-cli config set format jsonl",
        "luma-agents-cli config set base_url http://127.0.0.1:8000/v1",
    ),
)
def config_set(ctx: typer.Context, key: str, value: str) -> None:
    """Change one setting in the config file.

    With `--profile`, change it for that profile only.
    """
    from luma_cli.settings import file as config_file
    from luma_cli.settings.declarations import PROFILE, find_setting

    app: AppContext = ctx.obj
    setting = find_setting(key)
    if setting.secret:
        raise UsageError(
            "the API key cannot be set with `config set`: other users could see it",
            hint="run `luma-agents-cli auth login`",
        )
    out = app.fallback_output
    with naming(key):
        parsed = setting.parse(value)
    stored = parsed if isinstance(parsed, bool | int) else value
    if key == PROFILE.key and value not in (
        PROFILE.default,
        *app.config_document.get("profiles", {}),
    ):
        raise UsageError(f"there is no profile `{value}`", hint="make it with `auth login`")
    config_file.set_value(app.config_path, app.table_of(key), key, stored)
    out.note(f"set `{key}` in {app.config_path}")


@config.command("unset", KEY, examples=("luma-agents-cli config unset format",))
def config_unset(ctx: typer.Context, key: str) -> None:
    """Remove one setting from the config file."""
    from luma_cli.settings import file as config_file
    from luma_cli.settings.declarations import find_setting

    app: AppContext = ctx.obj
    find_setting(key)
    out = app.fallback_output
    if config_file.unset_value(app.config_path, app.table_of(key), key):
        out.note(f"removed `{key}` from {app.config_path}")
    else:
        out.note(f"`{key}` is not set in {app.config_path}")


@config.command("list", examples=("luma-agents-cli config list",))
def config_list(ctx: typer.Context) -> None:
    """Print the value of every setting and where it comes from."""
    from decimal import Decimal

    from luma_cli.settings.declarations import SETTINGS, shown_value

    app: AppContext = ctx.obj
    rows = []
    for setting in SETTINGS:
        value = getattr(app.settings, setting.key)
        if setting.secret and value is not None:
            value = mask(value)
        elif isinstance(value, Decimal):
            value = str(value)
        source = app.settings.sources[setting.key].strip("`")
        rows.append({"key": setting.key, "value": value, "source": source})
    if app.out.for_people:
        width = max(len(row["key"]) for row in rows)
        app.out.lines(
            f"{row['key']:<{width}}  {shown_value(setting, row['value']) or '-'}  ({row['source']})"
            for setting, row in zip(SETTINGS, rows, strict=True)
        )
    else:
        app.out.data(rows)


@config.command("path", examples=("luma-agents-cli config path",))
def config_path(ctx: typer.Context) -> None:
    """Print the path of the config file."""
    app: AppContext = ctx.obj
    app.fallback_output.lines([str(app.config_path)])
