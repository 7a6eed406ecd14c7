"""Every setting, declared once, and how a value is chosen: flag > environment > file > default."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli.errors import UsageError
from luma_cli.flags import Flag
from luma_cli.values import (
    FORMATS,
    UPLOADS,
    parse_base_url,
    parse_count,
    parse_format,
    parse_limit,
    parse_positive_duration,
    parse_size,
    parse_switch,
    parse_token,
    parse_upload,
)

if TYPE_CHECKING:
    from decimal import Decimal

GLOBAL_GROUP, MONEY_GROUP, REFERENCES_GROUP = "Global options", "Money", "References"
CONFIG_FILE_SOURCE, DEFAULT_SOURCE = "the config file", "the default"


class Setting(NamedTuple):
    """One setting: its key in the config file, its flag, its environment variable, its default.

    `parse` makes its value of text; one that is `secret` is never shown whole. The flag of one that
    is not `is_global` belongs to some commands only; an `inverted` one says the opposite.
    """

    key: str
    parse: Callable[[str], Any]
    flag: Flag
    variable: str
    default: Any = None
    secret: bool = False
    is_global: bool = True
    inverted: bool = False


class Resolved(NamedTuple):
    """A setting's value and where it came from, as a phrase: "`--base-url`", "the config file"."""

    value: Any
    source: str


class Settings(NamedTuple):
    """The resolved settings of one run."""

    token: str | None
    base_url: str
    format: str
    format_error: str
    transform: str | None
    transform_error: str | None
    raw_output: bool
    debug: bool
    quiet: bool
    verbose: bool
    no_color: bool
    request_timeout: float
    max_retries: int
    profile: str
    upload: str
    upload_threshold: int
    history: bool
    max_cost: "Decimal | None"
    max_cost_per_day: "Decimal | None"
    sources: Mapping[str, str]


