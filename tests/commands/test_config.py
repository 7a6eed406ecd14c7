"""`config get | set | unset | list | path` as typed."""

from __future__ import annotations

import json

import pytest

from luma_cli.settings.file import load, set_value
from tests.support.fake_api import BASE_URL
from tests.support.program import PLAIN_KEY, Program, Result

UNKNOWN_KEY = (
    "error: unknown config key `colour`\n"
    "hint: use one of base_url, confirm_above, debug, format, format_error, history, literal,"
    " max_cost, max_cost_per_day, max_retries, no_color, profile, quiet, raw_output,"
    " request_timeout,"
    " token, transform, transform_error, upload, upload_threshold, verbose\n"
)

both_forms = pytest.mark.parametrize("terminal", [False, True])


@both_forms
def test_what_is_set_can_be_got_and_removed(bare_luma: Program, terminal: bool) -> None:
    def config(*argv: str) -> Result:
        return bare_luma("config", *argv, terminal=terminal)

    nothing = config("get", "max_retries")
    assert nothing == Result(
        1,
        "",
        "error: `max_retries` is not set in [CONFIG]\n"
        "hint: `luma-agents-cli config list` prints the value in use\n",
    )

    assert config("set", "max_retries", "7") == Result(
        0, "", "note: set `max_retries` in [CONFIG]\n"
    )
    assert config("set", "quiet", "false", "--profile", "work").exit_code == 0
    assert load(bare_luma.config_file) == {
        "max_retries": 7,
        "profiles": {"work": {"quiet": False}},
    }
    assert config("get", "max_retries") == Result(0, "7\n", "")
    assert config("get", "quiet", "--profile", "work") == Result(0, "false\n", "")
    assert config("get", "quiet") == Result(
        1,
        "",
        "error: `quiet` is not set in [CONFIG]\n"
        "hint: `luma-agents-cli config list` prints the value in use\n",
    )

    removed = config("unset", "max_retries")
    assert removed == Result(0, "", "note: removed `max_retries` from [CONFIG]\n")
    assert config("unset", "max_retries") == Result(
        0, "", "note: `max_retries` is not set in [CONFIG]\n"
    )


@pytest.mark.parametrize(
    ("key", "value", "stored"),
    [
        ("base_url", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("format", "jsonl", "jsonl"),
        ("request_timeout", "5m", "5m"),
        ("max_retries", "0", 0),
        ("verbose", "t", True),
        ("profile", "default", "default"),
    ],
)
def test_a_value_is_stored_as_toml_would_have_it(
    bare_luma: Program, key: str, value: str, stored: object
) -> None:
    assert bare_luma("config", "set", key, value).exit_code == 0
    assert load(bare_luma.config_file) == {key: stored}
    assert bare_luma("config", "list").exit_code == 0


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["get", "colour"], UNKNOWN_KEY),
        (["set", "colour", "red"], UNKNOWN_KEY),
        (["unset", "colour"], UNKNOWN_KEY),
        (
            ["set", "format", "xml"],
            "error: `format`: unknown format `xml`\n"
            "hint: use one of auto, explore, json, jsonl, pretty, raw, yaml\n",
        ),
        (
            ["set", "max_retries", "abc"],
            "error: `max_retries`: `abc` is not a whole number, 0 or more\n"
            "hint: write digits only, at most 12\n",
        ),
        (
            ["set", "token", PLAIN_KEY],
            "error: the API key cannot be set with `config set`: other users could see it\n"
            "hint: run `luma-agents-cli auth login`\n",
        ),
        (
            ["set", "format"],
            "error: missing argument `VALUE`\nhint: see `luma-agents-cli config set --help`\n",
        ),
    ],
)
def test_mistakes_leave_no_file(bare_luma: Program, argv: list[str], message: str) -> None:
    assert bare_luma("config", *argv) == Result(2, "", message)
    assert not bare_luma.config_file.exists()


@both_forms
def test_the_key_is_never_shown_whole(bare_luma: Program, terminal: bool) -> None:
    set_value(bare_luma.config_file, None, "token", PLAIN_KEY)

    result = bare_luma("config", "get", "token", terminal=terminal)

    assert result == Result(0, "****cdef\n", "")


def test_list_for_people(luma: Program) -> None:
    set_value(luma.config_file, None, "quiet", value=True)

    assert luma("config", "list", "--max-retries=2", terminal=True) == Result(
        0,
        "token             ****cdef  (LUMA_AGENTS_API_KEY)\n"
        f"base_url          {BASE_URL}  (LUMA_BASE_URL)\n"
        "format            auto  (default)\n"
        "format_error      auto  (default)\n"
        "transform         -  (default)\n"
        "transform_error   -  (default)\n"
        "raw_output        false  (default)\n"
        "profile           default  (default)\n"
        "quiet             true  (the config file)\n"
        "verbose           false  (default)\n"
        "debug             false  (default)\n"
        "no_color          false  (default)\n"
        "request_timeout   60s  (default)\n"
        "max_retries       2  (--max-retries)\n"
        "max_cost          -  (default)\n"
        "max_cost_per_day  -  (default)\n"
        "upload            auto  (default)\n"
        "upload_threshold  8MiB  (default)\n"
        "literal           false  (default)\n"
        "confirm_above     1  (default)\n"
        "history           true  (default)\n",
        "",
    )


def test_list_for_programs(bare_luma: Program) -> None:
    set_value(bare_luma.config_file, "work", "quiet", value=True)

    result = bare_luma("config", "list", "--profile", "work")

    assert (result.exit_code, result.stderr) == (0, "")
    rows = {row["key"]: (row["value"], row["source"]) for row in json.loads(result.stdout)}
    assert rows == {
        "token": (None, "default"),
        "base_url": ("https://agents.lumalabs.ai/v1", "default"),
        "format": ("auto", "default"),
        "format_error": ("auto", "default"),
        "transform": (None, "default"),
        "transform_error": (None, "default"),
        "raw_output": (False, "default"),
        "profile": ("work", "--profile"),
        "quiet": (True, "the config file"),
        "verbose": (False, "default"),
        "debug": (False, "default"),
        "no_color": (False, "default"),
        "request_timeout": (60.0, "default"),
        "max_retries": (4, "default"),
        "max_cost": (None, "default"),
        "max_cost_per_day": (None, "default"),
        "confirm_above": (1, "default"),
        "upload": ("auto", "default"),
        "upload_threshold": (8388608, "default"),
        "literal": (False, "default"),
        "history": (True, "default"),
    }


@both_forms
def test_path(bare_luma: Program, terminal: bool) -> None:
    assert bare_luma("config", "path", terminal=terminal) == Result(0, "[CONFIG]\n", "")


@pytest.mark.parametrize(
    "argv", [["path"], ["get", "format"], ["set", "format", "yaml"], ["unset", "format"]]
)
def test_a_bad_value_of_a_flag_is_an_error_of_every_command(
    bare_luma: Program, argv: list[str]
) -> None:
    bare_luma("config", "set", "format", "json")
    before = bare_luma.config_file.read_bytes()

    result = bare_luma("config", *argv, "--format", "xml")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: `--format`: ")
    assert bare_luma.config_file.read_bytes() == before
