"""Every setting, declared once: its flag, its variable, its key in the config file, its default."""

from collections.abc import Callable
from typing import Any, NamedTuple

from luma_cli.errors import UsageError
from luma_cli.flags import Completion, Flag
from luma_cli.settings.parse import (
    FORMATS,
    UPLOADS,
    parse_base_url,
    parse_count,
    parse_format,
    parse_limit,
    parse_positive_duration,
    parse_switch,
    parse_token,
    parse_upload,
)
from luma_cli.settings.sizes import format_size, parse_size

GLOBAL_GROUP, MONEY_GROUP, REFERENCES_GROUP = "Global options", "Cost and history", "References"
DATA_GROUP = "Common"


class Setting(NamedTuple):
    """One setting: its key in the config file, its flag, its environment variable, its default.

    `parse` turns text into its value. A `secret` setting is never shown whole. The flag of a
    setting that is not `is_global` belongs to some commands only; the flag of an `inverted` one
    means the opposite.
    """

    key: str
    parse: Callable[[str], Any]
    flag: Flag
    variable: str
    default: Any = None
    secret: bool = False
    is_global: bool = True
    inverted: bool = False


PROFILE = Setting(
    "profile",
    str,
    Flag(
        "--profile",
        "Profile of the config file",
        GLOBAL_GROUP,
        "PROFILE",
        completion=Completion.PROFILE,
    ),
    "LUMA_PROFILE",
    default="default",
)
LITERAL = Setting(
    "literal",
    parse_switch,
    Flag(
        "--literal",
        "Do not embed files that `@file` names on stdin and in `--input`; flags still do",
        DATA_GROUP,
        switch=True,
    ),
    "LUMA_LITERAL",
    default=False,
    is_global=False,
)
CONFIRM_ABOVE = Setting(
    "confirm_above",
    parse_limit,
    Flag(
        "--confirm-above",
        "Ask at a terminal before submitting jobs that cost more than this; `any` never asks",
        MONEY_GROUP,
        "USD",
    ),
    "LUMA_CONFIRM_ABOVE",
    default=1,
    is_global=False,
)
SETTINGS: tuple[Setting, ...] = (
    Setting(
        "token",
        parse_token,
        Flag(
            "--auth-token", "API key; prefer `auth login`, which stores it", GLOBAL_GROUP, "TOKEN"
        ),
        "LUMA_AGENTS_API_KEY",
        secret=True,
    ),
    Setting(
        "base_url",
        parse_base_url,
        Flag("--base-url", "Base URL of the API", GLOBAL_GROUP, "URL"),
        "LUMA_BASE_URL",
        default="https://agents.lumalabs.ai/v1",
    ),
    Setting(
        "format",
        parse_format,
        Flag("--format", "Format of the data on stdout", GLOBAL_GROUP, "FORMAT", FORMATS),
        "LUMA_FORMAT",
        default="auto",
    ),
    Setting(
        "format_error",
        parse_format,
        Flag(
            "--format-error",
            "Format of errors on stderr; `auto` is plain text",
            GLOBAL_GROUP,
            "FORMAT",
            FORMATS,
        ),
        "LUMA_FORMAT_ERROR",
        default="auto",
    ),
    Setting(
        "transform",
        str,
        Flag(
            "--transform",
            "Part of the data to print, as a GJSON path: `output.0.url`",
            GLOBAL_GROUP,
            "GJSON",
        ),
        "LUMA_TRANSFORM",
    ),
    Setting(
        "transform_error",
        str,
        Flag(
            "--transform-error", "Part of an error to print, as a GJSON path", GLOBAL_GROUP, "GJSON"
        ),
        "LUMA_TRANSFORM_ERROR",
    ),
    Setting(
        "raw_output",
        parse_switch,
        Flag(
            "--raw-output",
            "Print strings without quotes",
            GLOBAL_GROUP,
            short="-r",
            switch=True,
        ),
        "LUMA_RAW_OUTPUT",
        default=False,
    ),
    PROFILE,
    Setting(
        "quiet",
        parse_switch,
        Flag("--quiet", "Print no progress and no notes", GLOBAL_GROUP, short="-q", switch=True),
        "LUMA_QUIET",
        default=False,
    ),
    Setting(
        "verbose",
        parse_switch,
        Flag("--verbose", "Print requests and states on stderr", GLOBAL_GROUP, switch=True),
        "LUMA_VERBOSE",
        default=False,
    ),
    Setting(
        "debug",
        parse_switch,
        Flag(
            "--debug",
            "Print every HTTP exchange on stderr, without secrets",
            GLOBAL_GROUP,
            switch=True,
        ),
        "LUMA_DEBUG",
        default=False,
    ),
    Setting(
        "no_color",
        parse_switch,
        Flag("--no-color", "Do not use colours", GLOBAL_GROUP, switch=True),
        "LUMA_NO_COLOR",
        default=False,
    ),
    Setting(
        "request_timeout",
        parse_positive_duration,
        Flag(
            "--request-timeout",
            "Time to wait for an answer, e.g. `90s`",
            GLOBAL_GROUP,
            "DURATION",
        ),
        "LUMA_REQUEST_TIMEOUT",
        default=60.0,
    ),
    Setting(
        "max_retries",
        parse_count,
        Flag(
            "--max-retries",
            "Number of retries of a failed read or a refused submission",
            GLOBAL_GROUP,
            "COUNT",
        ),
        "LUMA_MAX_RETRIES",
        default=4,
    ),
    Setting(
        "max_cost",
        parse_limit,
        Flag(
            "--max-cost",
            "Reject jobs that cost more or whose price is unknown; `any` lifts the limit",
            MONEY_GROUP,
            "USD",
        ),
        "LUMA_MAX_COST",
        is_global=False,
    ),
    Setting(
        "max_cost_per_day",
        parse_limit,
        Flag(
            "--max-cost-per-day",
            "Limit on the total cost of the last 24 hours, this job included",
            MONEY_GROUP,
            "USD",
        ),
        "LUMA_MAX_COST_PER_DAY",
        is_global=False,
    ),
    Setting(
        "upload",
        parse_upload,
        Flag(
            "--upload",
            "When to upload local files instead of sending them inside the request; `auto`: videos"
            " and files over the threshold",
            REFERENCES_GROUP,
            "WHEN",
            UPLOADS,
        ),
        "LUMA_UPLOAD",
        default="auto",
        is_global=False,
    ),
    Setting(
        "upload_threshold",
        parse_size,
        Flag(
            "--upload-threshold",
            "Upload files larger than this, e.g. `8MiB`",
            REFERENCES_GROUP,
            "SIZE",
        ),
        "LUMA_UPLOAD_THRESHOLD",
        default=8 * 1024 * 1024,
        is_global=False,
    ),
    LITERAL,
    CONFIRM_ABOVE,
    Setting(
        "history",
        parse_switch,
        Flag("--no-history", "Do not record this job in the history", MONEY_GROUP, switch=True),
        "LUMA_HISTORY",
        default=True,
        is_global=False,
        inverted=True,
    ),
)


