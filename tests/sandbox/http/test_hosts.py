"""A web page that gave its own name this machine's address gets nothing (DNS rebinding)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from luma_cli.sandbox.faults.grammar import parse_fault
from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.sandbox.http.raw import AUTHORIZATION, Conversation, serve

SERVED = (
    *("localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1", "127.0.0.1:1", "127.8.8.8"),
    *("[::1]", "[::1]:8000", "[0:0:0:0:0:0:0:1]"),
)
REFUSED = (
    *("evil.test", "evil.test:80", "x.localhost", "127.0.0.1.evil.test", "localhost.evil.test"),
    *("127.8.8.8.8", "127.1", "10.0.0.1", "[::2]", "::1", "", "a@localhost"),
    *("localhost/x", "localhost,evil.test", "evil.test localhost"),
)
TEXT = b'{"detail":"This host name is not served here; start the sandbox with it as `--host`"}'


def status_for(server: SandboxServer, host: str, method: str = "GET") -> tuple[str, bytes]:
    with Conversation(f"{server.base_url}/files") as talk:
        talk.send(method, AUTHORIZATION | {"Host": host})
        top, headers = talk.head()
        return top.partition(" ")[2], talk.read(int(headers["content-length"]))


def test_only_local_host_names_are_served() -> None:
    with serve("any:503") as server:
        served = {host: status_for(server, host)[0] for host in SERVED}
        refused = {host: status_for(server, host) for host in REFUSED}
    assert served == dict.fromkeys(SERVED, "503 Service Unavailable")
    assert refused == dict.fromkeys(REFUSED, ("421 Misdirected Request", TEXT))
    # A refusal is no request that a fault could strike, and has its line all the same.
    lines = [(entry.status, entry.fault) for entry in server.log.entries]
    assert lines == [(503, "any:503")] * len(SERVED) + [(421, None)] * len(REFUSED)


def test_rejected_host_name_creates_no_job() -> None:
    with serve() as server:
        assert status_for(server, "evil.test", "POST")[0] == "421 Misdirected Request"
    assert [entry.id for entry in server.log.entries] == [None]


@pytest.mark.parametrize("bound", ["localhost", "0.0.0.0"])  # noqa: S104 - behind a firewall or not
def test_bound_host_name_and_local_address_are_served(bound: str) -> None:
    options = replace(SandboxOptions(), host=bound, faults=(parse_fault("503"),))
    with SandboxServer(options) as server:
        assert status_for(server, "127.0.0.1")[0] == "503 Service Unavailable"
        assert status_for(server, bound)[0] == "503 Service Unavailable"
        assert status_for(server, "evil.test")[0] == "421 Misdirected Request"
