"""What is no output: a page, an error document, encoded data that cannot be had as plain bytes."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.errors import (
    Exchange,
    LumaError,
    NotAResultError,
    StorageRefusedError,
    UnavailableError,
)
from luma_cli.host import Clock
from luma_cli.transfers import content_encoding as coding
from luma_cli.transfers.content_encoding import decoded
from luma_cli.transfers.storage import Storage
from luma_cli.transfers.to_stdout import OutgoingStream, stream_to
from luma_cli.transfers.web_pages import begins_as_page, refuse_page
from tests.support.fake_api import STORAGE_URL, FakeApi, completed
from tests.support.program import ByteStream, Program, TestClock

PNG = b"\x89PNG\r\n\x1a\n" + random.Random(3).randbytes(3000)  # noqa: S311 - content, no secrets
LINK = f"{STORAGE_URL}/a.png?X-Amz-Signature=s"
EXCHANGE = Exchange("GET", "https://storage.test/a.png")

PAGES = {
    "html": ("text/html; charset=utf-8", b"<!DOCTYPE html><title>Sign in</title>"),
    "html as a picture": ("image/png", b"\n\n  <html><body>Sign in</body></html>"),
    "html as anything": ("application/octet-stream", b"<!-- portal -->\n<HTML>"),
    "html without a type": (None, b"<head>"),
    "html with a mark": ("image/png", b"\xef\xbb\xbf<html>"),
    "html in utf-16": ("image/png", "\ufeff<html><p>".encode("utf-16-le")),
    "xml": ("application/xml", b"<Error><Code>NoSuchKey</Code></Error>"),
    "xml as a picture": ("image/jpeg", b'<?xml version="1.0"?><Error/>'),
    "xml with a suffix": ("application/atom+xml", b"<feed/>"),
    "json": ("application/json", b'{"detail": "gone"}'),
    "json with a suffix": ("application/problem+json", b"{}"),
    "json as a picture": ("image/png", b' [ {"detail": 1}]'),
    "text": ("text/plain", PNG),
    "a long page": ("image/png", b"<html>" + b"words " * 10_000),
}
PICTURES = {
    "png": ("image/png", PNG),
    "unknown binary": ("application/octet-stream", b"\x00\x01\x02"),
    "no type": (None, PNG),
    "another type": ("model/gltf-binary", b"glTF\x02\0\0\0"),
    "binary that begins with a bracket": ("image/x-new", b"<a\x00\x01\x02" + bytes(20)),
    "binary that begins with a brace": ("image/x-new", b'{"\x00\x01\x02' + bytes(20)),
    "a brace and a letter": ("image/x-new", b"{x"),
    "one byte": ("image/png", b"<"),
    "blanks": ("image/x-new", b"\n \n" + bytes(3)),
}


@pytest.fixture(autouse=True)
def job(luma: Program, tmp_path: Path) -> None:
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")


def answers(content_type: str | None, content: bytes, times: int = 1) -> list[httpx.Response]:
    headers = {"ETag": '"v1"'} | ({} if content_type is None else {"Content-Type": content_type})
    return [httpx.Response(200, content=content, headers=headers) for _ in range(times)]


def download(luma: Program, api: FakeApi, *argv: str, renewals: int = 0) -> tuple[int, str]:
    api.on("GET", "/generations/gen_1", *[completed("a.png") for _ in range(1 + renewals)])
    result = luma("generations", "download", "gen_1", *argv)
    return result.exit_code, result.stderr


def files() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*") if path.is_file())


@pytest.mark.parametrize("target", [("-o", "a.png"), ("-d", "out")])
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_is_no_output(  # 1.5
    luma: Program,
    api: FakeApi,
    clock: TestClock,
    page: tuple[str | None, bytes],
    target: tuple[str, str],
) -> None:
    api.on("GET", LINK, *answers(*page, times=3))

    exit_code, stderr = download(luma, api, *target, renewals=2)

    assert exit_code == 10
    assert "instead of the output\n" in stderr
    assert "a proxy or a sign-in page of the network may have answered" in stderr
    assert files() == []
    assert clock.sleeps == [0.5, 1.0]  # a new link each time, and then it is final


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_byte_of_a_page_reaches_stdout(
    luma: Program, api: FakeApi, page: tuple[str | None, bytes]
) -> None:
    api.on("GET", LINK, *answers(*page, times=3))
    api.on("GET", "/generations/gen_1", *[completed("a.png") for _ in range(3)])
    stdout = ByteStream()

    result = luma("generations", "download", "gen_1", "-o", "-", stdout=stdout)

    assert (result.exit_code, result.stdout, stdout.bytes) == (10, "", b"")


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_what_may_be_an_output_is_saved(
    luma: Program, api: FakeApi, picture: tuple[str | None, bytes]
) -> None:
    api.on("GET", LINK, *answers(*picture))

    assert download(luma, api, "-o", "a.png")[0] == 0
    assert Path("a.png").read_bytes() == picture[1]


def test_after_a_page_the_output_may_come(luma: Program, api: FakeApi) -> None:
    api.on("GET", LINK, *answers(*PAGES["html"]), *answers(*PICTURES["png"]))

    assert download(luma, api, "-o", "a.png", renewals=1)[0] == 0
    assert Path("a.png").read_bytes() == PNG


def test_a_page_does_not_cost_the_bytes_that_are_here(luma: Program, api: FakeApi) -> None:
    head = {"ETag": '"v1"', "Content-Type": "image/png", "Content-Length": str(len(PNG))}
    rest = {"Content-Range": f"bytes 1000-{len(PNG) - 1}/{len(PNG)}"}
    api.on(
        "GET",
        LINK,
        httpx.Response(200, headers=head, stream=Broken([PNG[:1000]])),
        *answers(*PAGES["html as a picture"]),
        httpx.Response(
            206,
            headers=head | rest | {"Content-Length": str(len(PNG) - 1000)},
            stream=Broken([PNG[1000:]], breaks=False),
        ),
    )

    assert download(luma, api, "-o", "a.png", renewals=1)[0] == 0

    assert Path("a.png").read_bytes() == PNG
    assert [sent.headers.get("range") for sent in api.sent if "storage" in sent.url] == [
        *(None, "bytes=1000-", "bytes=1000-"),
    ]


class Broken(httpx.SyncByteStream):
    """A body in pieces, which may break off behind them."""

    def __init__(self, pieces: list[bytes], *, breaks: bool = True) -> None:
        self._pieces, self._breaks = pieces, breaks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        if self._breaks:
            raise httpx.ReadError("reset")


@given(content=st.binary(max_size=600), sizes=st.lists(st.integers(1, 50), min_size=1))
def test_pieces_do_not_matter(content: bytes, sizes: list[int]) -> None:
    pieces, at = [], 0
    for size in [*sizes, 600]:
        pieces.append(content[at : at + size])
        at += size
    try:
        whole = b"".join(refuse_page(iter([content]), EXCHANGE))
    except NotAResultError:
        with pytest.raises(NotAResultError):
            list(refuse_page(iter(pieces), EXCHANGE))
    else:
        assert b"".join(refuse_page(iter(pieces), EXCHANGE)) == whole == content


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda inner: [inner]))
def test_every_json_array_is_a_page(value: list[object]) -> None:
    assert begins_as_page(json.dumps(value).encode())


ENCODED = {
    "gzip": gzip.compress(PNG),
    "x-gzip": gzip.compress(PNG),
    "gzip, aws-chunked": gzip.compress(PNG),
    "two members": gzip.compress(PNG[:999]) + gzip.compress(PNG[999:]),
    "padding": gzip.compress(PNG) + bytes(100),
    "deflate": zlib.compress(PNG),
    "raw deflate": zlib.compressobj(wbits=-15).compress(PNG) + b"",
}


def encoded(content: bytes, named: str) -> httpx.Response:
    headers = {"Content-Encoding": named, "Content-Type": "image/png", "ETag": '"v1"'}
    headers |= {"Content-Length": str(len(content))}
    return httpx.Response(200, headers=headers, stream=Broken([content], breaks=False))


@pytest.mark.parametrize(
    "label", ["", "identity", "aws-chunked", " AWS-Chunked , identity", "utf-8", "binary", "none"]
)
def test_a_label_that_means_plain_bytes_is_no_encoding(  # 1.6
    luma: Program, api: FakeApi, label: str
) -> None:
    api.on("GET", LINK, encoded(PNG, label))

    assert download(luma, api, "-o", "a.png")[0] == 0
    assert Path("a.png").read_bytes() == PNG


def deflated_raw() -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(PNG) + compressor.flush()


@pytest.mark.parametrize("named", ENCODED)
def test_encoded_bytes_are_decoded(luma: Program, api: FakeApi, named: str) -> None:
    content = deflated_raw() if named == "raw deflate" else ENCODED[named]
    label = {"two members": "gzip", "padding": "gzip", "raw deflate": "deflate"}.get(named, named)
    api.on("GET", LINK, encoded(content, label))

    assert download(luma, api, "-o", "a.png")[0] == 0
    assert Path("a.png").read_bytes() == PNG


def test_encoded_bytes_that_are_cut_are_fetched_from_the_start(luma: Program, api: FakeApi) -> None:
    whole = ENCODED["gzip"]
    cut = encoded(whole[:-20], "gzip")
    api.on("GET", LINK, cut, encoded(whole, "gzip"))

    assert download(luma, api, "-o", "a.png")[0] == 0
    assert Path("a.png").read_bytes() == PNG
    assert all("range" not in sent.headers for sent in api.sent)


@pytest.mark.parametrize("label", ["br", "zstd", "compress", "gzip, gzip", "x" * 500])
def test_an_unknown_encoding_is_refused_once(
    luma: Program, api: FakeApi, clock: TestClock, label: str
) -> None:
    api.on("GET", LINK, encoded(PNG, label))

    exit_code, stderr = download(luma, api, "-o", "a.png")

    assert exit_code == 10
    assert f"with the encoding `{label[:40]}`, which cannot be decoded here" in stderr
    assert (files(), clock.sleeps) == ([], [])


def test_data_that_grows_without_end_is_refused_once(
    luma: Program, api: FakeApi, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coding, "ALWAYS_ALLOWED_BYTES", 100_000)
    api.on("GET", LINK, encoded(gzip.compress(PNG + bytes(5_000_000)), "gzip"))

    exit_code, stderr = download(luma, api, "-o", "a.png")

    assert exit_code == 10
    assert "the storage host sent gzip data that grows more than 20 times\n" in stderr
    assert (files(), clock.sleeps) == ([], [])


def test_encoded_pages_are_pages(luma: Program, api: FakeApi) -> None:
    page = gzip.compress(b"<html>Sign in</html>")
    api.on("GET", LINK, *[encoded(page, "gzip") for _ in range(3)])

    assert download(luma, api, "-o", "a.png", renewals=2)[0] == 10
    assert files() == []


@given(data=st.binary(max_size=300), sizes=st.lists(st.integers(1, 60), max_size=6))
def test_any_data_is_decoded_or_refused(data: bytes, sizes: list[int]) -> None:
    for name in ("gzip", "deflate"):
        pieces = [data[at : at + size] for at, size in zip(range(0, 300, 60), sizes, strict=False)]
        with suppress(UnavailableError, StorageRefusedError):
            list(decoded(pieces, name, EXCHANGE))


@given(content=st.binary(max_size=3000), size=st.integers(1, 3000))
def test_what_was_encoded_comes_back(content: bytes, size: int) -> None:
    for name, whole in (("gzip", gzip.compress(content)), ("deflate", zlib.compress(content))):
        pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
        assert b"".join(decoded(pieces, name, EXCHANGE)) == content


REDIRECTS = {
    "in a circle": (LINK, "the storage host redirects the download more than 5 times"),
    "to http": (
        "http://storage.test/a.png",
        "the storage host redirects from https to http, which is not encrypted",
    ),
    "to no address": (
        "mailto:a@b.test",
        "the storage host redirects to something that is not a web address",
    ),
}


@pytest.mark.parametrize(("location", "fact"), REDIRECTS.values(), ids=REDIRECTS)
def test_redirects_of_a_download_are_bounded(
    luma: Program, api: FakeApi, clock: TestClock, location: str, fact: str
) -> None:
    times = 6 if location == LINK else 1
    there = [httpx.Response(302, headers={"Location": location}) for _ in range(times)]
    api.on("GET", LINK, *there)

    exit_code, stderr = download(luma, api, "-o", "a.png")

    assert exit_code == 10
    assert stderr.startswith(f"error: {fact}\n")
    assert clock.sleeps == []


def test_a_redirect_of_a_download_is_followed_with_its_range() -> None:
    asked: list[tuple[str, str | None]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((str(request.url), request.headers.get("Range")))
        if request.url.host == "storage.test":
            there = "https://eu.storage.test/a.png"
            return httpx.Response(307, headers={"Location": there})
        first = 2 if "Range" in request.headers else 0
        headers = {"ETag": '"v1"', "Content-Length": str(8 - first)}
        headers |= {"Content-Range": "bytes 2-7/8"} if first else {}
        body = Broken(
            [b"12345678"[first : first or 2]] if not first else [b"345678"], breaks=not first
        )
        return httpx.Response(206 if first else 200, headers=headers, stream=body)

    got: list[bytes] = []
    outgoing = OutgoingStream(got.append)
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        reached = Storage(lambda _: http, Clock())
        with pytest.raises(LumaError):
            stream_to(reached, LINK, outgoing, lambda *_: None)
        stream_to(reached, LINK, outgoing, lambda *_: None)

    assert b"".join(got) == b"12345678"
    there = "https://eu.storage.test/a.png"
    assert asked == [(LINK, None), (there, None), (LINK, "bytes=2-"), (there, "bytes=2-")]
