"""What the tests with real servers share: an authority, a picture, an environment, a storage."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from PIL import Image

from tests.real_servers.running import REFERENCE, noise
from tests.real_servers.storage import Storage
from tests.support.program import PLAIN_KEY

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """An authority that no machine knows."""
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with certificate and key of this machine."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        path
    )
    return path


@pytest.fixture
def secured(environ: dict[str, str], authority: trustme.CA, tmp_path: Path) -> dict[str, str]:
    """The environment of a process that trusts the authority and has a key."""
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    return environ | {
        "SSL_CERT_FILE": str(tmp_path / "authority.pem"),
        "LUMA_AGENTS_API_KEY": PLAIN_KEY,
        "LUMA_POLL_INTERVAL": "100ms",
        "LUMA_REQUEST_TIMEOUT": "20s",
    }


@pytest.fixture
def reference() -> bytes:
    """The bytes of a picture, as a file in the working folder: it cannot be packed."""
    Image.frombytes("RGB", (200, 200), noise(200 * 200 * 3)).save(REFERENCE)
    return Path(REFERENCE).read_bytes()


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """S3 by moto's server."""
    log = tmp_path_factory.mktemp("storage") / "log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.real_servers.object_storage"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "ignore"},
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as server,
    ):
        assert server.stdout is not None
        try:
            port = server.stdout.readline()
            assert port, log.read_text()
            yield Storage(int(port))
        finally:
            server.terminate()
            server.wait(10)
