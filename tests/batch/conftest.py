"""A batch that runs in this process."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.batch.running import Batch
from tests.support.batch_api import BatchApi
from tests.support.fake_api import BASE_URL
from tests.support.program import PLAIN_KEY, Program, TestClock


@pytest.fixture
def batch_api() -> BatchApi:
    return BatchApi()


@pytest.fixture
def program(batch_api: BatchApi, clock: TestClock, tmp_path: Path) -> Program:
    """The program, with the API in memory at the other end."""
    return Program(
        tmp_path / "config" / "config.toml",
        clock,
        httpx.MockTransport(batch_api.handle),
        {
            "LUMA_AGENTS_API_KEY": PLAIN_KEY,
            "LUMA_BASE_URL": BASE_URL,
            "LUMA_STATE_DIR": str(tmp_path / "state"),
        },
    )


@pytest.fixture
def batch(program: Program, batch_api: BatchApi) -> Batch:
    return Batch(program, batch_api)
