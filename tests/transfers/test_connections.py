"""Several transfers share connections: the end of one leaves those of the others alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from luma_cli.connections import leave
from luma_cli.transfers.body_reader import read_chunks
from luma_cli.transfers.storage_errors import read_error_document
from tests.support.raw_server import Asked, RawServer, Reply, answer

BODY = b"pixels" * 50_000


@pytest.fixture
def server() -> Iterator[RawServer]:
    def reply(asked: Asked) -> Reply:
        body = b"no" if asked.target == "/refused" else BODY
        return Reply([answer("200 OK", {"Content-Length": str(len(body))}, body)])

    with RawServer(reply) as server:
        yield server


@pytest.mark.parametrize(
    ("target", "read"),
    [
        ("/", lambda response: list(read_chunks(response, len(BODY)))),
        ("/refused", read_error_document),
    ],
)
def test_a_response_that_is_left_late_does_not_close_the_next_one(
    server: RawServer, target: str, read: Callable[[httpx.Response], object]
) -> None:
    with httpx.Client(trust_env=False) as http:
        first = http.send(http.build_request("GET", server.origin + target), stream=True)
        read(first)
        second = http.send(http.build_request("GET", server.origin), stream=True)
        leave(first)

        assert b"".join(read_chunks(second, len(BODY))) == BODY
        leave(second)


def test_a_connection_is_used_again_once_it_is_left(server: RawServer) -> None:
    with httpx.Client(trust_env=False) as http:
        ports = []
        for _ in range(2):
            response = http.send(http.build_request("GET", server.origin), stream=True)
            assert b"".join(read_chunks(response, len(BODY))) == BODY
            ports.append(response.extensions["network_stream"].get_extra_info("client_addr"))
            leave(response)

    assert ports[0] == ports[1]
