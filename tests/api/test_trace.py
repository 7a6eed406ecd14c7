"""`--debug`: everything of an exchange, and nothing that is secret."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import httpx
import pytest

from luma_cli.api.trace import redacted
from tests.support.fake_api import STORAGE_URL, FakeApi, completed, generation
from tests.support.program import PLAIN_KEY, Program

# Base64 with slashes, as paths have them, and of two letters only.
FEW_LETTERS = base64.b64encode(b"\xff\xff\xff\0\0\0" * 300).decode()
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100


def test_an_exchange_is_shown_without_its_secrets(luma: Program, api: FakeApi) -> None:
    Path("fox.png").write_bytes(PNG)
    answer = httpx.Response(
        201, json=generation(), headers={"Set-Cookie": "sid=secret", "X-Request-Id": "r1"}
    )
    api.on("POST", "/generations", answer)
    luma.environ["LUMA_CUSTOM_HEADERS"] = "X-Tenant: secret"

    result = luma("generations", "create", "--prompt", "x", "--ref", "fox.png", "--debug")

    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    assert lines[0] == "> POST https://api.test/v1/generations"
    assert "> authorization: Bearer <REDACTED>" in lines
    assert "> x-tenant: <REDACTED>" in lines
    file = '{"data":"<image/png, 608 bytes>","media_type":"image/png"}'
    assert f'>   {{"prompt":"x","image_ref":[{file}]}}' in lines
    assert "< HTTP 201 Created" in lines
    assert "< set-cookie: <REDACTED>" in lines
    assert "< x-request-id: r1" in lines
    assert any(line.startswith('<   {"id":"gen_1"') for line in lines)
    assert "secret" not in result.stderr
    assert base64.b64encode(PNG).decode()[:16] not in result.stderr


def test_signatures_are_not_shown(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/gen_1", completed("a.png"))
    png = httpx.Response(200, content=PNG, headers={"Content-Type": "image/png"})
    api.on("GET", f"{STORAGE_URL}/a.png?X-Amz-Signature=s", png)

    result = luma("generations", "download", "gen_1", "--debug")

    assert result.exit_code == 0
    assert f"> GET {STORAGE_URL}/a.png" in result.stderr.splitlines()
    assert f'"url":"{STORAGE_URL}/a.png?<REDACTED>"' in result.stderr
    assert "X-Amz-Signature" not in result.stderr


def test_an_exchange_without_an_answer_shows_its_request(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", httpx.ReadError("reset"))

    result = luma("generations", "create", "--prompt", "x", "--debug")

    assert result.exit_code == 11
    assert '>   {"prompt":"x"}' in result.stderr.splitlines()


@pytest.mark.parametrize(
    "location",
    [
        "/real.png?auth=SEKRET&Policy=eyJTdGF0ZW1lbnQi",
        "real.png?SEKRET",
        "?SEKRET",
        "real.png#SEKRET",
        "HTTPS://storage.test/real.png?auth=SEKRET",
        "//storage.test/real.png?Policy=SEKRET",
        "wss://storage.test/real.png?x=SEKRET",
    ],
)
def test_what_a_redirect_adds_to_a_path_is_not_shown(
    luma: Program, api: FakeApi, location: str
) -> None:
    luma.secrets = ["SEKRET", "eyJTdGF0ZW1lbnQi"]
    api.on("GET", "/generations/x", httpx.Response(302, headers={"Location": location}))

    result = luma("generations", "get", "x", "--debug")

    assert result.exit_code == 3
    path = location.replace("#", "?").partition("?")[0]
    assert f"< location: {path}?<REDACTED>" in result.stderr.splitlines()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("go to HTTP://h/p?auth=t, then", "go to HTTP://h/p?<REDACTED> then"),
        ("go to //h/p?Policy=t, then", "go to //h/p?<REDACTED> then"),
        ("go to wss://h/p?x=t, then", "go to wss://h/p?<REDACTED> then"),
        (FEW_LETTERS, f"<{len(FEW_LETTERS):,} characters>"),
        (json.dumps({"a": FEW_LETTERS}), f'{{"a": "<{len(FEW_LETTERS):,} characters>"}}'),
        (json.dumps({"a": "word/" * 60}), '{"a": "<300 characters>"}'),
        ("data:image/png;base64," + "word/" * 60, "data:image/png;base64,<300 characters>"),
        ("data:image/png;base64,iVBORw0KGgo=", "data:image/png;base64,<12 characters>"),
        ('{"data": "aGVsbG8="}', '{"data": "<8 characters>"}'),
        ("A" * 200, "<200 characters>"),
        ("see https://h/p?token=t#f, then", "see https://h/p?<REDACTED> then"),
        (
            '{"a":"https://h/p?x=1","b":"https://h/q"}',
            '{"a":"https://h/p?<REDACTED>","b":"https://h/q"}',
        ),
        (f"key {PLAIN_KEY}", "key luma-api-****"),
        ("plain words", "plain words"),
    ],
)
def test_what_is_taken_out(text: str, shown: str) -> None:
    assert redacted(text) == shown
