"""A transfer ends at its deadline, whatever the peer does; and a head comes in time, or never."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from pathlib import Path
from typing import BinaryIO

import httpx
import pytest

from luma_cli.errors import UnavailableError, WaitTimeoutError
from luma_cli.host import Clock
from luma_cli.transfers import body_reader as stream
from luma_cli.transfers.download import download
from luma_cli.transfers.partial_file import PartialLocation
from luma_cli.transfers.storage import Storage
from luma_cli.transfers.to_stdout import OutgoingStream, stream_to
from luma_cli.transfers.upload import put_file
from tests.support.raw_server import Asked, RawServer, Reply, answer

FILE = {"ETag": '"v1"', "Content-Type": "image/png"}
PNG = b"\x89PNG\r\n\x1a\n"
DEADLINE_SECONDS = 0.4
SILENCE_SECONDS = 20.0
HEAD = answer("200 OK", FILE | {"Content-Length": "1000000"})
# Nothing here may last as long as a silence that is allowed.
SOON_SECONDS = 5.0


def drip(start: bytes = b"", byte: bytes = b"x") -> Iterator[bytes]:
    """Send something now and then, for ever: the pace of a peer that is never silent."""
    yield start
    for packet in repeat(byte):
        time.sleep(0.01)  # in the server's thread: it is the pace, not a wait for something
        yield packet


DRIPPING: dict[str, Callable[[], Iterable[bytes]]] = {
    "a body": lambda: drip(HEAD + PNG),
    "a head": lambda: drip(b"HTTP/1.1 200 OK\r\nX: "),
    "other heads": lambda: drip(byte=b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "a long body": lambda: drip(HEAD + PNG, b"x" * 1000),
    "chunks": lambda: drip(
        answer("200 OK", FILE | {"Transfer-Encoding": "chunked"}), b"1\r\nx\r\n"
    ),
    "blanks": lambda: drip(HEAD, b" "),
    "nothing": lambda: [b""],
    "nothing behind the head": lambda: [HEAD],
}


def storage(deadline: float, silence: float) -> tuple[httpx.Client, Storage]:
    clock = Clock()
    http = httpx.Client(timeout=silence, trust_env=False, verify=False)  # noqa: S501
    return http, Storage(lambda _: http, clock, clock.now() + deadline)


def save(server: RawServer, deadline: float = math.inf, silence: float = SILENCE_SECONDS) -> None:
    http, reached = storage(deadline, silence)
    with http:
        download(
            reached,
            f"{server.origin}/a.png",
            lambda _: Path("out/a.png"),
            location=PartialLocation(Path("out"), "gen_1-0"),
            overwrite=False,
            report=lambda *_: None,
        )


@pytest.mark.parametrize("bypass_from", [0, 2_000_000], ids=["connection", "library"])
@pytest.mark.parametrize("packets", DRIPPING.values(), ids=DRIPPING)
def test_a_download_ends_at_its_deadline(
    packets: Callable[[], Iterable[bytes]], bypass_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LEAST_BYTES_TO_BYPASS", bypass_from)
    start = time.monotonic()

    with (
        RawServer(lambda _: Reply(packets())) as server,
        pytest.raises(WaitTimeoutError) as late,
    ):
        save(server, DEADLINE_SECONDS)

    assert DEADLINE_SECONDS <= time.monotonic() - start < SOON_SECONDS
    assert late.value.message == "`--timeout` ran out: the download was not complete"
    assert not Path("out/a.png").exists()


@pytest.mark.parametrize("packets", DRIPPING.values(), ids=DRIPPING)
def test_what_goes_to_stdout_ends_at_its_deadline(packets: Callable[[], Iterable[bytes]]) -> None:
    start = time.monotonic()
    with RawServer(lambda _: Reply(packets())) as server:
        http, reached = storage(DEADLINE_SECONDS, SILENCE_SECONDS)
        with http, pytest.raises(WaitTimeoutError):
            stream_to(
                reached, f"{server.origin}/a", OutgoingStream(lambda _: None), lambda *_: None
            )

    assert time.monotonic() - start < SOON_SECONDS


@pytest.mark.parametrize("name", ["a head", "other heads"])
def test_without_a_deadline_a_head_comes_within_the_longest_silence(name: str) -> None:
    start = time.monotonic()

    with (
        RawServer(lambda _: Reply(DRIPPING[name]())) as server,
        pytest.raises(UnavailableError, match="stopped answering"),
    ):
        save(server, silence=0.4)

    assert 0.4 <= time.monotonic() - start < SOON_SECONDS


def test_a_body_that_comes_slowly_has_no_limit_but_the_deadline() -> None:
    content = PNG + bytes(40)
    head = answer("200 OK", FILE | {"Content-Length": str(len(content))})

    def slowly() -> Iterator[bytes]:
        yield head
        for byte in content:
            time.sleep(0.01)
            yield bytes([byte])

    with RawServer(lambda _: Reply(slowly())) as server:
        save(server, silence=0.3)  # it takes longer than that

    assert Path("out/a.png").read_bytes() == content


def test_a_connection_that_is_used_again_has_the_limits_too() -> None:
    whole = answer("200 OK", FILE | {"Content-Length": str(len(PNG))}, PNG)
    replies: Iterator[Iterable[bytes]] = iter([[whole], drip(b"HTTP/1.1 200 OK\r\nX: ")])
    start = time.monotonic()

    with RawServer(lambda _: Reply(next(replies))) as server:
        http, reached = storage(1.0, SILENCE_SECONDS)
        with http:
            url = f"{server.origin}/a"
            stream_to(reached, url, OutgoingStream(lambda _: None), lambda *_: None)
            with pytest.raises(WaitTimeoutError):
                stream_to(reached, url, OutgoingStream(lambda _: None), lambda *_: None)

    assert time.monotonic() - start < SOON_SECONDS


def upload(server: RawServer, deadline: float, silence: float = SILENCE_SECONDS) -> None:
    path = Path("large.png")
    path.write_bytes(PNG)
    with path.open("ab") as file:
        file.truncate(20_000_000)
    http, reached = storage(deadline, silence)
    with http:
        put_file(reached, f"{server.origin}/f1", {}, path, 20_000_000, lambda *_: None)


class Unread(RawServer):
    """Reads the head of a request, and then its body at `pace` bytes each 10 ms."""

    pace = 0

    @classmethod
    def _read(cls, incoming: BinaryIO) -> Asked | None:
        line = incoming.readline()
        while line.strip():
            line = incoming.readline()
        while cls.pace and incoming.read(cls.pace):
            time.sleep(0.01)
        time.sleep(SOON_SECONDS)
        return None


class Sluggish(Unread):
    pace = 1


@pytest.mark.parametrize("kind", [Unread, Sluggish])
def test_an_upload_that_nobody_reads_ends_at_its_deadline(kind: type[RawServer]) -> None:
    start = time.monotonic()

    with kind(lambda _: Reply([])) as server, pytest.raises(WaitTimeoutError) as late:
        upload(server, DEADLINE_SECONDS)

    assert time.monotonic() - start < SOON_SECONDS
    assert late.value.message == "`--timeout` ran out: the upload was not complete"


@pytest.mark.parametrize("name", ["a head", "other heads"])
def test_the_answer_to_an_upload_comes_in_time(name: str) -> None:
    start = time.monotonic()

    with RawServer(lambda _: Reply(DRIPPING[name]())) as server:
        with pytest.raises(WaitTimeoutError):
            upload(server, 1.0)
        with pytest.raises(UnavailableError):
            upload(server, math.inf, silence=0.4)

    assert time.monotonic() - start < 2 * SOON_SECONDS


def test_no_request_is_made_behind_the_deadline() -> None:
    with RawServer(lambda _: Reply([])) as server:
        with pytest.raises(WaitTimeoutError):
            save(server, -1)
        with pytest.raises(WaitTimeoutError):
            upload(server, -1)

        assert server.asked == []
