"""The official SDK with a sandbox in place of the API."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import luma_agents
import pytest
from luma_agents.types import FileState

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions, parse_latency
from luma_cli.sandbox.server import SandboxServer
from tests.sandbox.conftest import picture

OPTIONS = SandboxOptions(latency=parse_latency("0"), requests_per_minute=0)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with SandboxServer(OPTIONS) as server:
        yield server.base_url


def sdk(base_url: str, key: str = SANDBOX_KEY) -> luma_agents.Luma:
    return luma_agents.Luma(auth_token=key, base_url=base_url, max_retries=0)


def upload(client: luma_agents.Luma, data: bytes, **fields: str) -> str:
    """Upload a picture through a presigned link, which the SDK does not do; return the id."""
    created = client.files.create(
        mime_type="image/png", size_bytes=len(data), extra_body=fields or None
    )
    assert (created.state, created.file.id) == ("pending", created.id)
    assert created.upload is not None
    assert created.upload.method == "PUT"
    put = httpx.put(
        created.upload.url, content=data, headers=created.upload.headers, trust_env=False
    )
    assert (put.status_code, put.content) == (200, b"")
    assert client.files.complete(created.id).state == "pending"
    return created.id


def test_sdk_creates_and_gets_generation(base_url: str) -> None:
    with sdk(base_url) as client:
        created = client.generations.create(prompt="a red fox", aspect_ratio="3:2")
        ended = client.generations.get(created.id)

    assert (created.state, created.model, created.output) == ("queued", "uni-1", [])
    assert (ended.id, ended.state, ended.created_at) == (
        created.id,
        "completed",
        created.created_at,
    )
    assert ended.output is not None
    (output,) = ended.output
    assert output.url is not None
    download = httpx.get(output.url, trust_env=False)
    assert (output.type, download.status_code, download.content[:4]) == ("image", 200, b"\x89PNG")


def test_sdk_uploads_file_through_link(base_url: str) -> None:
    with sdk(base_url, "luma-api-uploads") as client:
        file_id = upload(client, picture(), filename="fox.png", purpose="reference", user_id="me")
        file = client.files.get(file_id)
        edit = client.generations.create(
            prompt="winter", type="image_edit", source={"file_id": file_id}
        )
        ended = client.generations.get(edit.id)

    assert (file.state, file.filename, file.purpose, file.user_id) == (
        *("ready", "fox.png", "reference"),
        "me",
    )
    assert (file.size_bytes, file.mime_type, file.deleted_at) == (len(picture()), "image/png", None)
    assert ended.state == "completed"


def test_sdk_uploads_file_in_form(base_url: str) -> None:
    with sdk(base_url, "luma-api-forms") as client:
        answer = httpx.post(
            f"{base_url}/files",
            headers={"Authorization": "Bearer luma-api-forms"},
            files={"file": ("fox.png", picture(), "image/png")},
            data={"purpose": "reference"},
            trust_env=False,
        )
        created = luma_agents.types.CreateFileResponse.model_validate(answer.json())
        file = client.files.get(created.id)
        job = client.generations.create(prompt="x", image_ref=[{"file_id": created.id}])
        ended = client.generations.get(job.id)

    assert (answer.status_code, created.state, created.upload) == (201, "pending", None)
    assert (file.state, file.filename, file.purpose) == ("ready", "fox.png", "reference")
    assert ended.state == "completed"


def test_sdk_lists_pages_of_files(base_url: str) -> None:
    with sdk(base_url, "luma-api-pages") as client:
        made = [client.files.create(mime_type="image/png", size_bytes=1).id for _ in range(60)]
        pages, page = [], client.files.list()
        pages.append(page)
        while page.has_more:
            assert page.next_cursor is not None
            page = client.files.list(cursor=page.next_cursor)
            pages.append(page)

    assert [len(page.data) for page in pages] == [25, 25, 10]
    assert [file.id for page in pages for file in page.data] == made[::-1]
    assert pages[-1].next_cursor is None


def test_sdk_filters_and_deletes_files(base_url: str) -> None:
    with sdk(base_url, "luma-api-filters") as client:
        ready = upload(client, picture(), purpose="reference")
        waiting = client.files.create(mime_type="video/mp4", size_bytes=9).id
        gone = upload(client, picture())
        client.files.delete(gone)

        def listed(state: FileState) -> list[str]:
            return [file.id for file in client.files.list(state=state).data]

        by_state = {state: listed(state) for state in ("ready", "pending", "deleted", "failed")}
        references = [file.id for file in client.files.list(purpose="reference").data]
        everything = [file.id for file in client.files.list(limit=2).data]
        deleted = client.files.get(gone)
        with pytest.raises(luma_agents.UnprocessableEntityError, match="file not found"):
            client.generations.create(prompt="x", image_ref=[{"file_id": gone}])

    assert by_state == {"ready": [ready], "pending": [waiting], "deleted": [gone], "failed": []}
    assert (references, everything) == ([ready], [waiting, ready])
    assert (deleted.state, deleted.deleted_at is not None) == ("deleted", True)


@pytest.mark.parametrize(
    ("key", "error", "status", "detail"),
    [
        (SANDBOX_KEY, luma_agents.BadRequestError, 400, "Unknown model: ray-3.2-max"),
        ("sk-x", luma_agents.AuthenticationError, 401, "Missing or invalid API key"),
        ("luma-api-expired", luma_agents.AuthenticationError, 401, "API key has expired"),
        (
            *("luma-api-nofunds", luma_agents.APIStatusError, 402),
            "Insufficient balance. Please add funds to continue.",
        ),
        (
            *("luma-api-suspended", luma_agents.PermissionDeniedError, 403),
            "API client is suspended",
        ),
    ],
)
def test_sdk_raises_error_class_of_status(
    base_url: str, key: str, error: type[luma_agents.APIStatusError], status: int, detail: str
) -> None:
    with sdk(base_url, key) as client, pytest.raises(error) as refusal:
        client.generations.create(prompt="x", extra_body={"model": "ray-3.2-max"})
    assert type(refusal.value) is error
    assert (refusal.value.status_code, refusal.value.body) == (status, {"detail": detail})


@pytest.mark.parametrize(
    ("host", "error", "status", "detail"),
    [
        (
            "http-404",
            luma_agents.UnprocessableEntityError,
            422,
            "image_ref[0]: failed to fetch URL (HTTP 404)",
        ),
        ("too-large", luma_agents.APIStatusError, 413, "image_ref[0]: image exceeds 50 MB limit"),
        ("no-proxy", luma_agents.InternalServerError, 502, "image_ref[0]: fetch proxy unavailable"),
        (
            "no-ingestion",
            luma_agents.InternalServerError,
            503,
            "Media URL ingestion is unavailable",
        ),
    ],
)
def test_sdk_raises_error_class_of_magic_url(
    base_url: str, host: str, error: type[luma_agents.APIStatusError], status: int, detail: str
) -> None:
    with sdk(base_url) as client, pytest.raises(error) as refusal:
        client.generations.create(
            prompt="x", image_ref=[{"url": f"https://{host}.sandbox.test/a.png"}]
        )
    assert type(refusal.value) is error
    assert (refusal.value.status_code, refusal.value.body) == (status, {"detail": detail})


def test_sdk_raises_not_found_and_conflict(base_url: str) -> None:
    with sdk(base_url) as client:
        with pytest.raises(luma_agents.NotFoundError, match="Generation not found"):
            client.generations.get("x")
        with pytest.raises(luma_agents.NotFoundError, match="File not found"):
            client.files.get("x")
        waiting = client.files.create(mime_type="image/png", size_bytes=1).id
        with pytest.raises(luma_agents.ConflictError, match="File has not been uploaded"):
            client.files.complete(waiting)


def test_sdk_waits_for_rate_limit() -> None:
    faults = (parse_fault("create:429:1s:1"),)
    with SandboxServer(SandboxOptions(requests_per_minute=1, faults=faults)) as server:
        with luma_agents.Luma(auth_token=SANDBOX_KEY, base_url=server.base_url) as patient:
            assert patient.generations.create(prompt="x").state == "queued"
        with sdk(server.base_url) as client, pytest.raises(luma_agents.RateLimitError) as refusal:
            client.generations.create(prompt="x")
    assert refusal.value.body == {"detail": "Rate limit exceeded"}
    assert refusal.value.response.headers["X-RateLimit-Remaining"] == "0"
    statuses = [entry.status for entry in server.log.entries]
    assert statuses == [429, 201, 429]


def test_sdk_retry_pays_twice() -> None:
    faults = (parse_fault("create:reset-after-read:1"),)
    with (
        SandboxServer(SandboxOptions(faults=faults)) as server,
        luma_agents.Luma(auth_token=SANDBOX_KEY, base_url=server.base_url) as client,
    ):
        client.generations.create(prompt="x")
    assert len({entry.id for entry in server.log.entries}) == 2


def test_sdk_asynchronous_client(base_url: str) -> None:
    async def create_and_get() -> str:
        async with luma_agents.AsyncLuma(auth_token=SANDBOX_KEY, base_url=base_url) as client:
            created = await client.generations.create(prompt="x")
            return (await client.generations.get(created.id)).state

    assert asyncio.run(create_and_get()) == "completed"
