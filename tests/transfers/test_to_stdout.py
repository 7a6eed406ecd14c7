"""An output that is handed on as it comes: every byte once, in order, or an error."""

from __future__ import annotations

import random

import httpx
import pytest

from luma_cli.errors import (
    LinkRefusedError,
    LumaError,
    SaveError,
    StorageRefusedError,
    UnavailableError,
)
from luma_cli.host import Clock
from luma_cli.transfers.storage import Storage as Reached
from luma_cli.transfers.to_stdout import OutgoingStream, stream_to
from tests.support.storage import Storage

SMALL = bytes(range(48))
LARGE = random.Random(1).randbytes(1_000_000)  # noqa: S311 - content, no secrets


class Reader:
    """Takes what is handed on; each call of `ask` is one request."""

    def __init__(self) -> None:
        self.got = b""
        self.heard: list[tuple[str, int, int | None]] = []
        self.outgoing = OutgoingStream(self._take)

    def _take(self, piece: bytes) -> None:
        self.got += piece

    def ask(self, answer: Storage | httpx.Response) -> None:
        handler = answer if isinstance(answer, Storage) else lambda _: answer
        with httpx.Client(transport=httpx.MockTransport(handler)) as http:
            url = "https://storage.test/a.png?X-Amz-Signature=s"
            stream_to(
                Reached(lambda _: http, Clock()),
                url,
                self.outgoing,
                lambda *said: self.heard.append(said),
            )


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize("knows_ranges", [True, False])
@pytest.mark.parametrize("offset", range(len(SMALL)))
def test_a_cut_at_every_offset(reader: Reader, offset: int, knows_ranges: bool) -> None:
    storage = Storage(SMALL, cuts=[offset], knows_ranges=knows_ranges)
    with pytest.raises(UnavailableError):
        reader.ask(storage)
    assert reader.got == SMALL[:offset]

    reader.ask(storage)

    assert reader.got == SMALL
    assert reader.heard[-1] == ("stdout", 48, 48)


def test_a_large_file_in_many_pieces_cut_many_times(reader: Reader) -> None:
    cuts = sorted(random.Random(2).sample(range(1, len(LARGE)), 20))  # noqa: S311 - same
    storage = Storage(LARGE, cuts=cuts.copy())
    for _ in cuts:
        with pytest.raises(UnavailableError):
            reader.ask(storage)

    reader.ask(storage)

    assert reader.got == LARGE
    assert sum(len(part) for part in storage.sent) == len(LARGE)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ('"v1"', Storage(SMALL[::-1], etag='"v2"')),
        ('"v1"', Storage(SMALL * 2)),
        ("W/1", Storage(SMALL, etag="W/1")),
        (None, Storage(SMALL, etag=None)),
    ],
)
def test_the_rest_of_what_may_be_another_file_is_not_handed_on(
    reader: Reader, first: str | None, then: Storage
) -> None:
    with pytest.raises(UnavailableError):
        reader.ask(Storage(SMALL, etag=first, cuts=[20]))

    with pytest.raises((SaveError, UnavailableError)) as failure:
        reader.ask(then)
    if isinstance(failure.value, UnavailableError):  # a part of it is refused, and then all of it
        with pytest.raises(SaveError) as failure:
            reader.ask(then)

    assert "the output on stdout is incomplete" in failure.value.message
    assert reader.got == SMALL[:20]


def test_what_broke_off_before_its_first_byte_may_be_anything(reader: Reader) -> None:
    with pytest.raises(UnavailableError):
        reader.ask(Storage(SMALL, etag=None, cuts=[0]))

    reader.ask(Storage(SMALL[::-1], etag=None))

    assert reader.got == SMALL[::-1]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(403, content=b"<Error/>"), LinkRefusedError),
        (httpx.Response(404, content=b"<Error/>"), LinkRefusedError),
        (httpx.Response(416), UnavailableError),
        (httpx.Response(500, content=b"<html>"), UnavailableError),
        (
            httpx.Response(200, content=b"x", headers={"Content-Encoding": "zip"}),
            StorageRefusedError,
        ),
        (httpx.Response(200, content=b"", headers={"Content-Length": "0"}), UnavailableError),
    ],
)
def test_an_error_is_not_handed_on_as_a_picture(
    reader: Reader, answer: httpx.Response, error: type[LumaError]
) -> None:
    with pytest.raises(error):
        reader.ask(answer)

    assert reader.got == b""


def test_after_a_range_that_brought_nothing_all_is_asked_for_once(reader: Reader) -> None:
    with pytest.raises(UnavailableError):
        reader.ask(Storage(SMALL, cuts=[20]))
    with pytest.raises(UnavailableError):
        reader.ask(httpx.Response(503))
    storage = Storage(SMALL, cuts=[10])

    with pytest.raises(UnavailableError):
        reader.ask(storage)
    reader.ask(storage)

    assert storage.asked == [None, "bytes=20-"]
    assert reader.got == SMALL  # every byte once
