"""Everything that may be wrong from outside: one sentence, a hint, an exit code, no data."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path

import httpx
import pytest

from luma_cli.api.transport import build_client
from tests.support.fake_api import BASE_URL, FakeApi, generation
from tests.support.program import KEY, Program, Result, Stream

CREATE = ("generations", "create", "--prompt", "x")
HTML = httpx.Response(200, html="<html>welcome</html>", headers={"X-Request-Id": "r1"})
NO_KEY = "error: no API key\nhint: run `luma-agents-cli auth login`, or set `LUMA_AGENTS_API_KEY`\n"


def test_without_a_key_nothing_is_sent(bare_luma: Program) -> None:
    for argv in (CREATE, ("generations", "get", "x"), ("auth", "status")):
        assert bare_luma(*argv) == Result(4, "", NO_KEY)


def test_a_wrong_key_is_told_by_the_server(luma: Program, api: FakeApi) -> None:
    refusal = httpx.Response(
        401, json={"detail": "Invalid API key"}, headers={"X-Request-Id": "r1"}
    )
    api.on("POST", "/generations", refusal)

    assert luma(*CREATE) == Result(
        4,
        "",
        "error: Invalid API key\n"
        f"  POST {BASE_URL}/generations · HTTP 401 · request id r1\n"
        "hint: set a valid key in `LUMA_AGENTS_API_KEY`\n",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "error: cannot read `pic.png`: no such file or directory\n"),
        (b"", "error: `pic.png` is empty\n"),
        (b"hello\n", "error: `pic.png` is not an image or a video\n"),
    ],
)
@pytest.mark.parametrize("flag", ["--ref", "--source", "--start-frame"])
def test_a_bad_picture_is_told_before_a_request(
    luma: Program, content: bytes | None, message: str, flag: str
) -> None:
    if content is not None:
        Path("pic.png").write_bytes(content)

    result = luma(*CREATE, flag, "pic.png")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message)


def test_a_folder_is_no_picture(luma: Program) -> None:
    Path("pics").mkdir()

    result = luma(*CREATE, "--ref", "pics")

    assert result.stderr.startswith("error: cannot read `pics`: is a directory\n")


def test_an_unknown_command_comes_with_a_suggestion(luma: Program) -> None:
    assert luma("generation", "create") == Result(
        2,
        "",
        "error: unknown command `generation`\nhint: did you mean `luma-agents-cli generations`?\n",
    )


def test_a_bad_base_url_is_told(luma: Program) -> None:
    assert luma(*CREATE, "--base-url", "localhost:1") == Result(
        2,
        "",
        "error: `--base-url`: the base URL `localhost:1` is missing a scheme"
        " (expected http:// or https://)\n"
        "hint: the default is `https://agents.lumalabs.ai/v1`\n",
    )


def test_a_config_file_with_a_syntax_error_is_told_by_line_and_column(luma: Program) -> None:
    luma.config_file.parent.mkdir()
    luma.config_file.write_text('format = "json"\nbase_url = oops\n')

    assert luma(*CREATE) == Result(
        2,
        "",
        "error: the config file `[CONFIG]` is invalid at line 2, column 12: invalid value\n"
        "hint: fix that line, or set `LUMA_CONFIG_FILE` to use another file\n",
    )


def test_a_web_page_instead_of_an_answer(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/x", HTML)
    api.on("POST", "/generations", HTML)

    read = luma("generations", "get", "x", "--max-retries", "0")
    submission = luma(*CREATE, "--max-retries", "1")

    fact = "the server answered `text/html` that is not the API's JSON\n"
    assert (read.exit_code, read.stdout) == (10, "")
    assert read.stderr == (
        f"error: {fact}"
        f"  GET {BASE_URL}/generations/x · HTTP 200 · request id r1\n"
        "hint: check `--base-url`; a proxy may have answered in the server's place\n"
    )
    assert (submission.exit_code, submission.stdout) == (11, "")
    assert submission.stderr.startswith(
        f"error: the submission may or may not have been accepted: {fact}"
    )


def test_an_error_page_of_a_proxy(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/x", httpx.Response(404, html="<html>no</html>"))

    result = luma("generations", "get", "x")

    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith(
        "error: the server answered HTTP 404 with a web page, not the API's JSON\n"
    )


def test_a_closed_port_is_tried_again(luma: Program, api: FakeApi) -> None:
    refused = httpx.ConnectError("[Errno 111] Connection refused")
    api.on("GET", "/generations/x", refused, refused)
    api.on("POST", "/generations", refused, refused)

    read = luma("generations", "get", "x", "--max-retries", "1")
    submission = luma(*CREATE, "--max-retries", "1")

    fact = "cannot connect to `api.test`: connection refused"
    assert (read.exit_code, read.stdout) == (10, "")
    assert read.stderr.startswith(f"note: {fact}; retrying in 0.5 s\nerror: {fact}\n")
    assert (submission.exit_code, submission.stdout) == (10, "")
    assert submission.stderr.startswith(f"note: {fact}; retrying in 0.5 s\nerror: {fact}\n")


def test_a_structured_error_has_the_servers_fields_and_ours(luma: Program, api: FakeApi) -> None:
    api.on(
        "GET",
        "/generations/x",
        httpx.Response(
            404,
            json={"detail": "Generation not found", "extra": [1]},
            headers={"X-Request-Id": "r1"},
        ),
    )

    result = luma("generations", "get", "x", "--format-error", "jsonl")

    assert (result.exit_code, result.stdout) == (3, "")
    assert json.loads(result.stderr) == {
        "detail": "Generation not found",
        "extra": [1],
        "code": "rejected",
        "message": "Generation not found",
        "status": 404,
        "request_id": "r1",
        "hint": "check the id; a generation is only visible to the account that made it",
        "exit_code": 3,
    }


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["nonsense"], "unknown_command"),
        ([*CREATE, "--nonsense"], "unknown_flag"),
        ([*CREATE, "--ref", "missing.png"], "input_file"),
        ([*CREATE, "--base-url", "nonsense"], "usage"),
    ],
)
def test_usage_errors_are_structured_too(luma: Program, argv: list[str], code: str) -> None:
    result = luma(*argv, "--format-error", "json")

    assert (result.exit_code, result.stdout) == (2, "")
    assert json.loads(result.stderr)["code"] == code


def test_text_of_the_server_cannot_steer_a_terminal(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/x", httpx.Response(400, json={"detail": "\x1b[2Jgone"}))

    result = luma("generations", "get", "x", terminal=True)

    assert result.stderr.startswith("error: \\x1b[2Jgone\n")


def test_an_unknown_profile_is_no_silent_default(luma: Program) -> None:
    assert luma("generations", "get", "x", "--profile", "wrok") == Result(
        2,
        "",
        "error: `--profile`: unknown profile `wrok`\n"
        "hint: create it with `luma-agents-cli auth login --profile wrok`\n",
    )


def test_a_full_disk_behind_stdout_does_not_lose_the_id(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation())

    class FullDisk(Stream):
        def write(self, _: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    result = luma(*CREATE, stdout=FullDisk())

    assert result == Result(
        13,
        "",
        "error: cannot write to stdout: no space left on device; the job was submitted\n"
        "hint: run `luma-agents-cli generations wait gen_1`\n",
    )


@pytest.mark.parametrize("headers", ["X-A: bl\u00fce", "X-A: a\x00b", "X A: b", "ok: 1\nX-B: \x7f"])
def test_a_custom_header_that_cannot_be_sent_is_told_without_its_value(
    luma: Program, headers: str
) -> None:
    luma.environ["LUMA_CUSTOM_HEADERS"] = headers

    result = luma(*CREATE)

    assert (result.exit_code, result.stdout) == (2, "")
    assert re.match(
        r"error: `LUMA_CUSTOM_HEADERS`: (the header `X-[AB]` cannot|line 1 cannot be sent)",
        result.stderr,
    )
    assert not re.search("bl|: b", result.stderr.partition("\n")[0].partition("HEADERS`: ")[2])


def test_custom_headers_are_sent_but_cannot_replace_the_key(luma: Program, api: FakeApi) -> None:
    luma.environ["LUMA_CUSTOM_HEADERS"] = "X-Team: blue\nauthorization: mine\nnonsense"
    api.on("POST", "/generations", generation())

    luma(*CREATE)

    headers = api.sent[0].headers
    assert headers["x-team"] == "blue"
    assert headers.get_list("authorization") == [f"Bearer {KEY}"]


@pytest.mark.parametrize("url", ["nonsense", "file:///etc/passwd", "https://[::1", "http://\x00"])
def test_an_output_with_a_strange_url_is_not_saved(luma: Program, api: FakeApi, url: str) -> None:
    api.on("GET", "/generations/gen_1", generation("completed", output=[{"url": url}]))

    result = luma("generations", "download", "gen_1", "-d", "out")

    assert (result.exit_code, result.stdout) == (10, "")
    assert result.stderr == (
        "error: the link to the output is not a web address\n"
        "hint: run `luma-agents-cli generations download --wait --output-dir out gen_1`\n"
    )
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("argv", "environ"),
    [
        (["auth", "login", KEY], {}),
        (["auth", KEY], {}),
        (["generations", "get", "x"], {"LUMA_BASE_URL": KEY}),
        (["generations", "get", "x"], {"LUMA_BASE_URL": f"https://me:{KEY}@host:bad/v1"}),
        (["generations", "get", "x", "--base-url", f"https://{KEY}@api.test"], {}),
    ],
)
def test_a_key_in_the_wrong_place_is_not_repeated(
    luma: Program, argv: list[str], environ: dict[str, str]
) -> None:
    luma.environ |= environ

    result = luma(*argv)  # which checks the output

    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"base": "https://a..b/v1"}, "error: invalid URL: "),
        ({"base": f"https://{'a' * 64}.test/v1"}, "error: invalid URL: "),
        ({"id": "x" * 70_000}, "error: invalid URL: URL too long\n"),
    ],
)
def test_addresses_that_cannot_be_are_told(
    luma: Program, environ: dict[str, str], message: str
) -> None:
    luma.transport = None  # the real one refuses these before it asks the network
    if "base" in environ:
        luma.environ["LUMA_BASE_URL"] = environ["base"]

    result = luma("generations", "get", environ.get("id", "x"))

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message)


@pytest.mark.parametrize(
    "value",
    [
        *("!!binary aGk=", "!!timestamp 2024-01-01", "!!set {a}", "!!bool x", "!!int x"),
        *("&a [*a]", "1e999", "9" * 5000, "[" * 3000, "!!python/name:os.system"),
    ],
)
def test_yaml_that_json_cannot_say_is_refused(luma: Program, value: str) -> None:
    result = luma(*CREATE, "--param", f"a={value}")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: the value of `a` ")


@pytest.mark.parametrize(
    "argv",
    [
        ("--max-retries", "9" * 5000, "generations", "get", "x"),
        ("--request-timeout", "0", "generations", "get", "x"),
        (*CREATE, "--keyframe", f"{'9' * 5000}=https://e.test/a.png"),
        (*CREATE, "--poll-interval", "9" * 400),
    ],
)
def test_numbers_beyond_reason_are_refused(luma: Program, argv: tuple[str, ...]) -> None:
    result = luma(*argv)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")


@pytest.mark.parametrize("stdin", ["[" * 100_000, '{"id": "a"} x', "{}"])
def test_stdin_that_has_no_ids_is_told(luma: Program, stdin: str) -> None:
    result = luma("generations", "wait", stdin=stdin)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: stdin ")


def test_a_device_is_no_picture(luma: Program) -> None:
    result = luma(*CREATE, "--ref", "/dev/zero")

    assert result == Result(
        2, "", "error: `/dev/zero` is not a regular file\nhint: save it to a file first\n"
    )


def test_plain_http_never_goes_through_a_proxy() -> None:
    http = build_client(secure=False, redirects=False, request_timeout=1, transport=None)
    assert http.trust_env is False


def test_useless_proxy_variables_are_told(luma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    luma.transport = None
    monkeypatch.setenv("ALL_PROXY", "foo://proxy.test")

    result = luma("generations", "get", "x")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: `ALL_PROXY` names no usable proxy\n")


def test_a_line_break_of_the_server_does_not_pass_for_a_line_of_ours(
    luma: Program, api: FakeApi
) -> None:
    api.on("GET", "/generations/x", httpx.Response(400, json={"detail": "no\nhint: pay me"}))

    result = luma("generations", "get", "x")

    assert result.stderr.startswith("error: no\\nhint: pay me\n")


def test_a_structured_error_on_a_terminal_is_ascii(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/x", httpx.Response(400, json={"detail": "\x9b2J"}))

    result = luma("generations", "get", "x", "--format-error", "jsonl", terminal=True)

    assert result.stderr.isascii()
    assert json.loads(result.stderr)["detail"] == "\x9b2J"


def test_a_base_url_without_the_version_is_guessed(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/files?limit=1", httpx.Response(404, json={"detail": "Not Found"}))

    result = luma("auth", "status")

    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.endswith("hint: check `--base-url`, which ends in `/v1`\n")


def test_a_ref_of_another_scheme_is_no_path(luma: Program) -> None:
    result = luma(*CREATE, "--ref", "ftp://e.test/a.png")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: `--ref`: only https URLs can be fetched\n")
