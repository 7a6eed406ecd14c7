"""Isolation for every test, and the three things most of them need: `luma`, `api`, `clock`."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest
from hypothesis import HealthCheck, settings

from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.support.fake_api import BASE_URL, FakeApi
from tests.support.installed import PROGRAMS
from tests.support.program import KEY, ODD_HEADER, Program, TestClock

_SCRUBBED = ("LUMA_", "HTTP_", "HTTPS_", "ALL_", "NO_PROXY", "SSL_CERT", "FORCE_COLOR", "XDG_")

# A busy machine makes no finding, and the same commit passes or fails every time.
settings.register_profile(
    "project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("project")

# A suite that runs in the background was told to ignore Ctrl-C; its children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

_MEMORY, _LEAST_BYTES_FREE = Path("/dev/shm"), 4 * 2**30  # noqa: S108 - pytest makes folders there


def pytest_configure() -> None:
    """Keep the files of tests in memory where that is possible.

    The program syncs what it saves, and on a disk the tests would wait for that most of the time.
    """
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _LEAST_BYTES_FREE:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


@pytest.fixture(scope="session", autouse=True)
def _authorities() -> Iterator[None]:
    """Load the certificates of the authorities once; each HTTP client would, in 20 to 120 ms."""
    create, public = ssl.create_default_context, {"cafile": certifi.where()}
    loaded = create(cafile=certifi.where())

    def create_or_share(*words: Any, **options: Any) -> ssl.SSLContext:
        return loaded if not words and options == public else create(*words, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", create_or_share)
        yield


def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are processors: many tests wait for others."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def isolation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give each test an empty home and working folder, and an environment without our variables."""
    for name in os.environ:
        if name.upper().startswith(_SCRUBBED):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "80")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """The stubbed API; checks at the end that every answer was asked for."""
    fake = FakeApi()
    yield fake
    fake.verify()


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def bare_luma(api: FakeApi, clock: TestClock, tmp_path: Path) -> Program:
    """The program on a machine where nothing is set up."""
    return Program(tmp_path / "config" / "config.toml", clock, httpx.MockTransport(api.handle))


@pytest.fixture
def luma(bare_luma: Program) -> Program:
    """The program with a key, talking to the stubbed API."""
    bare_luma.environ |= {
        "LUMA_AGENTS_API_KEY": KEY,
        "LUMA_BASE_URL": BASE_URL,
        "LUMA_CUSTOM_HEADERS": f"X-Gateway: {ODD_HEADER}",
    }
    return bare_luma


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The environment of a real process: an empty home, and nothing of ours."""
    path = f"{PROGRAMS}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}


@pytest.fixture
def sandbox(environ: dict[str, str]) -> Iterator[dict[str, str]]:
    """An environment in which a real process meets a sandbox."""
    with SandboxServer(SandboxOptions(latency={"image": 0.2, "video": 0.2})) as server:
        yield environ | {"LUMA_BASE_URL": server.base_url, "LUMA_AGENTS_API_KEY": SANDBOX_KEY}
