"""A proxy that wants a password, between the program and a sandbox behind nginx.

Loopback by plain http never goes through a proxy; https does, to `localhost` as to anywhere.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.real_servers.nginx import Nginx, nginx
from tests.real_servers.processes import HOST, process, program, unused_port, wait_for_port
from tests.real_servers.running import REFERENCE, Done, files_here, run

pytestmark = pytest.mark.installed

USER, PASSWORD = "m4ry", "Zq7Kw3Xv9Rt5"
SECRETS = (PASSWORD, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode())
QUICK = SandboxOptions(latency={"image": 0.1, "video": 0.1, "layering": 0.1, "file": 0.1})
CREATE = ("generations", "create", "--prompt", "x", "--ref", REFERENCE, "-o", "x.png")
COMMANDS = {
    "create": CREATE,
    "upload": ("files", "upload", REFERENCE),
    "get": ("generations", "get", "0b1c6b1e-4f57-4d8c-9a57-6f2f4ad1c0de"),
}
# tinyproxy lets anyone connect to any port of any host who knows the password.
_CONFIG = """
Port {port}
Listen {host}
Timeout 30
MaxClients 20
LogFile "{folder}/log"
LogLevel Connect
BasicAuth {user} {password}
{more}
"""


class Proxy(NamedTuple):
    """A running proxy."""

    folder: Path
    port: int

    def url(self, password: str | None = PASSWORD) -> str:
        """Return what `HTTPS_PROXY` may be."""
        credentials = f"{USER}:{password}@" if password else ""
        return f"http://{credentials}{self.address}"

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def asked(self) -> list[str]:
        """The hosts and ports that connections were asked for to."""
        log = (self.folder / "log").read_text()
        return re.findall(r"Request \(file descriptor \d+\): CONNECT (\S+)", log)


@contextmanager
def tinyproxy(folder: Path, more: str = "") -> Iterator[Proxy]:
    command = [program("tinyproxy"), "-d", "-c", str(folder / "tinyproxy.conf")]
    folder.mkdir()
    proxy = Proxy(folder, unused_port())
    config = _CONFIG.format(
        port=proxy.port, host=HOST, folder=folder, user=USER, password=PASSWORD, more=more
    )
    (folder / "tinyproxy.conf").write_text(config)
    with process(command, folder / "output", environ={}) as server:
        wait_for_port(proxy.port, server, folder / "output")
        yield proxy


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    with tinyproxy(tmp_path / "proxy") as running:
        yield running


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(QUICK) as server:
        yield server


@pytest.fixture
def server(sandbox: SandboxServer, certificate: Path, tmp_path: Path) -> Iterator[Nginx]:
    with nginx(tmp_path / "nginx", certificate, sandbox.base_url.removesuffix("/v1")) as running:
        yield running


@pytest.fixture
def behind(secured: dict[str, str], server: Nginx, proxy: Proxy) -> dict[str, str]:
    """The environment of a process that reaches the server through the proxy."""
    return secured | {
        "LUMA_BASE_URL": server.base_url,
        "LUMA_MAX_RETRIES": "1",
        "HTTPS_PROXY": proxy.url(),
    }


def test_everything_arrives_through_the_proxy(
    behind: dict[str, str], reference: bytes, server: Nginx, proxy: Proxy
) -> None:
    created = run(behind, *CREATE, secrets=SECRETS)
    downloaded = run(behind, "generations", "download", "@last", "-o", "y.png", secrets=SECRETS)
    uploaded = run(behind, "files", "upload", REFERENCE, secrets=SECRETS)

    assert (created.exit_code, created.kinds) == (0, ["note:"]), created.stderr
    assert (downloaded.exit_code, downloaded.stdout, downloaded.stderr) == (0, "y.png\n", "")
    assert (uploaded.exit_code, uploaded.stderr) == (0, "")
    assert Path("x.png").read_bytes() == Path("y.png").read_bytes()
    assert files_here() == [REFERENCE, "x.png", "y.png"]
    # In each run once for the API and once for the storage.
    assert proxy.asked == [f"localhost:{server.port}"] * 6
    assert reference


def test_a_log_of_every_exchange_does_not_hold_the_password(
    behind: dict[str, str], reference: bytes, proxy: Proxy
) -> None:
    done = run(behind, "--debug", "--verbose", *CREATE, secrets=SECRETS)

    assert done.exit_code == 0, done.stderr
    assert "authorization: Bearer <REDACTED>" in done.stderr
    assert proxy.asked
    assert reference


@pytest.mark.parametrize("variable", ["ALL_PROXY", "https_proxy"])
def test_other_variables_name_the_proxy_too(
    behind: dict[str, str], proxy: Proxy, variable: str
) -> None:
    del behind["HTTPS_PROXY"]
    done = run(behind | {variable: proxy.url()}, "files", "list", secrets=SECRETS)

    assert (done.exit_code, done.stderr) == (0, "")
    assert len(proxy.asked) == 1


@pytest.mark.parametrize("excepted", ["127.0.0.1,localhost", "*"])
def test_a_host_that_no_proxy_names_is_reached_without_one(
    behind: dict[str, str], reference: bytes, proxy: Proxy, excepted: str
) -> None:
    done = run(behind | {"NO_PROXY": excepted}, *CREATE, secrets=SECRETS)

    assert (done.exit_code, done.kinds) == (0, ["note:"]), done.stderr
    assert proxy.asked == []
    assert reference


@pytest.mark.parametrize(
    ("command", "password"),
    [("create", None), ("create", "Wr0ngWr0ng"), ("upload", "Wr0ngWr0ng"), ("get", "Wr0ngWr0ng")],
)
def test_a_proxy_that_wants_another_password_is_named_at_once(
    behind: dict[str, str],
    reference: bytes,
    sandbox: SandboxServer,
    proxy: Proxy,
    command: str,
    password: str | None,
) -> None:
    environ = behind | {"HTTPS_PROXY": proxy.url(password)}
    done = run(environ, *COMMANDS[command], secrets=["Wr0ngWr0ng"])

    refused_by_the_proxy(done, proxy.address)
    assert ("(407)" if password is None else "(401)") in done.stderr
    assert "put the proxy's user and password into `HTTPS_PROXY`" in done.stderr
    assert len(proxy.asked) == 1
    assert [*sandbox.log.entries] == []
    assert reference


def test_a_proxy_that_forbids_the_port_is_named_at_once(
    behind: dict[str, str], reference: bytes, sandbox: SandboxServer, tmp_path: Path
) -> None:
    with tinyproxy(tmp_path / "strict", "ConnectPort 443") as strict:
        done = run(behind | {"HTTPS_PROXY": strict.url()}, *CREATE, secrets=SECRETS)

    refused_by_the_proxy(done, strict.address)
    assert "403" in done.stderr
    assert len(strict.asked) == 1
    assert [*sandbox.log.entries] == []
    assert reference


def test_an_unreachable_proxy_is_named(
    behind: dict[str, str], reference: bytes, sandbox: SandboxServer
) -> None:
    gone = f"{HOST}:{unused_port()}"
    environ = behind | {"HTTPS_PROXY": f"http://{USER}:{PASSWORD}@{gone}"}
    done = run(environ, *CREATE, secrets=SECRETS)

    assert (done.exit_code, done.stdout) == (10, "")
    assert gone in done.stderr
    assert [*sandbox.log.entries] == []
    assert reference


def refused_by_the_proxy(done: Done, address: str) -> None:
    """Check a run that ended at once because of what the proxy at `address` said."""
    assert (done.exit_code, done.stdout) == (10, "")
    assert done.kinds[0] == "error:"
    assert address in done.stderr
    assert files_here() == [REFERENCE]
