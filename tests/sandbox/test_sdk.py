"""The official SDK against a sandbox on the loopback interface."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import luma_agents
import pytest

from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions, parse_latency
from luma_cli.sandbox.server import SandboxServer


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with SandboxServer(SandboxOptions(latency=parse_latency("0s"))) as server:
        yield server.base_url


def sdk(base_url: str, key: str = SANDBOX_KEY) -> luma_agents.Luma:
    return luma_agents.Luma(auth_token=key, base_url=base_url, max_retries=0)


def test_it_creates_and_gets(base_url: str) -> None:
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
def test_it_raises_the_class_for_each_status(
    base_url: str, key: str, error: type[luma_agents.APIStatusError], status: int, detail: str
) -> None:
    with sdk(base_url, key) as client, pytest.raises(error) as refusal:
        client.generations.create(prompt="x", extra_body={"model": "ray-3.2-max"})
    assert type(refusal.value) is error
    assert (refusal.value.status_code, refusal.value.body) == (status, {"detail": detail})


def test_it_knows_what_is_not_found_and_not_processable(base_url: str) -> None:
    with sdk(base_url) as client:
        with pytest.raises(luma_agents.NotFoundError, match="Generation not found"):
            client.generations.get("x")
        with pytest.raises(luma_agents.UnprocessableEntityError, match="invalid base64 data"):
            client.generations.create(
                prompt="x", image_ref=[{"data": "%", "media_type": "image/png"}]
            )
