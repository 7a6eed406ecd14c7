"""What is no secret stays in errors and hints: without the id, a paid job cannot be collected."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from luma_cli.redaction import Redactor
from luma_cli.url_credentials import looks_random
from tests.support.fake_api import BASE_URL, STORAGE_URL, FakeApi, generation
from tests.support.program import Program

JOB = "11111111-2222-4333-8444-555555555555"
RANDOM_ID = "gen01J8ZQ4K7XW2V9B3M5N6P1R0T"
SIGNATURE = "5ig0f7Q2w9E4r1T6y8U3"


def completed(link: str, an_id: str) -> dict[str, Any]:
    return generation("completed", id=an_id, output=[{"type": "image", "url": link}])


def refused_download(api: FakeApi, link: str, an_id: str = JOB, times: int = 3) -> None:
    """Let the storage refuse a link as often as the program asks for a fresh one."""
    api.on("GET", f"/generations/{an_id}", *[completed(link, an_id)] * times)
    answer = f"<Error><Got>{SIGNATURE}</Got></Error>"
    api.on("GET", link, *[httpx.Response(403, text=answer)] * times)


@pytest.mark.parametrize("an_id", [JOB, RANDOM_ID])
def test_a_link_that_carries_the_id_of_the_job_leaves_it_readable_in_the_error(
    luma: Program, api: FakeApi, an_id: str
) -> None:
    link = f"{STORAGE_URL}/out.png?id={an_id}&file=fox.png&X-Amz-Signature={SIGNATURE}"
    api.on("POST", "/generations", generation(id=an_id))
    refused_download(api, link, an_id)
    luma.secrets = [SIGNATURE]

    result = luma(
        *("generations", "create", "--prompt", "x", "-o", "px/fox.png", "-q"),
        *("--format-error", "json"),
        echoes=True,  # the job on stdout has its link, as the API gave it
    )

    told = json.loads(result.stderr)
    assert result.exit_code == 13
    assert told["generation_id"] == an_id
    assert an_id in told["hint"]
    assert "REDACTED" not in result.stderr.replace("?<REDACTED>", "")


def test_a_download_hint_names_the_id_and_the_file_that_the_link_names_too(
    luma: Program, api: FakeApi
) -> None:
    link = f"{STORAGE_URL}/a?key={RANDOM_ID}&token=px/fox.png&X-Amz-Signature={SIGNATURE}"
    refused_download(api, link, RANDOM_ID)
    luma.secrets = [SIGNATURE]

    result = luma("generations", "download", RANDOM_ID, "-o", "px/fox.png", "--format-error=json")

    assert result.exit_code == 10
    assert "REDACTED" not in result.stderr.replace("?<REDACTED>", "")


@pytest.mark.parametrize(
    "query",
    [
        "id=7c9e6679-7425-40de-944b-e07fc1f90ae7&Signature=5ig0f7Q2w9",
        "file=fox-2024-portrait-final-version2.png&sig=5ig0f7Q2w9",
        "name=IMG_20240101_Holiday_Paris2024.jpg&Signature=5ig0f7Q2w9",
        "keyword=portrait&design=landscape&Policy=5ig0f7Q2w9",
        "token=dir/fox.png&Signature=5ig0f7Q2w9",
    ],
)
def test_of_a_signed_link_only_what_gives_a_right_is_a_secret(query: str) -> None:
    redactor = Redactor()
    redactor.learn_url(f"https://h/dir/fox.png?{query}")
    values = [pair.partition("=")[2] for pair in query.split("&")]
    *innocent, signature = values

    shown = redactor.redact(" ".join(values))

    assert shown == " ".join([*innocent, "<REDACTED>"])
    assert signature not in shown
    assert redactor.redact(f"https://h/a?{query}") == "https://h/a?<REDACTED>"


def test_an_unknown_parameter_whose_value_is_random_is_a_secret() -> None:
    redactor = Redactor()
    redactor.learn_url("https://h/a.png?q=aZ3kP9xW2mQ7vB5nL8tR&w=10240")

    assert redactor.redact("aZ3kP9xW2mQ7vB5nL8tR 10240") == "<REDACTED> 10240"


def test_headers_of_an_upload_that_name_the_file_are_no_secrets() -> None:
    redactor = Redactor()
    headers = {"x-amz-meta-file-id": "file-1234-5678-90ab", "x-amz-tagging": "purpose=reference"}
    redactor.learn_signature(
        "https://h/in", headers | {"X-Amz-Security-Token": "FwoGZX/IvYX", "Cookie": "s1d=abc1de"}
    )

    shown = redactor.redact("file-1234-5678-90ab: a reference, FwoGZX/IvYX, abc1de")

    assert shown == "file-1234-5678-90ab: a reference, <REDACTED>, <REDACTED>"


@pytest.mark.parametrize("value", ["0" * 40, "a" * 40, "my-holiday-pictures-of-2024-08-17.png"])
def test_a_long_value_that_repeats_or_reads_as_words_does_not_look_random(value: str) -> None:
    assert not looks_random(value)


@pytest.mark.parametrize(
    "argv",
    [
        ("generations", "download", "--name", "token", RANDOM_ID, "-d", "px"),
        ("generations", "download", "--name", "auth", RANDOM_ID, "-d", "px"),
        ("generations", "download", RANDOM_ID, "-d", "auth", "--name", "login-{index}"),
    ],
)
def test_a_name_that_is_also_a_word_before_a_key_does_not_redact_the_id(
    luma: Program, api: FakeApi, argv: tuple[str, ...]
) -> None:
    api.on("GET", f"/generations/{RANDOM_ID}", httpx.Response(404, json={"detail": "No"}))

    result = luma(*argv)

    assert f"GET {BASE_URL}/generations/{RANDOM_ID}" in result.stderr


@pytest.mark.parametrize(
    "argv",
    [
        ("--ref", "https://cdn.example.com/2024/img1/a@2x.png", "--prompt", "x"),
        ("--ref", "http://cdn.example.com:8080/2024/img1/a@2x.png", "--prompt", "x"),
        ("--prompt", "https://a.example by 2024/img1 @bob"),
        ("--prompt", "see https://a.example?x=2024/img1 what token=2024/img1"),
    ],
)
def test_an_at_sign_behind_the_host_makes_no_password_of_a_path(
    luma: Program, api: FakeApi, argv: tuple[str, ...]
) -> None:
    detail = "no: 2024/img1, cdn.example.com/2024/img1/a, a.example by"
    api.on("POST", "/generations", httpx.Response(422, json={"detail": detail}))

    result = luma("generations", "create", *argv)

    assert result.stderr.startswith(f"error: {detail}\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("luma-api-demo/fox.png", "luma-api-demo/fox.png"),
        ("luma-api-documentation-of-ours", "luma-api-documentation-of-ours"),
        ("luma-api-demo2", "luma-api-demo2"),
        ("luma-api-q7w2x9k4m1n8zvbn/x", "luma-api-****/x"),
    ],
)
def test_a_folder_named_as_a_key_begins_stays_readable(text: str, shown: str) -> None:
    assert Redactor().redact(text) == shown


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ("production", "-d /srv/production/px", "-d /srv/production/px"),
        ("production", "-d production/px", "-d production/px"),
        ("production", "production.example", "production.example"),
        ("production", "reproductions", "reproductions"),
        ("production", "in production.", "in <REDACTED>."),
        ("internal", 'tenant "internal"', 'tenant "<REDACTED>"'),
        ("staging", "staging", "staging"),
        ("us-east-1", "us-east-1, /us-east-1/", "<REDACTED>, /us-east-1/"),
        ("k3y-W1th-d1gits", "/k3y-W1th-d1gits/", "/<REDACTED>/"),
    ],
)
def test_a_custom_header_of_ordinary_words_is_redacted_only_where_it_stands_alone(
    value: str, text: str, shown: str
) -> None:
    redactor = Redactor()
    redactor.learn_headers({"X-Env": value})

    assert redactor.redact(text) == shown


@pytest.mark.parametrize("name", ["Authorization", "X-Api-Key", "X-Session-Token", "Cookie", ""])
def test_a_word_in_a_header_that_gives_a_right_is_a_secret_everywhere(name: str) -> None:
    redactor = Redactor()
    redactor.learn_headers({name: "Bearer correcthorse"})

    assert redactor.redact("Bearer x, /correcthorse/") == "Bearer x, /<REDACTED>/"