PROFILE = Setting(
    "profile",
    str,
    Flag("--profile", "Profile of the config file", GLOBAL_GROUP, "PROFILE"),
    "LUMA_PROFILE",
    default="default",
)
SETTINGS: tuple[Setting, ...] = (
    Setting(
        "token",
        parse_token,
        Flag("--auth-token", "API key; better kept by `auth login`", GLOBAL_GROUP, "TOKEN"),
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
        Flag("--format", "Layout of the data on stdout", GLOBAL_GROUP, "FORMAT", FORMATS),
        "LUMA_FORMAT",
        default="auto",
    ),
    Setting(
        "format_error",
        parse_format,
        Flag(
            "--format-error",
            "Layout of an error on stderr; `auto` is for people",
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
            "What to print of the data, as a GJSON path: `output.0.url`",
            GLOBAL_GROUP,
            "GJSON",
        ),
        "LUMA_TRANSFORM",
    ),
    Setting(
        "transform_error",
        str,
        Flag("--transform-error", "The same for an error", GLOBAL_GROUP, "GJSON"),
        "LUMA_TRANSFORM_ERROR",
    ),
    Setting(
        "raw_output",
        parse_switch,
        Flag(
            "--raw-output",
            "Print data that is a string without quotes",
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
        Flag("--quiet", "No progress and no notes", GLOBAL_GROUP, short="-q", switch=True),
        "LUMA_QUIET",
        default=False,
    ),
    Setting(
        "verbose",
        parse_switch,
        Flag("--verbose", "Say more on stderr: requests, states", GLOBAL_GROUP, switch=True),
        "LUMA_VERBOSE",
        default=False,
    ),
    Setting(
        "debug",
        parse_switch,
        Flag(
            "--debug",
            "Show every HTTP exchange on stderr, without secrets",
            GLOBAL_GROUP,
            switch=True,
        ),
        "LUMA_DEBUG",
        default=False,
    ),
    Setting(
        "no_color",
        parse_switch,
        Flag("--no-color", "No colours", GLOBAL_GROUP, switch=True),
        "LUMA_NO_COLOR",
        default=False,
    ),
    Setting(
        "request_timeout",
        parse_positive_duration,
        Flag(
            "--request-timeout",
            "Longest silence of one HTTP request: `90s`, `5m`",
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
            "How often a failed read or a refused submission is tried again",
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
            "Refuse a job that costs more dollars, or nobody knows how many; `any` lifts the limit",
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
            "The same for all jobs of the last 24 hours in the history",
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
            "When local files are uploaded instead of sent inside the request; `auto`: videos, and"
            " what is over the threshold",
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
        Flag("--upload-threshold", "That threshold: `8MiB`, `500kB`", REFERENCES_GROUP, "SIZE"),
        "LUMA_UPLOAD_THRESHOLD",
        default=8 * 1024 * 1024,
        is_global=False,
    ),
    Setting(
        "history",
        parse_switch,
        Flag("--no-history", "Keep no record of this job", MONEY_GROUP, switch=True),
        "LUMA_HISTORY",
        default=True,
        is_global=False,
        inverted=True,
    ),
)


def shown_value(setting: Setting, value: Any) -> str:
    """Return a setting's value as one would type it; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if setting.parse is parse_size and value % (1024 * 1024) == 0:
        return f"{value // (1024 * 1024)}MiB"
    return f"{value:g}s" if isinstance(value, float) else str(value)


def _with_default(setting: Setting) -> Flag:
    if setting.flag.switch:
        return setting.flag
    return setting.flag._replace(default=shown_value(setting, setting.default))


GLOBAL_FLAGS = tuple(_with_default(setting) for setting in SETTINGS if setting.is_global)
SUBMISSION_FLAGS = tuple(_with_default(setting) for setting in SETTINGS if not setting.is_global)
CONFIG_KEYS = tuple(setting.key for setting in SETTINGS)


def find_setting(key: str) -> Setting:
    """Return the setting that the config file calls `key`; raises `UsageError` for another."""
    for setting in SETTINGS:
        if setting.key == key:
            return setting
    raise UsageError(
        f"unknown config key `{key}`", hint=f"the keys are {', '.join(sorted(CONFIG_KEYS))}"
    )


def resolve(
    typed: Mapping[str, str], environ: Mapping[str, str], document: Mapping[str, Any]
) -> Settings:
    """Choose every setting's value.

    `typed` maps flag names to their text, `document` is the parsed config file. An empty variable
    counts as unset. Raises `UsageError` that names the source of a bad value.
    """
    profile = choose(PROFILE, typed, environ, document)
    if profile.value not in (PROFILE.default, *document.get("profiles", {})):
        raise UsageError(
            f"{profile.source}: there is no profile `{profile.value}`",
            hint=f"make it with `luma-agents-cli auth login --profile {profile.value}`",
        )
    table = profile_table(document, profile.value)
    chosen = {setting.key: choose(setting, typed, environ, table) for setting in SETTINGS}
    chosen["profile"] = profile  # a table of the file cannot choose another one
    return Settings(
        **{key: resolved.value for key, resolved in chosen.items()},
        sources={key: resolved.source for key, resolved in chosen.items()},
    )


def profile_table(document: Mapping[str, Any], profile: str) -> dict[str, Any]:
    """Return the file's settings for `profile`: its own table over the top-level keys."""
    common = {key: value for key, value in document.items() if key != "profiles"}
    return common | dict(document.get("profiles", {}).get(profile, {}))


def choose(
    setting: Setting,
    typed: Mapping[str, str],
    environ: Mapping[str, str],
    table: Mapping[str, Any],
) -> Resolved:
    """Choose one setting's value and say where it came from."""
    if setting.flag.name in typed:
        said = _parsed(setting, typed[setting.flag.name], f"`{setting.flag.name}`")
        return said._replace(value=not said.value) if setting.inverted else said
    if environ.get(setting.variable):
        return _parsed(setting, environ[setting.variable], f"`{setting.variable}`")
    if setting.key in table:
        where = f"`{setting.key}` in {CONFIG_FILE_SOURCE}"
        value = _parsed(setting, config_text(table[setting.key]), where).value
        return Resolved(value, CONFIG_FILE_SOURCE)
    return Resolved(setting.default, DEFAULT_SOURCE)


def config_text(value: Any) -> str:
    """Return a config file's value as it would be typed for the flag."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parsed(setting: Setting, text: str, source: str) -> Resolved:
    try:
        return Resolved(setting.parse(text), source)
    except UsageError as problem:
        raise UsageError(f"{source}: {problem.message}", hint=problem.hint) from None