def shown_value(setting: Setting, value: Any) -> str:
    """Return a setting's value as one would type it, and an empty text for `None`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if setting.parse is parse_size:
        return format_size(value)
    return f"{value:g}s" if isinstance(value, float) else str(value)


def _with_default(setting: Setting) -> Flag:
    if setting.flag.switch:
        return setting.flag
    return setting.flag._replace(default=shown_value(setting, setting.default))


GLOBAL_FLAGS = tuple(_with_default(setting) for setting in SETTINGS if setting.is_global)
# The flags of every command that submits, and that of the one that asks.
SUBMISSION_FLAGS = tuple(
    _with_default(setting)
    for setting in SETTINGS
    if not setting.is_global and setting is not CONFIRM_ABOVE
)
CONFIRM_FLAG = _with_default(CONFIRM_ABOVE)
CONFIG_KEYS = tuple(setting.key for setting in SETTINGS)
# The words to complete after a key.
CONFIG_VALUES = tuple(
    (setting.key, setting.flag.values or ("true", "false"))
    for setting in SETTINGS
    if setting.flag.values or setting.flag.switch
)


def find_setting(key: str) -> Setting:
    """Return the setting with this key in the config file; raises `UsageError` if there is none."""
    for setting in SETTINGS:
        if setting.key == key:
            return setting
    raise UsageError(
        f"unknown config key `{key}`", hint=f"use one of {', '.join(sorted(CONFIG_KEYS))}"
    )
