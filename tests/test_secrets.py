"""A secret comes out nowhere: whoever echoes it, in whatever spelling, whatever is shown.

`Program` looks for five characters in a row of a secret after every run; here it is made hard.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.fake_api import BASE_URL, STORAGE_URL, FakeApi, completed, generation
from tests.support.program import KEY, ODD_HEADER, Program, Result, pieces_of
from tests.test_redaction import SPELLINGS

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100
# What nobody told the program to be a key, but was typed where one is meant.
TYPED = "tY5-p3d+k3y/W1th=0ut$pr3f1x"
SIGNATURE = "5ig0f7Q2w9E4r1T6y8U3"
SECURITY_TOKEN = "FwoGZX/IvYXdzE+Jr7n4KqP2w=="

Echo = Callable[[str], httpx.Response]
ECHOES: dict[str, Echo] = {
    "detail": lambda said: httpx.Response(400, json={"detail": f"bad key {said}!"}),
    "detail that is cut": lambda said: httpx.Response(
        400, json={"detail": "y" * (500 - len(said) // 2) + said}
    ),
    "schema errors": lambda said: httpx.Response(
        422, json={"detail": [{"loc": ["header", said], "msg": said, "input": {said: [said]}}]}
    ),
    "nested": lambda said: httpx.Response(
        403, json={"error": {"debug": [{"headers": {"authorization": said}, said: said}]}}
    ),
    "all fields": lambda said: httpx.Response(
        401, json=dict.fromkeys(["code", "message", "hint", "status", "request_id"], said)
    ),
    "page": lambda said: httpx.Response(500, html=f"<html><pre>{said}</pre></html>"),
    "not JSON": lambda said: httpx.Response(200, text=f"{{{said}"),
    "request id": lambda said: httpx.Response(
        404, json={"detail": "No"}, headers={"X-Request-Id": said, "X-Echo": said, "Via": said}
    ),
    "reason phrase": lambda said: httpx.Response(
        404, json={"detail": "No"}, extensions={"reason_phrase": said.encode()}
    ),
    "redirect": lambda said: httpx.Response(
        302, headers={"Location": f"https://h/{said}?k={said}"}
    ),
    "retry after": lambda said: httpx.Response(429, headers={"Retry-After": said}),
    "content type": lambda said: httpx.Response(200, content=b"x", headers={"Content-Type": said}),
    "network": lambda said: raise_(httpx.ConnectError(f"cannot reach {said}")),
    "protocol": lambda said: raise_(
        httpx.LocalProtocolError(f"Illegal header value {f'Bearer {said}'.encode()!r}")
    ),
}
OPTIONS = [
    [],
    ["--format-error", "json"],
    ["--format-error", "jsonl"],
    ["--format-error", "yaml"],
    ["--format-error", "raw"],
    ["--format-error", "pretty"],
    ["--transform-error", "detail"],
    ["--transform-error", "error.debug.0"],
    ["--transform-error", "@this|@pretty"],
    ["--transform-error", "message"],
]


def raise_(problem: Exception) -> httpx.Response:
    raise problem


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    secret=st.sampled_from([KEY, ODD_HEADER]),
    spelling=st.sampled_from(sorted(SPELLINGS)),
    echo=st.sampled_from(sorted(ECHOES)),
    options=st.sampled_from(OPTIONS),
    talk=st.sampled_from([["--debug"], ["--verbose"], [], ["--debug", "--verbose"]]),
    command=st.sampled_from(["get x", "create --prompt x", "wait x"]),
)
def test_a_secret_echoed_by_the_server_is_redacted_everywhere(
    luma: Program,
    secret: str,
    spelling: str,
    echo: str,
    options: list[str],
    talk: list[str],
    command: str,
) -> None:
    said = SPELLINGS[spelling](secret)
    luma.transport = httpx.MockTransport(lambda _: ECHOES[echo](said))
    words = [*command.split(), "--max-retries=1", "--timeout=1" if command == "wait x" else "-q"]

    result = luma("generations", *words, *options, *talk)

    assert result.exit_code not in (0, 2)
    assert result.stdout == ""
    assert result.stderr
    pieces = [said[start : start + 12] for start in range(len(said) - 11)]
    assert [piece for piece in pieces if piece in result.stderr] == []


def test_a_secret_in_a_redirect_is_redacted_before_the_link_is_cut_at_its_number_sign(
    luma: Program,
) -> None:
    said = SPELLINGS["in HTML"](ODD_HEADER)
    luma.transport = httpx.MockTransport(lambda _: ECHOES["redirect"](said))

    result = luma("generations", "get", "x", "--debug")

    assert "< location: https://h/<REDACTED>?<REDACTED>\n" in result.stderr


def test_a_debugged_server_error_is_still_json_for_programs(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/x", httpx.Response(403, json={"detail": KEY, "n": [1.5, {KEY: 2}]}))

    result = luma("generations", "get", "x", "--format-error", "jsonl")

    told = json.loads(result.stderr)
    assert (told["detail"], told["n"]) == ("<REDACTED>", [1.5, {"<REDACTED>": 2}])


def test_a_failure_reason_is_printed_and_stored_without_the_key(
    luma: Program, api: FakeApi
) -> None:
    failed = generation("failed", failure_code="bad", failure_reason=f"key {KEY} is bad")
    api.on("POST", "/generations", generation())
    api.on("GET", "/generations/gen_1", failed)

    result = luma("generations", "create", "--prompt", "x", "--wait", "-q", echoes=True)

    assert result.exit_code == 6
    assert "key <REDACTED> is bad" in result.stderr


def test_data_is_printed_byte_for_byte_even_with_the_key_in_it(luma: Program, api: FakeApi) -> None:
    text = json.dumps(generation(state="queued", echo=KEY))
    api.on("GET", "/generations/gen_1", httpx.Response(200, text=text))

    result = luma("generations", "get", "gen_1", "--format", "raw", echoes=True)

    assert result == Result(0, text + "\n", "")


@pytest.mark.parametrize(
    "argv",
    [
        ["generations", "get", "x", f"--auth-tokn={TYPED}"],
        ["generations", "get", "x", "--auth-tokn", TYPED],
        ["generations", "get", "x", f"--auth-token{TYPED}"],
        ["generations", "get", "x", f"--auth-token:{TYPED}"],
        ["generations", "get", "x", f"--api-key={TYPED}"],
        ["generations", "get", "x", "--token", TYPED],
        ["auth", "login", TYPED],
        ["auth", "login", f"--with-token={TYPED}"],
        ["auth", "login", "--with-token", TYPED],
        ["auth", TYPED],
        ["config", "set", "token", TYPED],
        ["config", "set", "tokn", TYPED],
        ["generations", "get", "x", "--base-url", TYPED, "--auth-token", TYPED],
        ["generations", "get", "x", "--format", TYPED, "--auth-token", TYPED],
        ["generations", "get", "x", "--max-retries", TYPED, "--auth-token", TYPED],
        ["generations", "get", "x", "--profile", TYPED, "--auth-token", TYPED],
        ["generations", TYPED, "--auth-token", TYPED],
        ["generations", "get", "x", TYPED, "--auth-token", TYPED],
        ["generations", "get", "x", "--base-url", f"https://me:{TYPED}@api.test"],
    ],
)
@pytest.mark.parametrize("options", [[], ["--format-error", "json"]])
def test_a_key_typed_in_a_wrong_place_is_not_repeated(
    luma: Program, argv: list[str], options: list[str]
) -> None:
    luma.secrets = [TYPED]

    result = luma(*argv, *options)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


@pytest.mark.parametrize(
    "text",
    [
        f'token = "{TYPED}"\n[{TYPED.partition("+")[0]}\n',
        f"token = {TYPED}\n",
        f'token = "{TYPED}\n',
        f'["{TYPED}"]\n["{TYPED}"]\n',
        f'a = {{"{TYPED}" = 1, "{TYPED}" = 2}}\n',
        f'token = "{TYPED}"\nformat = "{TYPED}"\n',
        f'[profiles.work]\ntoken = "{TYPED}"\n["profiles"."{TYPED}"]\nx = 1\n',
        f'token = "{TYPED}"\n"{TYPED}" = 1\nformat = "xml"\n',
    ],
)
def test_an_invalid_config_file_is_reported_without_its_key(luma: Program, text: str) -> None:
    luma.config_file.parent.mkdir()
    luma.config_file.write_text(text)
    luma.secrets = [TYPED]

    result = luma("generations", "get")

    assert (result.exit_code, result.stdout) == (2, "")


def test_an_upload_shows_nothing_of_its_envelope(luma: Program, api: FakeApi) -> None:
    Path("fox.png").write_bytes(PNG)
    url = f"{STORAGE_URL}/in/fox?X-Amz-Signature={SIGNATURE}&X-Amz-Expires=60"
    headers = {"Content-Type": "image/png", "X-Amz-Security-Token": SECURITY_TOKEN}
    record = {"id": "file_1", "state": "ready"}
    api.on("POST", "/files", record | {"upload": {"url": url, "headers": headers}})
    answer = f"<Error><Got>{SIGNATURE}</Got><Token>{SECURITY_TOKEN}</Token></Error>"
    api.on("PUT", url, httpx.Response(503, text=answer), httpx.Response(200))
    api.on("POST", "/files/file_1/complete", record)
    luma.secrets = [SIGNATURE, SECURITY_TOKEN]

    result = luma("files", "upload", "fox.png", "--debug", "--verbose")

    assert result.exit_code == 0
    assert "> x-amz-security-token: <REDACTED>" in result.stderr.splitlines()
    assert "> content-type: image/png" in result.stderr.splitlines()


def test_a_redirect_shows_nothing_of_what_signs_it(luma: Program, api: FakeApi) -> None:
    first = f"{STORAGE_URL}/a.png?X-Amz-Signature=s"
    second = f"https://edge.test/a.png?token={SIGNATURE}"
    api.on("GET", "/generations/gen_1", completed("a.png"), completed("a.png"), completed("a.png"))
    api.on("GET", first, *[httpx.Response(302, headers={"Location": second})] * 3)
    refused = httpx.Response(403, text=SIGNATURE, headers={"X-Echo": SIGNATURE, "ETag": SIGNATURE})
    api.on("GET", second, *[refused] * 3)
    luma.secrets = [SIGNATURE]

    result = luma("generations", "download", "gen_1", "--debug")

    assert result.exit_code == 10
    assert "< location: https://edge.test/a.png?<REDACTED>" in result.stderr.splitlines()


def test_every_line_of_custom_headers_is_a_secret(luma: Program, api: FakeApi) -> None:
    luma.environ["LUMA_CUSTOM_HEADERS"] = (
        "X-A: s3cr3t-one+\nX-B: Bearer s3cr3t.two/2\nforgotten-c0lon"
    )
    luma.secrets = ["s3cr3t.two/2", "forgotten-c0lon"]
    detail = "no: s3cr3t-one+, s3cr3t.two/2, forgotten-c0lon"
    api.on("GET", "/generations/x", httpx.Response(400, json={"detail": detail}))

    result = luma("generations", "get", "x")

    assert result.stderr.startswith("error: no: <REDACTED>, <REDACTED>, <REDACTED>\n")


@pytest.mark.parametrize("options", [[], ["--debug", "--format-error", "json"]])
def test_a_custom_header_whose_colon_is_in_its_value_is_refused_without_its_name(
    luma: Program, api: FakeApi, options: list[str]
) -> None:
    luma.environ["LUMA_CUSTOM_HEADERS"] = "X-A: 1\nAuthorization Bearer sk-SECRETSECRET:99x"
    luma.secrets = ["sk-SECRETSECRET"]

    result = luma("generations", "get", "x", *options)

    assert result.exit_code == 2
    assert "`LUMA_CUSTOM_HEADERS`: line 2 cannot be sent as a header" in result.stderr
    assert api.sent == []


@pytest.mark.parametrize("value", ["1", "true", "eu", "x"])
def test_a_short_header_value_does_not_redact_ordinary_words(
    luma: Program, api: FakeApi, value: str
) -> None:
    luma.environ["LUMA_CUSTOM_HEADERS"] = f"X-Flag: {value}"
    luma.environ["LUMA_AGENTS_API_KEY"] = "x"
    api.on("GET", "/generations/x", httpx.Response(400, json={"detail": "1 true eu x"}))

    result = luma("generations", "get", "x")

    assert result.stderr.startswith(f"error: 1 true eu x\n  GET {BASE_URL}/generations/x")


@pytest.mark.parametrize(
    "name", ["Transfer-Encoding", "content-length", "Host", "Connection", "Expect", "Upgrade", "TE"]
)
def test_a_custom_header_of_the_connection_is_refused(
    luma: Program, api: FakeApi, name: str
) -> None:
    luma.environ["LUMA_CUSTOM_HEADERS"] = f"X-Fine: 1\n{name}: ch0nk3d-v4lue"

    result = luma("generations", "create", "--prompt", "x")

    assert result == Result(
        2,
        "",
        f"error: `LUMA_CUSTOM_HEADERS`: the header `{name}` belongs to the connection\n"
        "hint: remove it; it is set for each request\n",
    )
    assert api.sent == []


def test_the_harness_sees_five_characters_of_a_secret() -> None:
    assert pieces_of([KEY], f"…{KEY[3:8]}…") == [KEY[3:8]]
    assert pieces_of([KEY], f"…{KEY[3:7]}…") == []


def test_the_harness_looks_into_what_was_written(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())
    luma("generations", "create", "--prompt", "x")
    (luma.config_file.parent).mkdir()
    (luma.config_file.parent / ".config-left").write_text(KEY)

    with pytest.raises(AssertionError):
        luma("--version")


BUG = """
from luma_cli.api.client import LumaClient
def bug(self, *words, **named):
    token = self._token
    raise RuntimeError(f"bug with {token!r}")
LumaClient.get_generation = bug
from luma_cli.__main__ import run
run()
"""


def test_the_traceback_of_a_bug_shows_no_locals_and_no_key(environ: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUG, "generations", "get", "x"],
        env=environ | {"LUMA_AGENTS_API_KEY": KEY, "LUMA_BASE_URL": "http://127.0.0.1:1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Traceback (most recent call last):\n")
    assert done.stderr.endswith("\nRuntimeError: bug with '<REDACTED>'\n")
    assert pieces_of([KEY], done.stderr) == []
