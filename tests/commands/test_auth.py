"""`auth login | logout | status` as typed."""

from __future__ import annotations

import json

import httpx
import pytest

from luma_cli.settings.file import load, set_value
from tests.support.fake_api import BASE_URL, FakeApi
from tests.support.program import KEY, OTHER_KEY, PLAIN_KEY, Program, Result

FILES = "/files?limit=1"
NO_FILES = {"data": [], "has_more": False, "next_cursor": None}
REFUSAL = (
    f"  GET {BASE_URL}/files · HTTP 401 · request id r1\n"
    "hint: run `luma-agents-cli auth login` to store a valid key,"
    " `auth status` to see which is used\n"
)


def refused() -> httpx.Response:
    return httpx.Response(401, json={"detail": "Invalid API key"}, headers={"X-Request-Id": "r1"})


@pytest.mark.parametrize("terminal", [False, True])
def test_login_reads_the_key_from_stdin(bare_luma: Program, terminal: bool) -> None:
    result = bare_luma("auth", "login", "--with-token", stdin=f"{PLAIN_KEY}\n", terminal=terminal)

    assert result == Result(0, "", "note: stored the key in [CONFIG]\n")
    assert load(bare_luma.config_file) == {"token": PLAIN_KEY}


def test_login_asks_on_a_terminal(bare_luma: Program) -> None:
    questions: list[str] = []

    def ask(question: str) -> str:
        questions.append(question)
        return PLAIN_KEY

    bare_luma.ask_secret = ask

    result = bare_luma("auth", "login", "--profile", "work", terminal=True)

    assert result == Result(0, "", "note: stored the key in [CONFIG]\n")
    assert questions == ["API key (not shown): "]
    assert load(bare_luma.config_file) == {"profiles": {"work": {"token": PLAIN_KEY}}}


def test_login_without_a_terminal_says_how_to_pipe(bare_luma: Program) -> None:
    assert bare_luma("auth", "login") == Result(
        2,
        "",
        "error: cannot ask for the key without a terminal\n"
        "hint: pipe it in: `luma-agents-cli auth login --with-token < key.txt`\n",
    )
    assert not bare_luma.config_file.exists()


@pytest.mark.parametrize(
    "stdin", ["", "\n", f"{PLAIN_KEY}\n{OTHER_KEY}\n", f"{PLAIN_KEY} {OTHER_KEY}"]
)
def test_login_refuses_what_is_no_key(bare_luma: Program, stdin: str) -> None:
    assert bare_luma("auth", "login", "--with-token", stdin=stdin) == Result(
        2,
        "",
        "error: the API key is empty or has invalid characters\n"
        "hint: copy it again from the dashboard; it starts with `luma-api-`\n",
    )
    assert not bare_luma.config_file.exists()


def test_login_warns_when_the_environment_overrides(luma: Program) -> None:
    assert luma("auth", "login", "--with-token", stdin=OTHER_KEY) == Result(
        0,
        "",
        "note: stored the key in [CONFIG]\n"
        "warning: `LUMA_AGENTS_API_KEY` overrides the config file\n",
    )


def test_the_end_of_a_short_key_would_give_it_away(bare_luma: Program) -> None:
    result = bare_luma("auth", "login", "--with-token", stdin="luma-api-123456")

    assert result == Result(0, "", "note: stored the key in [CONFIG]\n")


@pytest.mark.parametrize("terminal", [False, True])
def test_logout_forgets_the_key_of_the_profile_alone(bare_luma: Program, terminal: bool) -> None:
    set_value(bare_luma.config_file, None, "token", PLAIN_KEY)
    set_value(bare_luma.config_file, "work", "token", OTHER_KEY)

    first = bare_luma("auth", "logout", "--profile", "work", terminal=terminal)
    second = bare_luma("auth", "logout", "--profile", "work", terminal=terminal)

    assert first == Result(0, "", "note: removed the key from [CONFIG]\n")
    assert second == Result(0, "", "note: [CONFIG] has no key\n")
    assert load(bare_luma.config_file)["token"] == PLAIN_KEY


def test_status_of_a_good_key(luma: Program, api: FakeApi) -> None:
    api.on("GET", FILES, NO_FILES, NO_FILES)

    piped = luma("auth", "status", "--format", "jsonl")
    shown = luma("auth", "status", terminal=True)

    assert (piped.exit_code, piped.stderr) == (0, "")
    assert json.loads(piped.stdout) == {
        "valid": True,
        "token": "****cdef",
        "source": "LUMA_AGENTS_API_KEY",
        "profile": "default",
        "base_url": BASE_URL,
    }
    assert shown == Result(
        0,
        f"✓ the key ****cdef works\n  from LUMA_AGENTS_API_KEY · profile default · {BASE_URL}\n",
        "",
    )
    assert [sent.headers["authorization"] for sent in api.sent] == [f"Bearer {KEY}"] * 2


def test_status_of_a_refused_key(luma: Program, api: FakeApi) -> None:
    api.on("GET", FILES, refused(), refused(), refused())
    set_value(luma.config_file, "work", "token", OTHER_KEY)
    del luma.environ["LUMA_AGENTS_API_KEY"]
    status = ("auth", "status", "--profile", "work")
    fact = "the key ****wzmk from the config file: Invalid API key"

    piped = luma(*status)
    shown = luma(*status, terminal=True)
    structured = luma(*status, "--format-error", "json")

    assert piped == Result(
        4,
        "{\n"
        '  "valid": false,\n'
        '  "token": "****wzmk",\n'
        '  "source": "the config file",\n'
        '  "profile": "work",\n'
        f'  "base_url": "{BASE_URL}"\n'
        "}\n",
        f"error: {fact}\n{REFUSAL}",
    )
    assert shown == Result(4, "", f"error: {fact}\n{REFUSAL}")
    assert json.loads(structured.stderr)["message"] == fact


@pytest.mark.parametrize("terminal", [False, True])
def test_status_without_a_key(bare_luma: Program, api: FakeApi, terminal: bool) -> None:
    assert bare_luma("auth", "status", terminal=terminal) == Result(
        4,
        "",
        "error: no API key\nhint: run `luma-agents-cli auth login`, or set `LUMA_AGENTS_API_KEY`\n",
    )
    assert api.sent == []


def test_status_survives_temporary_errors(luma: Program, api: FakeApi) -> None:
    api.on("GET", FILES, httpx.Response(503, json={"detail": "Busy"}), NO_FILES)

    result = luma("auth", "status", terminal=True)

    assert (result.exit_code, result.stderr) == (0, "note: Busy; retrying in 0.5 s\n")
