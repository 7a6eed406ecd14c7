"""How a setting's value is chosen, and how a bad one is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from luma_cli.errors import UsageError
from luma_cli.settings.declarations import SETTINGS, Setting
from luma_cli.settings.environment import variables
from luma_cli.settings.parse import parse_base_url, parse_token
from tests.support.fake_api import FakeApi
from tests.support.program import Program, Result

DEFAULT = "https://agents.lumalabs.ai/v1"
LIST = ("config", "list", "--format", "jsonl")

FORMATS_HINT = "hint: use one of auto, explore, json, jsonl, pretty, raw, yaml"


def listed(result: Result, key: str) -> tuple[Any, str]:
    """Return the value and the source that `config list` shows for `key`."""
    assert (result.exit_code, result.stderr) == (0, "")
    (row,) = [row for row in json.loads(result.stdout) if row["key"] == key]
    return row["value"], row["source"]


def write_config(luma: Program, text: str) -> None:
    luma.config_file.parent.mkdir(mode=0o700, exist_ok=True)
    luma.config_file.write_text(text)
    luma.config_file.chmod(0o600)


def test_each_source_overrides_the_next(bare_luma: Program) -> None:
    work = ("--profile", "work")
    write_config(bare_luma, "[profiles.work]\n")
    assert listed(bare_luma(*LIST, *work), "base_url") == (DEFAULT, "default")

    write_config(bare_luma, 'base_url = "https://top.test"\n[profiles.work]\n')
    assert listed(bare_luma(*LIST, *work), "base_url") == ("https://top.test", "the config file")

    write_config(
        bare_luma,
        'base_url = "https://top.test"\n[profiles.work]\nbase_url = "https://work.test"\n',
    )
    assert listed(bare_luma(*LIST, *work), "base_url") == ("https://work.test", "the config file")
    assert listed(bare_luma(*LIST), "base_url") == ("https://top.test", "the config file")

    bare_luma.environ["LUMA_BASE_URL"] = "https://variable.test"
    assert listed(bare_luma(*LIST, *work), "base_url") == (
        "https://variable.test",
        "LUMA_BASE_URL",
    )

    assert listed(bare_luma(*LIST, *work, "--base-url", "https://flag.test"), "base_url") == (
        "https://flag.test",
        "--base-url",
    )


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_each_setting_has_a_flag_a_variable_and_a_sentence(
    bare_luma: Program, setting: Setting
) -> None:
    screens = [["--help"], ["generations", "create", "--help"], ["generations", "batch", "--help"]]
    first = 0 if setting.is_global else 1

    assert any(setting.flag.name in bare_luma(*screen).stdout for screen in screens[first:])
    name = setting.key.replace("_", "-")
    assert setting.flag.name in (f"--{name}", f"--no-{name}") or setting.secret
    assert setting.variable.startswith("LUMA_")
    assert setting.flag.help
    assert setting.variable in [variable.name for variable in variables()]


def test_every_variable_has_a_sentence() -> None:
    documented = list(variables())

    assert len({variable.name for variable in documented}) == len(documented)
    assert all(variable.help for variable in documented)


@pytest.mark.parametrize(
    ("argv", "environ", "config", "message"),
    [
        (
            ["--format", "xml"],
            {"LUMA_FORMAT": "json"},
            "",
            "`--format`: unknown format `xml`\n" + FORMATS_HINT,
        ),
        (
            [],
            {"LUMA_FORMAT": "xml"},
            'format = "json"',
            "`LUMA_FORMAT`: unknown format `xml`\n" + FORMATS_HINT,
        ),
        (
            [],
            {},
            'format = "xml"',
            "`format` in the config file: unknown format `xml`\n"
            "hint: use one of auto, explore, json, jsonl, pretty, raw, yaml",
        ),
        (
            ["--request-timeout", "soon"],
            {},
            "",
            "`--request-timeout`: `soon` is not a duration\nhint: write `90s`, `5m`, `2h` or `7d`",
        ),
        (
            [],
            {"LUMA_MAX_RETRIES": "-1"},
            "",
            "`LUMA_MAX_RETRIES`: `-1` is not a whole number, 0 or more\n"
            "hint: write digits only, at most 12",
        ),
        (
            [],
            {},
            "max_retries = 1.5",
            "`max_retries` in the config file: `1.5` is not a whole number, 0 or more\n"
            "hint: write digits only, at most 12",
        ),
        (
            [],
            {"LUMA_QUIET": "maybe"},
            "",
            "`LUMA_QUIET`: `maybe` is neither true nor false\nhint: write `true` or `false`",
        ),
    ],
)
def test_a_bad_value_names_its_source(
    bare_luma: Program, argv: list[str], environ: dict[str, str], config: str, message: str
) -> None:
    write_config(bare_luma, config)
    bare_luma.environ |= environ

    assert bare_luma("config", "list", *argv) == Result(2, "", f"error: {message}\n")


def test_an_unknown_profile_is_rejected(bare_luma: Program) -> None:
    assert bare_luma("config", "list", "--profile", "work") == Result(
        2,
        "",
        "error: `--profile`: unknown profile `work`\n"
        "hint: create it with `luma-agents-cli auth login --profile work`\n",
    )


def test_an_empty_variable_is_unset(bare_luma: Program) -> None:
    write_config(bare_luma, 'base_url = "https://file.test"\n')
    bare_luma.environ |= {setting.variable: "" for setting in SETTINGS}

    result = bare_luma("config", "list", "--format", "jsonl")

    assert listed(result, "base_url") == ("https://file.test", "the config file")
    assert listed(result, "token") == (None, "default")


# What looks like this machine, and is up to whoever resolves it.
NOT_LOOPBACK = [
    *(
        "127.8.8.8.8",
        "x.localhost",
        "localhost.",
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "2130706433",
    ),
    *("127.0.0.01", "127.0.0.256", "127.0.0.1.", "127.", "127..0.1", "[::]", "[::2]"),
    *(
        "[::ffff:10.0.0.1]",
        "[::1%251]",
        "localhost.localdomain",
        "ip6-localhost",
        "\uff11\uff12\uff17.0.0.1",
    ),
]


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("http://LOCALHOST:1/v1", "http://LOCALHOST:1/v1"),
        ("http://127.255.255.255/v1", "http://127.255.255.255/v1"),
        ("http://[::ffff:127.0.0.1]/v1", "http://[::ffff:127.0.0.1]/v1"),
        ("http://[0:0:0:0:0:0:0:1]/v1", "http://[0:0:0:0:0:0:0:1]/v1"),
        ("https://api.test/v1", "https://api.test/v1"),
        ("https://api.test/v1/", "https://api.test/v1"),
        ("https://api.test/v1?x=1#y", "https://api.test/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://127.8.9.1/v1", "http://127.8.9.1/v1"),
        ("http://localhost:80", "http://localhost:80"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_base_urls_that_are_taken(typed: str, taken: str) -> None:
    assert parse_base_url(typed) == taken


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("api.test/v1", "the base URL `api.test/v1` is missing a scheme"),
        ("localhost:8000", "the base URL `localhost:8000` is missing a scheme"),
        ("ftp://api.test", "the base URL `ftp://api.test` is missing a scheme"),
        ("", "the base URL `` is missing a scheme"),
        ("https://", "the base URL `https://` has no host"),
        ("https:///v1", "the base URL `https:///v1` has no host"),
        ("https://:443", "the base URL `https://:443` has no host"),
        ("https://api.test:port", "`https://api.test:port` is not a URL"),
        ("https://api.test:99999", "`https://api.test:99999` is not a URL"),
        ("https://[::1", "`https://[::1` is not a URL"),
        ("http://api.test", "`http://api.test` would send the API key over plain http"),
        ("http://127.0.0.1.evil.test", "`http://127.0.0.1.evil.test` would send the API key"),
        ("http://localhost.evil.test", "`http://localhost.evil.test` would send the API key"),
        ("http://localhost@evil.test", "the base URL must not carry a user or password"),
        ("https://me:secret@api.test", "the base URL must not carry a user or password"),
        ("http://10.0.0.1", "`http://10.0.0.1` would send the API key over plain http"),
        *(
            (f"http://{host}/v1", f"`http://{host}/v1` would send the API key over plain http")
            for host in NOT_LOOPBACK
        ),
    ],
)
def test_base_urls_that_are_refused(typed: str, message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_base_url(typed)

    assert refusal.value.message.startswith(message)
    assert refusal.value.hint


def test_a_key_loses_the_blanks_around_it() -> None:
    assert parse_token("  luma-api-abc\n") == "luma-api-abc"


@pytest.mark.parametrize(
    "key",
    ["luma-api-abc\ninjected: yes", "luma-api abc", "luma\tabc", "", " \n", "luma-é", "luma\x7f"],
)
def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(
    bare_luma: Program, api: FakeApi, key: str
) -> None:
    result = bare_luma("generations", "get", "x", "--auth-token", key)

    assert result == Result(
        2,
        "",
        "error: `--auth-token`: the API key is empty or has invalid characters\n"
        "hint: copy it again from the dashboard; it starts with `luma-api-`\n",
    )
    assert api.sent == []
