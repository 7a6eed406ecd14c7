"""A sandbox behind nginx, with TLS by an authority of its own: the API and the storage."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import trustme
from PIL import Image

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.real_servers.forwarder import forwarder
from tests.real_servers.nginx import Nginx, nginx
from tests.real_servers.processes import HOST, process, unused_port, wait_for_port
from tests.real_servers.running import REFERENCE, files_here, noise, picture, run
from tests.real_servers.small_api import SmallApi, serving
from tests.support.program import PLAIN_KEY

pytestmark = pytest.mark.installed

QUICK = SandboxOptions(latency={"image": 0.1, "video": 0.1, "layering": 0.1, "file": 0.1})
CREATE = ("generations", "create", "--prompt", "x", "--ref", REFERENCE, "-o", "x.png")
PAGE = "a web page, not the API's JSON"


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(QUICK) as server:
        yield server


def origin(server: SandboxServer) -> str:
    return server.base_url.removesuffix("/v1")


def output_of(server: SandboxServer, generation_id: str) -> bytes:
    """Return the output of a job, from the sandbox itself."""
    url = f"{server.base_url}/generations/{generation_id}"
    answer = httpx.get(url, headers={"Authorization": f"Bearer {PLAIN_KEY}"}).raise_for_status()
    return httpx.get(answer.json()["output"][0]["url"]).raise_for_status().content


def jobs(server: SandboxServer) -> int:
    """Return how many jobs were made, whatever the client got to see."""
    return len([1 for entry in server.log.entries if entry.endpoint == "create" and entry.id])


# What nginx is told, and what its log must show: of the API's answers, and of the downloads.
WAYS = {
    "as it is": ("", {"chunked"}, {""}),
    "gzip": ("gzip on; gzip_min_length 1; gzip_types *;", {"gzip", "chunked"}, {""}),  # not a 201
    "a limit for the rate of the body": ("limit_rate 600k;", {"chunked"}, {""}),
    "answers that end with the connection": ("chunked_transfer_encoding off;", {""}, {""}),
    "bodies passed on while they come": (
        "proxy_http_version 1.1; proxy_request_buffering off; proxy_buffering off;",
        *({"chunked"}, {""}),
    ),
    "connections that soon end": ("keepalive_timeout 20ms;", {"chunked"}, {""}),
}


@pytest.mark.parametrize("way", WAYS)
def test_everything_arrives_through_nginx(
    way: str,
    secured: dict[str, str],
    reference: bytes,
    certificate: Path,
    sandbox: SandboxServer,
    tmp_path: Path,
) -> None:
    directives, api, downloads = WAYS[way]
    with nginx(tmp_path / "nginx", certificate, origin(sandbox), directives) as server:
        environ = secured | {"LUMA_BASE_URL": server.base_url}
        created = run(environ, *CREATE)
        downloaded = run(environ, "generations", "download", "@last", "-o", "y.png")
        uploaded = run(environ, "files", "upload", REFERENCE)

    assert (created.exit_code, created.kinds) == (0, ["note:"]), created.stderr
    assert (downloaded.exit_code, downloaded.stdout, downloaded.stderr) == (0, "y.png\n", "")
    assert (uploaded.exit_code, uploaded.stderr) == (0, "")
    record = json.loads(uploaded.stdout)
    assert (record["state"], record["size_bytes"]) == ("ready", len(reference))
    expected = output_of(sandbox, json.loads(created.stdout)["id"])
    assert Path("x.png").read_bytes() == Path("y.png").read_bytes() == expected
    assert files_here() == [REFERENCE, "x.png", "y.png"]
    assert jobs(sandbox) == 1
    assert {request.status for request in server.requests} <= {200, 201}
    assert {request.tls for request in server.requests} == {"TLSv1.3"}
    assert shapes(server, for_api=True) == api
    assert shapes(server, for_api=False) == downloads


def shapes(server: Nginx, *, for_api: bool) -> set[str]:
    """Return what nginx made of the answers: `gzip`, `chunked`, or nothing."""
    return {
        request.encoding or request.framing
        for request in server.requests
        if request.is_for_api == for_api and request.method != "PUT"
    }


def test_a_body_that_nginx_finds_too_large_is_refused_and_no_job_is_made(
    secured: dict[str, str],
    reference: bytes,
    certificate: Path,
    sandbox: SandboxServer,
    tmp_path: Path,
) -> None:
    small = "client_max_body_size 10k;"
    with nginx(tmp_path / "nginx", certificate, origin(sandbox), small) as server:
        done = run(secured | {"LUMA_BASE_URL": server.base_url}, *CREATE)

    assert (done.exit_code, done.stdout) == (3, "")
    assert f"error: the server answered HTTP 413 with {PAGE}\n" in done.stderr
    assert jobs(sandbox) == 0
    assert len(reference) > 10 * 1024
    assert [request.status for request in server.requests] == [413]


def test_a_large_body_that_nginx_does_not_read_is_refused_and_not_unknown(
    secured: dict[str, str], certificate: Path, sandbox: SandboxServer, tmp_path: Path
) -> None:
    size = (1600, 1600)
    Image.frombytes("RGB", size, noise(1600 * 1600 * 3)).save("large.png", compress_level=0)
    small = "client_max_body_size 10k; lingering_close off;"
    with nginx(tmp_path / "nginx", certificate, origin(sandbox), small) as server:
        environ = secured | {"LUMA_BASE_URL": server.base_url}
        done = run(
            *(environ, "generations", "create", "--prompt", "x", "--ref", "large.png"),
            *("--upload", "never"),
        )

    # The refusal may be lost with the connection: then nobody on this side can know.
    assert done.exit_code in (3, 11), done.stderr
    assert "HTTP 413" in done.stderr or "may or may not have been accepted" in done.stderr
    assert jobs(sandbox) == 0
    assert [request.status for request in server.requests] == [413]


@pytest.mark.parametrize(
    ("fault", "status", "accepted"),
    [
        pytest.param(None, 502, 0, id="nobody there"),
        pytest.param("create:reset-after-send", 502, 1, id="gone after the request was read"),
        pytest.param("create:stall-before-read:0B:30s", 504, 0, id="no answer in time"),
    ],
)
def test_a_page_of_nginx_in_the_place_of_an_answer_leaves_a_submission_unknown(
    secured: dict[str, str],
    reference: bytes,
    certificate: Path,
    tmp_path: Path,
    fault: str | None,
    status: int,
    accepted: int,
) -> None:
    options = replace(QUICK, faults=(parse_fault(fault),) if fault else ())
    with SandboxServer(options) as sandbox:
        upstream = origin(sandbox) if fault else f"http://127.0.0.1:{unused_port()}"
        with nginx(tmp_path / "nginx", certificate, upstream, "proxy_read_timeout 1s;") as server:
            done = run(secured | {"LUMA_BASE_URL": server.base_url}, *CREATE)

    assert (done.exit_code, done.stdout) == (11, "")
    assert done.kinds[0] == "error:"
    assert "may or may not have been accepted" in done.stderr
    assert f"HTTP {status} with {PAGE}\n" in done.stderr
    assert [request.status for request in server.requests] == [status]
    assert jobs(sandbox) == accepted
    assert files_here() == [REFERENCE]
    assert reference


def test_a_page_of_nginx_while_a_job_runs_does_not_end_the_wait(
    secured: dict[str, str], certificate: Path, tmp_path: Path
) -> None:
    options = replace(QUICK, faults=(parse_fault("get:reset-after-read:1-2"),))
    with (
        SandboxServer(options) as sandbox,
        nginx(tmp_path / "nginx", certificate, origin(sandbox)) as server,
    ):
        environ = secured | {"LUMA_BASE_URL": server.base_url}
        done = run(environ, "generations", "create", "--prompt", "x", "-o", "x.png")

    assert done.exit_code == 0, done.stderr
    assert set(done.kinds) == {"note:"}
    assert [request.status for request in server.requests].count(502) == 2
    assert jobs(sandbox) == 1
    assert files_here() == ["x.png"]


def test_an_output_that_nginx_sends_packed_unasked_is_unpacked_or_refused_once(
    secured: dict[str, str], certificate: Path, tmp_path: Path
) -> None:
    content = picture(50_000)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "fox.png.gz").write_bytes(gzip.compress(content))
    static = f"location /files/ {{ root {tmp_path}; gzip_static always; default_type image/png; }}"
    nowhere = f"http://127.0.0.1:{unused_port()}"
    api = SmallApi(lambda _: f"{server.origin}/files/fox.png", lambda *_: {})
    with nginx(tmp_path / "nginx", certificate, nowhere, "", static) as server, serving(api) as url:
        environ = secured | {"LUMA_BASE_URL": url}
        done = run(environ, "generations", "download", "some-job", "-o", "x.png")

    assert {(each.status, each.encoding) for each in server.requests} == {(200, "gzip")}
    assert done.exit_code == 0, done.stderr
    assert Path("x.png").read_bytes() == content
    assert len(server.requests) == 1


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_an_old_server_that_knows_no_ranges_serves_both_sides(
    secured: dict[str, str], tmp_path: Path, version: str
) -> None:
    """Python's own server of files answers in HTTP/1.0, without `ETag`, and knows no ranges."""
    content = picture(50_000)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "fox.png").write_bytes(content)
    port = unused_port()
    command = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        HOST,
        "--protocol",
        version,
    ]
    log = tmp_path / "log"
    command += ["--directory", str(tmp_path / "files")]
    with process(command, log, environ={}) as server:
        wait_for_port(port, server, log)
        with forwarder(port, [20_000]) as cut:
            api = SmallApi(lambda _: f"http://{HOST}:{cut}/fox.png", lambda *_: {})
            with serving(api, version) as base_url:
                environ = secured | {"LUMA_BASE_URL": base_url}
                done = run(environ, "generations", "create", "--prompt", "x", "-o", "x.png")

    assert (done.exit_code, done.kinds) == (0, ["note:", "note:"]), done.stderr
    assert Path("x.png").read_bytes() == content
    assert files_here() == ["x.png"]
    assert log.read_text().count('"GET /fox.png HTTP/1.1" 200') == 2


