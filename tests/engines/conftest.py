"""What runs other programs: `make engines` installs them, `make test` leaves these tests out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.support.batch_runs import draw_small_pictures

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "docs" / "recipes"
ENVIRONMENTS = ROOT / ".engines"


def engine(name: str, package: str | None = None) -> str:
    """Return the path of a program, of the environment of a package or else of the system.

    Skips the test if it is not installed.
    """
    folder = None if package is None else str(ENVIRONMENTS / package / "bin")
    found = shutil.which(name, path=folder)
    if found is None:
        pytest.skip(f"{name} is not installed; `make engines` installs it")
    return found


def log_of(folder: Path) -> Path:
    """Return the file in which the sandbox of a test lists every request."""
    return folder / "requests.jsonl"


@pytest.fixture
def unlimited(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """An environment with a sandbox that has no limits."""
    draw_small_pictures(monkeypatch)
    options = SandboxOptions(
        requests_per_minute=0, jobs_at_once=0, latency={"image": 0.1}, log=log_of(tmp_path)
    )
    with SandboxServer(options) as server:
        state = str(Path(environ["HOME"]) / "state")
        yield environ | {
            "LUMA_BASE_URL": server.base_url,
            "LUMA_AGENTS_API_KEY": SANDBOX_KEY,
            "LUMA_STATE_DIR": state,
        }
