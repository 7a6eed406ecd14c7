"""The endpoints for generations: answers, headers, keys, errors."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from PIL import Image

from luma_cli.sandbox.api import generations
from luma_cli.sandbox.keys import MALFORMED, TEST_KEYS, owner_of_key
from tests.sandbox.conftest import KEY, Sandbox, inline, picture

CLIP_EDIT = {"model": "ray-3.2", "type": "video_edit"}


def test_create_answers_at_once(sandbox: Sandbox) -> None:
    answer = sandbox.ask("POST", "/v1/generations", {"prompt": "x"})

    generation = answer.json()
    assert answer.status_code == 201
    assert uuid.UUID(generation.pop("id")).version == 4
    assert list(generation.items()) == [
        ("type", "image"),
        ("state", "queued"),
        ("model", "uni-1"),
        ("created_at", "2026-08-29T10:40:00Z"),
        ("output", []),
        ("failure_reason", None),
        ("failure_code", None),
    ]
    limits = {name: answer.headers[name] for name in answer.headers if "ratelimit" in name}
    assert limits == {
        "x-ratelimit-limit": "30",
        "x-ratelimit-remaining": "29",
        "x-ratelimit-reset": "1788000060",
    }


@pytest.mark.parametrize("latency", [0.0, 10.0])
def test_create_answers_queued_without_latency(latency: float) -> None:
    from luma_cli.sandbox.options import SandboxOptions

    sandbox = Sandbox(SandboxOptions(latency={"image": latency}))
    assert sandbox.ask("POST", "/v1/generations", {"prompt": "x"}).json()["state"] == "queued"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/files", 200),
        ("POST", "/v1/generations", 400),
        ("GET", "/v1/generations/x", 404),
        ("DELETE", "/v1/generations/x", 405),
        ("GET", "/elsewhere", 404),
    ],
)
def test_every_answer_has_request_id_and_version(
    sandbox: Sandbox, method: str, path: str, status: int
) -> None:
    echoed = sandbox.ask(method, path, headers={"X-Request-Id": "mine"})
    made = [sandbox.ask(method, path).headers["X-Request-Id"] for _ in range(2)]

    assert (echoed.status_code, echoed.headers["X-Request-Id"]) == (status, "mine")
    assert echoed.headers["X-API-Version"] == "2026-04-01"
    assert len({uuid.UUID(value) for value in made}) == 2
    assert ("X-RateLimit-Limit" in echoed.headers, "Retry-After" in echoed.headers) == (
        False,
        False,
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/", 404, "Not Found"),
        ("GET", "/v1/usage", 404, "Not Found"),
        ("GET", "/v1/files/", 404, "Not Found"),
        ("POST", "/v1/generations/", 404, "Not Found"),
        ("GET", "/v1/generations", 405, "Method Not Allowed"),
        ("DELETE", "/v1/generations/x", 405, "Method Not Allowed"),
        ("GET", "/v1/generations/x", 404, "Generation not found"),
        ("GET", f"/v1/generations/{uuid.UUID(int=0)}", 404, "Generation not found"),
    ],
)
def test_unknown_paths_and_methods(
    sandbox: Sandbox, method: str, path: str, status: int, detail: str
) -> None:
    answer = sandbox.ask(method, path)
    assert (answer.status_code, answer.json()) == (status, {"detail": detail})
    assert answer.headers.get("Allow") == {"/v1/generations": "POST"}.get(
        path, "GET, HEAD" if status == 405 else None
    )


@pytest.mark.parametrize("key", TEST_KEYS)
def test_test_keys_return_their_errors(sandbox: Sandbox, key: str) -> None:
    refusal = TEST_KEYS[key]
    submission = sandbox.ask("POST", "/v1/generations", {"prompt": "x"}, key=key)
    check = sandbox.ask("GET", "/v1/files", key=key)

    body: dict[str, Any] = {"detail": refusal.detail}
    if refusal.code:
        body["error"] = {"code": refusal.code}
    assert (submission.status_code, submission.json()) == (refusal.status, body)
    assert check.status_code == (200 if refusal.submissions_only else refusal.status)


def test_test_keys_are_documented() -> None:
    assert {refusal[:2] for refusal in (MALFORMED, *TEST_KEYS.values())} == {
        (401, "Missing or invalid API key"),
        (401, "Invalid API key"),
        (401, "API key has been revoked"),
        (401, "API key has expired"),
        (402, "Insufficient balance. Please add funds to continue."),
        (402, "Insufficient credits. Please add credits to continue."),
        (402, "Not enough credits to continue."),
        (403, "API client is suspended"),
        (403, "API client is deactivated"),
    }


@pytest.mark.parametrize(
    "authorization",
    [
        *("", "luma-api-x", "bearer luma-api-x", "BEARER luma-api-x", "Basic luma-api-x"),
        *("Bearer", "Bearer sk-x", "Bearer LUMA-API-x", "Bearer  luma-api-x"),
    ],
)
def test_malformed_authorization_is_rejected(sandbox: Sandbox, authorization: str) -> None:
    answer = sandbox.ask("GET", "/v1/files", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Missing or invalid API key")


def test_credential_check_shows_no_files(sandbox: Sandbox) -> None:
    answer = sandbox.ask("GET", "/v1/files?limit=1")
    assert answer.text == '{"data":[],"has_more":false,"next_cursor":null}'


def test_generation_is_visible_to_its_key_only(sandbox: Sandbox) -> None:
    answer = sandbox.ask("GET", f"/v1/generations/{sandbox.create()}", key="luma-api-other")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Generation not found"})


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "Request body is not valid JSON"),
        (b'{"prompt": "x"', "Request body is not valid JSON"),
        (b'{"prompt": "\xff"}', "Request body is not valid JSON"),
        (b'{"a":' + b"[" * 100_000, "Request body is not valid JSON"),
        (b'{"prompt": "x", "video": {"x": NaN}}', "Request body is not valid JSON"),
        (b'{"prompt": ' + b"9" * 5000 + b"}", "Request body is not valid JSON"),
        (b"[]", "Request body must be a JSON object"),
        (b"null", "Request body must be a JSON object"),
        (rb'{"prompt": "x", "model": "\ud800"}', "Unknown model: ?"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_malformed_bodies_are_rejected(sandbox: Sandbox, content: bytes, detail: str) -> None:
    answer = sandbox.ask("POST", "/v1/generations", content=content)
    assert (answer.status_code, answer.json()) == (400, {"detail": detail})


def test_body_beyond_the_limit_is_rejected(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "LARGEST_BODY_BYTES", 40)

    fits = sandbox.ask("POST", "/v1/generations", content=b'{"prompt": "x"}'.ljust(40))
    exceeds = sandbox.ask("POST", "/v1/generations", content=b'{"prompt": "x"}'.ljust(41))

    assert (fits.status_code, exceeds.status_code) == (201, 413)
    assert exceeds.json() == {"detail": "Request body is too large"}


@pytest.mark.parametrize(
    ("reference", "detail"),
    [
        ({"data": "%%%", "media_type": "image/png"}, "invalid base64 data"),
        ({"data": "QUJD=A==", "media_type": "image/png"}, "invalid base64 data"),
        ({"data": "é", "media_type": "image/png"}, "invalid base64 data"),
        (inline(b""), "content-type is not an image"),
        (inline(b"text"), "content-type is not an image"),
        (inline(b"text", "video/mp4"), "content-type is not an image"),
    ],
)
def test_inline_data_must_be_a_picture(
    sandbox: Sandbox, reference: dict[str, str], detail: str
) -> None:
    for path, body in (
        ("image_ref[1]", {"image_ref": [inline(picture()), reference]}),
        ("source", {"type": "image_edit", "source": reference}),
    ):
        answer = sandbox.ask("POST", "/v1/generations", {"prompt": "x", **body})
        assert (answer.status_code, answer.json()) == (422, {"detail": f"{path}: {detail}"})


def test_video_edit_accepts_any_bytes_as_inline_video(sandbox: Sandbox) -> None:
    assert sandbox.create(**CLIP_EDIT, source=inline(b"a clip", "video/mp4"))


def test_picture_beyond_50_mb_is_rejected(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from luma_cli.sandbox.state import references

    monkeypatch.setattr(references, "LARGEST_IMAGE_BYTES", len(picture()) - 1)
    body: dict[str, Any] = {"prompt": "x", "image_ref": [inline(picture())]}

    answer = sandbox.ask("POST", "/v1/generations", body)

    assert (answer.status_code, answer.json()) == (
        413,
        {"detail": "image_ref[0]: image exceeds 50 MB limit"},
    )


def test_picture_beyond_8000_pixels_is_rejected(sandbox: Sandbox) -> None:
    wide = io.BytesIO()
    Image.new("L", (8001, 1)).save(wide, "PNG")
    body: dict[str, Any] = {"prompt": "x", "image_ref": [inline(wide.getvalue())]}

    answer = sandbox.ask("POST", "/v1/generations", body)

    assert (answer.status_code, answer.json()) == (
        413,
        {"detail": "image_ref[0]: image exceeds 8000 px limit"},
    )


def test_postscript_is_rejected_and_never_run(sandbox: Sandbox) -> None:
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(ran) print\nshowpage\n"
    body: dict[str, Any] = {"prompt": "x", "image_ref": [inline(eps)]}

    answer = sandbox.ask("POST", "/v1/generations", body)

    assert answer.json() == {"detail": "image_ref[0]: content-type is not an image"}


def test_inline_data_is_not_kept(sandbox: Sandbox) -> None:
    generation_id = sandbox.create(image_ref=[inline(picture())])

    job = sandbox.state.job(generation_id, owner_of_key(KEY))

    assert job is not None
    assert job.body["image_ref"] == [{"media_type": "image/png"}]
    assert job.thumbnail is not None
