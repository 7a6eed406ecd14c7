"""Faults of framing, byte by byte, and their effect on the connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.sandbox.http.raw import (
    AUTHORIZATION,
    CLOSED,
    SILENT,
    Conversation,
    finished,
    serve,
)


@contextmanager
def downloading(fault: str, range_: str | None = None) -> Iterator[tuple[Conversation, bytes]]:
    """Download a picture with a fault in the second download; yield the expected bytes, too."""
    with serve(f"download:{fault}:2") as server:
        link, picture = finished(server)
        with Conversation(link) as talk:
            talk.send(headers={"Range": f"bytes={range_}"} if range_ else {})
            yield talk, picture
    assert [entry.fault for entry in server.log.entries if entry.endpoint == "download"][:2] == [
        *(None, f"download:{fault}:2"),
    ]
    assert len(server.log.entries) == len({entry.number for entry in server.log.entries})


def read_chunks(talk: Conversation) -> bytes:
    """Read chunks up to the last one."""
    body = b""
    while True:
        size = b""
        while not size.endswith(b"\r\n"):
            size += talk.read(1)
        length = int(size, 16)
        body += talk.read(length)
        assert talk.read(2) == b"\r\n"
        if not length:
            return body


def good_after(talk: Conversation, picture: bytes) -> None:
    """Check that the connection can serve another request."""
    talk.send()
    top, headers = talk.head()
    assert (top, headers["content-length"]) == ("HTTP/1.1 200 OK", str(len(picture)))
    assert talk.read(len(picture)) == picture


@pytest.mark.parametrize("range_", [None, "100-", "100-199"])
def test_chunked_framing_of_whole_file_and_range(range_: str | None) -> None:
    with downloading("chunked", range_) as (talk, picture):
        top, headers = talk.head()
        assert headers["transfer-encoding"] == "chunked"
        assert "content-length" not in headers
        if range_ is None:
            assert (top, read_chunks(talk)) == ("HTTP/1.1 200 OK", picture)
        else:
            last = 199 if range_ == "100-199" else len(picture) - 1
            assert top == "HTTP/1.1 206 Partial Content"
            assert headers["content-range"] == f"bytes 100-{last}/{len(picture)}"
            assert read_chunks(talk) == picture[100 : last + 1]
        good_after(talk, picture)


@pytest.mark.parametrize("range_", [None, "100-149"])
def test_both_lengths(range_: str | None) -> None:
    with downloading("both-lengths", range_) as (talk, picture):
        _, headers = talk.head()
        wanted = picture[100:150] if range_ else picture
        assert headers["transfer-encoding"] == "chunked"
        assert headers["content-length"] == str(len(wanted))
        assert read_chunks(talk) == wanted
        good_after(talk, picture)


def test_both_lengths_changes_only_the_added_header() -> None:
    with serve("download:both-lengths:3") as server:
        link, picture = finished(server)
        with Conversation(link) as talk:
            talk.send(headers={"Range": "bytes=0-9"})
            plain = talk.raw_head()
            assert talk.read(10) == picture[:10]
            talk.send(headers={"Range": "bytes=0-9"})
            assert talk.raw_head() == plain[:-2] + b"transfer-encoding: chunked\r\n\r\n"
            assert talk.rest() == (b"a\r\n" + picture[:10] + b"\r\n0\r\n\r\n", SILENT)


@pytest.mark.parametrize(("fault", "size"), [("no-length", None), ("no-length:100B", 100)])
def test_no_length_closes_the_connection(fault: str, size: int | None) -> None:
    with downloading(fault) as (talk, picture):
        _, headers = talk.head()
        assert {"content-length", "transfer-encoding"} & set(headers) == set()
        assert headers["connection"] == "close"
        assert talk.rest(5) == (picture[:size], CLOSED)


@pytest.mark.parametrize(
    ("fault", "size"),
    [("no-last-chunk", None), ("no-last-chunk:100B", 100), ("no-last-chunk:0%", 0)],
)
def test_no_last_chunk(fault: str, size: int | None) -> None:
    with downloading(fault) as (talk, picture):
        _, headers = talk.head()
        assert headers["transfer-encoding"] == "chunked"
        assert "content-length" not in headers
        sent = picture[:size]
        chunk = f"{len(sent):x}\r\n".encode() + sent + b"\r\n" if sent else b""
        assert talk.rest(5) == (chunk, CLOSED)


@pytest.mark.parametrize(
    ("fault", "count"), [("extra-bytes", 16), ("extra-bytes:3B", 3), ("extra-bytes:2kB", 2000)]
)
def test_extra_bytes(fault: str, count: int) -> None:
    with downloading(fault, "5-14") as (talk, picture):
        _, headers = talk.head()
        assert headers["content-length"] == "10"
        assert talk.rest() == (picture[5:15] + b"#" * count, SILENT)


def test_short_length() -> None:
    with downloading("short-length:4B", "5-14") as (talk, picture):
        top, headers = talk.head()
        assert (top, headers["content-length"]) == ("HTTP/1.1 206 Partial Content", "4")
        assert headers["content-range"] == f"bytes 5-14/{len(picture)}"
        assert talk.rest() == (picture[5:9] + b"#" * 6, SILENT)


def test_wrong_length() -> None:
    with downloading("wrong-length") as (talk, picture):
        _, headers = talk.head()
        assert headers["content-length"] == str(len(picture) + 1)
        assert talk.rest(5) == (picture, CLOSED)


FRAMINGS = ("chunked", "both-lengths", "no-length", "no-last-chunk", "extra-bytes", "short-length")


@pytest.mark.parametrize("fault", FRAMINGS)
def test_head_request_has_no_body_in_any_framing(fault: str) -> None:
    with serve(f"download:{fault}:2") as server:
        link, picture = finished(server)
        with Conversation(link) as talk:
            talk.send("HEAD")
            assert talk.head()[0] == "HTTP/1.1 200 OK"
            good_after(talk, picture)


@pytest.mark.parametrize("fault", FRAMINGS)
def test_framing_keeps_answer_without_content(fault: str) -> None:
    with serve(f"file-delete:{fault}") as server:
        body = b'{"mime_type": "image/png", "size_bytes": 1}'
        json = {"Content-Type": "application/json"}
        with Conversation(f"{server.base_url}/files") as talk:
            talk.send("POST", AUTHORIZATION | json, body)
            _, headers = talk.head()
            file_id = talk.read(int(headers["content-length"]))[7:43].decode()
            talk.send("DELETE", AUTHORIZATION, path=f"/v1/files/{file_id}")
            assert talk.head()[0] == "HTTP/1.1 204 No Content"
            assert talk.rest() == (b"", SILENT)


def test_framing_of_large_file() -> None:
    with serve("download:both-lengths:2") as server:
        link, picture = finished(server, b'{"prompt": "[size 3MiB]"}')
        with Conversation(link) as talk:
            talk.send()
            talk.head()
            assert read_chunks(talk) == picture
