"""Faults that delay answers: drip and early hints."""

from __future__ import annotations

import time

import pytest

from tests.sandbox.http.raw import (
    AUTHORIZATION,
    BODY,
    CLOSED,
    Conversation,
    finished,
    serve,
)


@pytest.mark.parametrize("fault", ["drip:1ms", "drip:1MB/s", "drip-head:1ms", "drip-head:1MB/s"])
def test_drip_sends_complete_answer_and_keeps_connection(fault: str) -> None:
    with (
        serve(f"get:{fault}:2") as server,
        Conversation(f"{server.base_url}/generations") as talk,
    ):
        talk.send("POST", AUTHORIZATION, BODY)
        _, headers = talk.head()
        job = talk.read(int(headers["content-length"]))[7:43].decode()
        asked = AUTHORIZATION | {"X-Request-Id": "x"}
        seen = []
        for _ in range(3):
            talk.send(headers=asked, path=f"/v1/generations/{job}")
            head = talk.raw_head()
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            seen.append((head, talk.read(length).partition(b"https")[0][:90]))
    assert seen[0] == seen[1] == seen[2]
    faults = [entry.fault for entry in server.log.entries]
    assert faults == [None, None, f"get:{fault}:2", None]


def arrivals(fault: str, count: int) -> tuple[bytes, list[float]]:
    """Return the first bytes of an answer, and the time of each piece in seconds."""
    with serve(fault) as server, Conversation(f"{server.base_url}/files") as talk:
        began, times, data = time.monotonic(), [], b""
        talk.send(headers=AUTHORIZATION)
        while len(data) < count:
            data += talk.read(1)
            times.append(time.monotonic() - began)
    return data, times


def test_drip_starts_with_the_head() -> None:
    data, times = arrivals("drip:50ms", 5)
    assert data == b"HTTP/"
    assert 0.19 < times[-1] < 5


def test_drip_rate() -> None:
    data, times = arrivals("drip:200B/s", 60)
    assert data.startswith(b"HTTP/1.1 200 OK\r\n")
    assert 0.19 < times[-1] < 5  # drops of 20 bytes: now, after 0.1 s, after 0.2 s


def test_drip_default_is_one_byte_per_second() -> None:
    with serve("drip") as server, Conversation(f"{server.base_url}/files") as talk:
        began = time.monotonic()
        talk.send(headers=AUTHORIZATION)
        assert talk.read(2) == b"HT"
        assert 0.95 < time.monotonic() - began < 5
    (entry,) = server.log.entries
    assert (entry.status, entry.fault) == (200, "drip")


def test_drip_head_sends_body_at_once() -> None:
    with serve("download:drip-head:2ms:2") as server:
        link, picture = finished(server)
        with Conversation(link) as talk:
            talk.send()
            talk.head()
            began = time.monotonic()
            assert talk.read(len(picture)) == picture
            assert time.monotonic() - began < 2


EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n"


def test_early_hints_end_with_the_answer() -> None:
    with (
        serve("create:early-hints:250ms") as server,
        Conversation(f"{server.base_url}/generations") as talk,
    ):
        talk.send("POST", AUTHORIZATION, BODY)
        heads = [talk.raw_head()]
        while heads[-1] == EARLY:
            heads.append(talk.raw_head())
    assert 2 <= len(heads) <= 4
    assert heads[-1].startswith(b"HTTP/1.1 201 Created\r\n")
    (entry,) = server.log.entries
    assert (entry.status, entry.id is not None) == (201, True)


@pytest.mark.parametrize("fault", ["endless-103", "early-hints"])
def test_early_hints_without_time_last_until_the_client_disconnects(fault: str) -> None:
    with (
        serve(f"create:{fault}") as server,
        Conversation(f"{server.base_url}/generations") as talk,
    ):
        talk.send("POST", AUTHORIZATION, BODY)
        for _ in range(4):
            assert talk.raw_head() == EARLY
    (entry,) = server.log.entries
    assert entry.id is not None


def test_drip_ends_when_the_client_disconnects() -> None:
    with serve("drip:10ms") as server:
        for _ in range(3):
            with Conversation(f"{server.base_url}/files") as talk:
                talk.send(headers=AUTHORIZATION)
                assert talk.read(3) == b"HTT"
        with Conversation(f"{server.base_url}/files") as talk:
            talk.send(headers=AUTHORIZATION | {"Connection": "close"})
            data, end = talk.rest(5)
    assert (data.endswith(b'"next_cursor":null}'), end) == (True, CLOSED)
    assert len(server.log.entries) == 4
