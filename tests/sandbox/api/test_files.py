"""The endpoints for files: create, complete, list, get, delete."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luma_cli.rules.interpretation import LARGEST_INLINE_FILE_BYTES
from luma_cli.sandbox.api import file_forms
from luma_cli.sandbox.options import SandboxOptions
from tests.sandbox.conftest import ORIGIN, Sandbox, picture

JSON = {"Content-Type": "application/json"}
FILE = {"mime_type": "image/png", "size_bytes": 4}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(SandboxOptions(latency={"file": 10, "image": 1}))


def create(sandbox: Sandbox, **fields: Any) -> dict[str, Any]:
    answer = sandbox.ask("POST", "/v1/files", {**FILE, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def put(sandbox: Sandbox, created: dict[str, Any], data: bytes) -> httpx.Response:
    upload = created["upload"]
    return sandbox.ask("PUT", upload["url"], content=data, headers=upload["headers"])


def uploaded(sandbox: Sandbox, data: bytes, **fields: Any) -> str:
    """Upload and complete a file; return its id."""
    created = create(sandbox, size_bytes=len(data), **fields)
    assert put(sandbox, created, data).status_code == 200
    assert complete(sandbox, created["id"]).json()["state"] == "pending"
    return str(created["id"])


def complete(sandbox: Sandbox, file_id: str) -> httpx.Response:
    return sandbox.ask("POST", f"/v1/files/{file_id}/complete", content=b"", headers=JSON)


def get(sandbox: Sandbox, file_id: str) -> dict[str, Any]:
    return dict(sandbox.ask("GET", f"/v1/files/{file_id}").json())


def send_form(sandbox: Sandbox, data: bytes, name: str = "file", **fields: str) -> httpx.Response:
    form = httpx.Request(
        "POST",
        ORIGIN,
        files={name: ("fox.png", data, "image/png")},
        data=fields,
    )
    headers = {"Content-Type": form.headers["Content-Type"]}
    return sandbox.ask("POST", "/v1/files", content=form.read(), headers=headers)


def test_create_file_answers_with_upload_link(sandbox: Sandbox) -> None:
    created = create(
        sandbox,
        filename="fox.png",
        purpose="reference",
        user_id="me",
        expires_at="2026-08-29T14:00:00+02:00",
    )

    upload, file = created.pop("upload"), created.pop("file")
    assert created == {"id": file["id"], "state": "pending"}
    assert uuid.UUID(file["id"]).version == 4
    assert file == {
        "id": file["id"],
        "created_at": "2026-08-29T10:40:00Z",
        "mime_type": "image/png",
        "purpose": "reference",
        "size_bytes": 4,
        "state": "pending",
        "filename": "fox.png",
        "user_id": "me",
        "failure_reason": None,
        "expires_at": "2026-08-29T12:00:00Z",
        "deleted_at": None,
    }
    assert upload.pop("url").startswith(f"{ORIGIN}/storage/files/{file['id']}?X-Amz-")
    assert upload == {
        "method": "PUT",
        "headers": {"Content-Type": "image/png", "x-amz-meta-file-id": file["id"]},
        "expires_at": "2026-08-29T11:40:00Z",
    }


def test_file_is_ready_after_the_ingest(sandbox: Sandbox) -> None:
    file_id = uploaded(sandbox, picture())
    states = []
    for _ in range(3):
        states.append(get(sandbox, file_id)["state"])
        sandbox.time += 9.9
    assert states == ["pending", "pending", "ready"]


def test_complete_requires_bytes_and_is_idempotent(sandbox: Sandbox) -> None:
    created = create(sandbox)
    early = complete(sandbox, created["id"])
    assert (early.status_code, early.json()) == (409, {"detail": "File has not been uploaded"})

    file_id = uploaded(sandbox, picture())
    sandbox.time += 9
    assert complete(sandbox, file_id).json()["state"] == "pending"
    sandbox.time += 2
    assert complete(sandbox, file_id).json()["state"] == "ready"


def test_file_in_a_form_needs_no_complete(sandbox: Sandbox) -> None:
    answer = send_form(sandbox, picture(), purpose="reference", user_id="me")

    created = answer.json()
    assert (answer.status_code, created["upload"], created["state"]) == (201, None, "pending")
    file = created["file"]
    assert (file["filename"], file["mime_type"], file["purpose"], file["user_id"]) == (
        *("fox.png", "image/png", "reference"),
        "me",
    )
    assert file["size_bytes"] == len(picture())
    assert complete(sandbox, file["id"]).json()["state"] == "pending"
    sandbox.time += 10
    assert get(sandbox, file["id"])["state"] == "ready"


@pytest.mark.parametrize(
    ("data", "mime_type", "filename", "reason"),
    [
        (b"text", "image/png", None, "File could not be decoded"),
        (picture()[:60], "image/png", None, "File could not be decoded"),
        (b"no film", "video/mp4", None, "File could not be decoded"),
        (
            *(picture(), "image/png", "[moderated].png"),
            "File was flagged by our content moderation system.",
        ),
        (picture(), "image/png", "a [fails].png", "File could not be processed"),
    ],
)
def test_ingest_failures(
    sandbox: Sandbox, data: bytes, mime_type: str, filename: str | None, reason: str
) -> None:
    file_id = uploaded(sandbox, data, mime_type=mime_type, filename=filename)
    assert get(sandbox, file_id)["failure_reason"] is None
    sandbox.time += 10
    file = get(sandbox, file_id)
    assert (file["state"], file["failure_reason"]) == ("failed", reason)


def test_ingest_that_never_ends_and_files_that_are_not_inspected(sandbox: Sandbox) -> None:
    stuck = uploaded(sandbox, picture(), filename="[stuck]")
    other = uploaded(sandbox, b"%PDF", mime_type="application/pdf")
    sandbox.time += 1e6
    assert (get(sandbox, stuck)["state"], get(sandbox, other)["state"]) == ("pending", "ready")


def test_reference_requires_a_ready_file_of_the_same_key(sandbox: Sandbox) -> None:
    file_id = uploaded(sandbox, picture())
    document = uploaded(sandbox, b"%PDF", mime_type="application/pdf")

    def refer(wanted: str, key: str = "luma-api-tests") -> tuple[int, Any]:
        body = {"prompt": "x", "image_ref": [{"file_id": wanted}]}
        answer = sandbox.ask("POST", "/v1/generations", body, key=key)
        return answer.status_code, answer.json().get("detail")

    assert refer(file_id) == (422, "image_ref[0]: file is not ready (state: pending)")
    sandbox.time += 10
    assert refer(file_id) == (201, None)
    assert refer(file_id, "luma-api-other") == (422, "image_ref[0]: file not found")
    assert refer("x") == (422, "image_ref[0]: file not found")
    assert refer(document) == (400, "image_ref[0]: an image is required, not other")
    sandbox.ask("DELETE", f"/v1/files/{file_id}")
    assert refer(file_id) == (422, "image_ref[0]: file not found")


def test_reference_to_failed_file_is_rejected(sandbox: Sandbox) -> None:
    file_id = uploaded(sandbox, b"text")
    sandbox.time += 10
    body = {"prompt": "x", "image_ref": [{"file_id": file_id}]}
    answer = sandbox.ask("POST", "/v1/generations", body)
    assert answer.json() == {"detail": "image_ref[0]: file is not ready (state: failed)"}


def test_deleted_file_stays_visible_and_deleted(sandbox: Sandbox) -> None:
    file_id = uploaded(sandbox, picture())
    first = sandbox.ask("DELETE", f"/v1/files/{file_id}")
    sandbox.time += 60
    second = sandbox.ask("DELETE", f"/v1/files/{file_id}")
    file = get(sandbox, file_id)

    assert [(answer.status_code, answer.content) for answer in (first, second)] == [(204, b"")] * 2
    assert "X-Request-Id" in first.headers
    assert (file["state"], file["deleted_at"]) == ("deleted", "2026-08-29T10:40:00Z")
    assert complete(sandbox, file_id).status_code == 404


def test_file_expires(sandbox: Sandbox) -> None:
    file_id = create(sandbox, expires_at="2026-08-29T10:41:00Z")["id"]
    sandbox.time += 59.9
    assert get(sandbox, file_id)["state"] == "pending"
    sandbox.time += 0.1
    file = get(sandbox, file_id)
    assert (file["state"], file["deleted_at"]) == ("deleted", "2026-08-29T10:41:00Z")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/files/{}"),
        ("DELETE", "/v1/files/{}"),
        ("POST", "/v1/files/{}/complete"),
    ],
)
def test_file_is_visible_to_its_key_only(sandbox: Sandbox, method: str, path: str) -> None:
    foreign = create(sandbox)["id"]
    for file_id in (foreign, "x", str(uuid.uuid4())):
        answer = sandbox.ask(method, path.format(file_id), key="luma-api-other")
        assert (answer.status_code, answer.json()) == (404, {"detail": "File not found"})


def test_file_pages_are_newest_first(sandbox: Sandbox) -> None:
    made = [create(sandbox, purpose="reference" if n % 2 else None)["id"] for n in range(7)]

    def page(query: str) -> tuple[list[str], Any]:
        answer = sandbox.ask("GET", f"/v1/files?{query}").json()
        assert answer["has_more"] == (answer["next_cursor"] is not None)
        return [file["id"] for file in answer["data"]], answer["next_cursor"]

    newest = made[::-1]
    assert page("") == (newest, None)
    first, cursor = page("limit=3")
    assert first == newest[:3]
    create(sandbox)  # what comes in between is not seen twice, and moves nothing
    second, cursor = page(f"limit=3&cursor={cursor}")
    third, end = page(f"limit=3&cursor={cursor}")
    assert (second, third, end) == (newest[3:6], newest[6:], None)
    assert page("purpose=reference&limit=7")[0] == newest[1::2]
    sandbox.ask("DELETE", f"/v1/files/{made[3]}")
    assert made[3] not in page("limit=100")[0]
    assert page("state=deleted") == ([made[3]], None)
    assert page("state=ready") == ([], None)


def test_full_last_page_has_no_more(sandbox: Sandbox) -> None:
    for _ in range(2):
        create(sandbox)
    answer = sandbox.ask("GET", "/v1/files?limit=2").json()
    assert (len(answer["data"]), answer["has_more"], answer["next_cursor"]) == (2, False, None)


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("limit=0", "limit: must be between 1 and 100"),
        ("limit=101", "limit: must be between 1 and 100"),
        ("limit=many", "limit: must be between 1 and 100"),
        ("limit=", "limit: must be between 1 and 100"),
        ("limit=-1", "limit: must be between 1 and 100"),
        ("cursor=x", "cursor: is not valid"),
        ("cursor=", "cursor: is not valid"),
        ("cursor=%C3%A9", "cursor: is not valid"),
        ("purpose=x", "purpose: 'x' is not one of input, reference"),
        ("state=x", "state: 'x' is not one of pending, ready, failed, deleted"),
    ],
)
def test_invalid_list_query(sandbox: Sandbox, query: str, detail: str) -> None:
    answer = sandbox.ask("GET", f"/v1/files?{query}")
    assert (answer.status_code, answer.json()) == (422, {"detail": detail})


@pytest.mark.parametrize(
    ("content", "content_type", "status", "detail"),
    [
        (b"{", "application/json", 400, "Request body is not valid JSON"),
        (b"[]", "application/json; charset=utf-8", 400, "Request body must be a JSON object"),
        (b"{}".ljust(65537), "application/json", 413, "Request body is too large"),
        (
            *(b"x", "text/plain", 415),
            "Content-Type must be application/json or multipart/form-data",
        ),
        (b"x", "multipart/form-data", 400, "Request body is not a valid form"),
        (b"x", "multipart/form-data; boundary=b", 400, "Request body is not a valid form"),
        (
            *(b"--b\r\nx", "multipart/form-data; boundary=b", 422),
            "file: a part with the bytes is required",
        ),
        (
            *(b"--b--\r\n", "multipart/form-data; boundary=b", 422),
            "file: a part with the bytes is required",
        ),
    ],
)
def test_invalid_file_body(
    sandbox: Sandbox, content: bytes, content_type: str, status: int, detail: str
) -> None:
    headers = {"Content-Type": content_type}
    answer = sandbox.ask("POST", "/v1/files", content=content, headers=headers)
    assert (answer.status_code, answer.json()) == (status, {"detail": detail})


def test_invalid_file_form(sandbox: Sandbox) -> None:
    for answer, detail in (
        (send_form(sandbox, b""), "file: a part with the bytes is required"),
        (send_form(sandbox, b"x", name="other"), "file: a part with the bytes is required"),
        (
            send_form(sandbox, b"x", purpose="fun"),
            "purpose: 'fun' is not one of input, reference",
        ),
    ):
        assert (answer.status_code, answer.json()) == (422, {"detail": detail})


def test_form_beyond_the_limit_is_rejected(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_forms, "LARGEST_INLINE_FILE_BYTES", 1000)
    fits, exceeds = send_form(sandbox, b"x" * 1000), send_form(sandbox, b"x" * 1001)
    far_beyond = send_form(sandbox, b"x" * 100_000)

    assert LARGEST_INLINE_FILE_BYTES == 20 * 1024 * 1024
    assert (fits.status_code, exceeds.status_code, far_beyond.status_code) == (201, 413, 413)
    assert exceeds.json()["detail"].endswith("use a presigned upload")
    assert far_beyond.json() == {"detail": "Request body is too large"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/files"),
        ("GET", "/v1/files"),
        ("GET", "/v1/files/x"),
        ("DELETE", "/v1/files/x"),
        ("POST", "/v1/files/x/complete"),
    ],
)
def test_file_endpoints_require_a_key(sandbox: Sandbox, method: str, path: str) -> None:
    answer = sandbox.ask(method, path, key="sk-x")
    assert (answer.status_code, answer.json()) == (401, {"detail": "Missing or invalid API key"})


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("image/png")
FIELDS = st.sampled_from(
    ["mime_type", "size_bytes", "filename", "purpose", "expires_at", "user_id"]
)


@given(st.dictionaries(FIELDS | st.text(), VALUES | st.lists(VALUES)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_file_body_is_answered(sandbox: Sandbox, body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    answer = sandbox.ask("POST", "/v1/files", content=content, headers=JSON)
    assert answer.status_code in (201, 400, 413, 422)
    assert ("detail" in answer.json()) == (answer.status_code != 201)


@given(st.dictionaries(st.sampled_from(["limit", "cursor", "state", "purpose"]), st.text()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_list_query_is_answered(sandbox: Sandbox, query: dict[str, str]) -> None:
    answer = sandbox.ask("GET", f"/v1/files?{httpx.QueryParams(query)}")
    assert answer.status_code in (200, 422)
