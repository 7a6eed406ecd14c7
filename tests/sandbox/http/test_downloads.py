"""Faults of downloads: wrong ranges, encodings, and pages in place of pictures."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable

import httpx
import pytest

from tests.sandbox.http.raw import SILENT, Conversation, finished, serve


def get(link: str, range_: str | None = None) -> tuple[str, dict[str, str], bytes]:
    """Send a raw request; return head and body, and check that nothing follows."""
    with Conversation(link) as talk:
        talk.send(headers={"Range": f"bytes={range_}"} if range_ else {})
        top, headers = talk.head()
        body = talk.read(int(headers["content-length"]))
        assert talk.rest(0.05) == (b"", SILENT)
    return top, headers, body


@pytest.mark.parametrize(
    ("fault", "range_", "content_range", "count"),
    [
        ("short-range", "100-199", "100-149", 50),
        ("short-range:10B", "100-", "100-109", 10),
        ("short-range:0%", "100-", "100-100", 1),
        ("short-range:1GB", "100-199", "100-199", 100),
        ("short-range:10B", "0-", "0-9", 10),
    ],
)
def test_short_range(fault: str, range_: str, content_range: str, count: int) -> None:
    with serve(f"download:{fault}:2+") as server:
        link, picture = finished(server)
        top, headers, body = get(link, range_)
        whole = get(link)
    first = int(content_range.partition("-")[0])
    assert (top, body) == ("HTTP/1.1 206 Partial Content", picture[first : first + count])
    assert headers["content-range"] == f"bytes {content_range}/{len(picture)}"
    assert (whole[0], whole[2]) == ("HTTP/1.1 200 OK", picture)


def test_short_range_of_a_large_file() -> None:
    with serve("download:short-range:1MiB:2+") as server:
        link, picture = finished(server, b'{"prompt": "[size 3MiB]"}')
        assert get(link, "5-")[2] == picture[5 : 5 + 1024**2]


@pytest.mark.parametrize(
    ("range_", "first", "last"),
    [("100-199", 99, 199), ("100-", 99, None), ("0-", 1, None), ("-100", -101, None)],
)
def test_wrong_range(range_: str, first: int, last: int | None) -> None:
    with serve("download:wrong-range:2+") as server:
        link, picture = finished(server)
        top, headers, body = get(link, range_)
        whole = get(link)
    begin, end = first % len(picture), len(picture) - 1 if last is None else last
    assert (top, body) == ("HTTP/1.1 206 Partial Content", picture[begin : end + 1])
    assert headers["content-range"] == f"bytes {begin}-{end}/{len(picture)}"
    assert whole[2] == picture


@pytest.mark.parametrize(
    ("fault", "content_type", "begins"),
    [
        ("page", "text/html; charset=utf-8", b"<!doctype html>"),
        ("page-as-image", "image/png", b"<!doctype html>"),
        ("xml-as-image", "image/png", b"<?xml "),
        ("json-as-image", "image/png", b'{"message"'),
        ("200-json", "application/json", b'{"detail":"OK"}'),
        ("200", "application/xml", b"<?xml "),
        ("200-html", "text/html; charset=utf-8", b"<!doctype html>"),
    ],
)
@pytest.mark.parametrize("range_", [None, "10-"])
def test_page_in_place_of_picture(
    fault: str, content_type: str, begins: bytes, range_: str | None
) -> None:
    with serve(f"download:{fault}:2") as server:
        link, _ = finished(server)
        top, headers, body = get(link, range_)
    assert (top, headers["content-type"]) == ("HTTP/1.1 200 OK", content_type)
    assert body.startswith(begins)


def test_replacing_faults_keep_errors() -> None:
    with serve("page-as-image:2") as server:
        link, _ = finished(server)
        assert httpx.get(f"{link}x", trust_env=False).status_code == 403


@pytest.mark.parametrize(
    ("fault", "header"),
    [
        ("encoding-empty", ""),
        ("encoding-identity", "identity"),
        ("encoding-aws-chunked", "aws-chunked"),
        ("encoding-false-gzip", "gzip"),
    ],
)
def test_encoding_header_with_plain_bytes(fault: str, header: str) -> None:
    with serve(f"{fault}:2+") as server:
        link, picture = finished(server)
        whole, part = get(link), get(link, "5-9")
        head = httpx.head(link, trust_env=False)
    assert (whole[1]["content-encoding"], whole[2]) == (header, picture)
    assert (part[0], part[1]["content-encoding"], part[2]) == (
        *("HTTP/1.1 206 Partial Content", header, picture[5:10]),
    )
    assert head.headers["Content-Encoding"] == header


@pytest.mark.parametrize(
    ("fault", "header", "decode"),
    [("encoding-gzip", "gzip", gzip.decompress), ("encoding-deflate", "deflate", zlib.decompress)],
)
def test_encoding_header_with_compressed_bytes(
    fault: str, header: str, decode: Callable[[bytes], bytes]
) -> None:
    with serve(f"{fault}:2+") as server:
        link, picture = finished(server)
        whole, part = get(link), get(link, "5-9")
        read = httpx.get(link, trust_env=False).content
    assert (whole[1]["content-encoding"], decode(whole[2]), read) == (header, picture, picture)
    assert part[1]["content-range"] == f"bytes 5-9/{len(whole[2])}"
    assert part[2] == whole[2][5:10]
    digest = hashlib.md5(whole[2], usedforsecurity=False).hexdigest()
    assert (whole[1]["etag"], part[1]["etag"]) == (f'"{digest}"', f'"{digest}"')