def wrong_certificate(kind: str, authority: trustme.CA) -> trustme.LeafCert:
    """Return a certificate that `localhost` cannot be trusted by."""
    if kind == "of another authority":
        return trustme.CA().issue_cert("localhost")
    if kind == "of another host":
        return authority.issue_cert("storage.test")
    return authority.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1))


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        *[("of another authority", command) for command in ("create", "upload", "get")],
        *[(kind, "create") for kind in ("of another host", "expired")],
    ],
)
def test_a_certificate_that_does_not_verify_is_final_and_nothing_is_sent(
    secured: dict[str, str],
    reference: bytes,
    authority: trustme.CA,
    sandbox: SandboxServer,
    tmp_path: Path,
    kind: str,
    command: str,
) -> None:
    certificate = tmp_path / "wrong.pem"
    wrong_certificate(kind, authority).private_key_and_cert_chain_pem.write_to_path(certificate)
    words = {
        "create": CREATE,
        "upload": ("files", "upload", REFERENCE),
        "get": ("generations", "get", "0b1c6b1e-4f57-4d8c-9a57-6f2f4ad1c0de"),
    }[command]
    with nginx(tmp_path / "nginx", certificate, origin(sandbox)) as server:
        done = run(secured | {"LUMA_BASE_URL": server.base_url, "LUMA_MAX_RETRIES": "1"}, *words)

    assert (done.exit_code, done.stdout) == (10, "")
    assert done.kinds[0] == "error:"  # and no note that announces another try
    assert "ertificate" in done.stderr
    assert "SSL_CERT_FILE" in done.stderr
    assert [*sandbox.log.entries] == []
    assert files_here() == [REFERENCE]
    assert reference
