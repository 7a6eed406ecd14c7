"""The value of each setting: a flag overrides the environment, which overrides the config file."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli.errors import UsageError
from luma_cli.settings.declarations import PROFILE, SETTINGS, Setting

if TYPE_CHECKING:
    from decimal import Decimal

CONFIG_FILE_SOURCE, DEFAULT_SOURCE = "the config file", "default"


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
    literal: bool
    max_cost: "Decimal | None"
    max_cost_per_day: "Decimal | None"
    confirm_above: "Decimal | int | None"
    sources: Mapping[str, str]


def resolve(
    typed: Mapping[str, str | bool], environ: Mapping[str, str], document: Mapping[str, Any]
) -> Settings:
    """Return the value of every setting.

    `typed` maps flag names to their text, `document` is the parsed config file. An empty variable
    counts as unset. Raises `UsageError`, which names the source of a bad value.
    """
    profile = choose(PROFILE, typed, environ, document)
    if profile.value not in (PROFILE.default, *document.get("profiles", {})):
        raise UsageError(
            f"{profile.source}: unknown profile `{profile.value}`",
            hint=f"create it with `luma-agents-cli auth login --profile {profile.value}`",
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
    typed: Mapping[str, str | bool],
    environ: Mapping[str, str],
    table: Mapping[str, Any],
) -> Resolved:
    """Return the value of one setting and where it came from."""
    if setting.flag.name in typed:
        flag = _parsed(setting, typed[setting.flag.name], f"`{setting.flag.name}`")
        return flag._replace(value=not flag.value) if setting.inverted else flag
    if environ.get(setting.variable):
        return _parsed(setting, environ[setting.variable], f"`{setting.variable}`")
    if setting.key in table:
        where = f"`{setting.key}` in {CONFIG_FILE_SOURCE}"
        value = _parsed(setting, table[setting.key], where).value
        return Resolved(value, CONFIG_FILE_SOURCE)
    return Resolved(setting.default, DEFAULT_SOURCE)


def _parsed(setting: Setting, value: Any, source: str) -> Resolved:
    try:
        return Resolved(setting.parse(config_text(value)), source)
    except UsageError as problem:
        raise UsageError(f"{source}: {problem.message}", hint=problem.hint) from None


def config_text(value: Any) -> str:
    """Return a config file's value as it would be typed for the flag.

    Raises `UsageError` for a number that has too many digits to be written.
    """
    try:
        return str(value).lower() if isinstance(value, bool) else str(value)
    except (ValueError, RecursionError):
        raise UsageError("the value is too large") from None
