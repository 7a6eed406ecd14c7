"""A sandbox without a network and with a fixed clock."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from PIL import Image

from luma_cli.sandbox.app import build_app
from luma_cli.sandbox.log import RequestLog
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.state.state import State

ORIGIN = "http://sandbox.test"
KEY = "luma-api-tests"


class Sandbox:
    """The application, a fixed clock, and a client with a valid key."""

    def __init__(self, options: SandboxOptions) -> None:
        self.time = 1_788_000_000.0
        self.state = State(options, clock=lambda: self.time)
        self.log = RequestLog()
        self._app = build_app(self.state, self.log)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = KEY,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                sent = {
                    **({"Authorization": f"Bearer {key}"} if "/v1/" in path else {}),
                    **(headers or {}),
                }
                return await client.request(method, path, headers=sent, content=content, json=body)

        return asyncio.run(ask())

    def create(self, **body: Any) -> str:
        """Submit a job and return its id."""
        answer = self.ask("POST", "/v1/generations", {"prompt": "x", **body})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def get(self, generation_id: str) -> dict[str, Any]:
        answer = self.ask("GET", f"/v1/generations/{generation_id}")
        assert answer.status_code == 200
        return dict(answer.json())

    def link(self, **body: Any) -> str:
        """Submit a job, advance the clock to its end, and return the link to its output."""
        generation_id = self.create(**body)
        self.time += 3600
        return str(self.get(generation_id)["output"][0]["url"])

    def output(self, **body: Any) -> bytes:
        answer = self.ask("GET", self.link(**body))
        assert answer.status_code == 200, answer.text
        return answer.content


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(SandboxOptions(latency={"image": 10, "video": 20, "layering": 30}))


def inline(data: bytes, media_type: str = "image/png") -> dict[str, str]:
    """Return a reference with inline data."""
    return {"data": base64.b64encode(data).decode(), "media_type": media_type}


def picture(color: str = "#ff8800") -> bytes:
    """Return a small PNG."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(buffer, "PNG")
    return buffer.getvalue()
