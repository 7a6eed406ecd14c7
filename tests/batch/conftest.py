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
def batch(clock: TestClock, tmp_path: Path) -> Batch:
    api = BatchApi()
    program = Program(
        tmp_path / "config" / "config.toml",
        clock,
        httpx.MockTransport(api.handle),
        {"LUMA_AGENTS_API_KEY": PLAIN_KEY, "LUMA_BASE_URL": BASE_URL},
    )
    return Batch(program, api)
