"""A file that is sent to a presigned link is one file: no mixture of two arrives whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from luma_cli.digests import version_of
from luma_cli.errors import InputFileError
from luma_cli.host import Clock
from luma_cli.transfers.storage import Storage
from luma_cli.transfers.upload import put_file

SIZE = 1_000_000
FOX = Path("fox.png")


@pytest.fixture(autouse=True)
def _fox() -> None:
    FOX.write_bytes(b"a" * SIZE)
    os.utime(FOX, ns=(1, 1))  # long ago: a clock that ticks seldom must not hide a change


class Host:
    """Takes a body; `got` is what came of it, `is_complete` whether that was all."""

    got, is_complete = b"", False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        for piece in request.stream:
            self.got += piece
        self.is_complete = True
        return httpx.Response(200)


def put(host: Host, meanwhile: Callable[[], object] = lambda: None, **options: Any) -> None:
    done: list[object] = []

    def report(*_: object) -> None:
        if not done:  # behind the first piece
            done.append(meanwhile())

    with httpx.Client(transport=httpx.MockTransport(host)) as http:
        storage = Storage(lambda _: http, Clock())
        put_file(storage, "https://storage.test/f1", {}, FOX, SIZE, report, **options)


def rewrite() -> None:
    with FOX.open("r+b") as stream:
        stream.write(b"b" * SIZE)


def grow() -> None:
    with FOX.open("ab") as stream:
        stream.write(b"b")


def shrink() -> None:
    os.truncate(FOX, SIZE - 1)


@pytest.mark.parametrize("change", [rewrite, grow, shrink])
def test_a_file_that_changes_while_it_is_sent_never_arrives_whole(
    change: Callable[[], None],
) -> None:
    host = Host()

    with pytest.raises(InputFileError, match=r"`fox\.png` changed while it was sent"):
        put(host, change)

    assert not host.is_complete
    assert len(host.got) < SIZE


def test_a_file_that_is_replaced_while_it_is_sent_arrives_as_it_was_opened() -> None:
    host = Host()

    def replace() -> None:
        Path("new").write_bytes(b"b" * SIZE)
        Path("new").replace(FOX)

    put(host, replace)

    assert (host.got, host.is_complete) == (b"a" * SIZE, True)


def test_a_file_that_is_not_the_one_whose_digest_is_known_is_not_sent() -> None:
    host, version = Host(), version_of(FOX.stat())
    put(Host(), version=version)
    rewrite()

    with pytest.raises(InputFileError, match=r"`fox\.png` changed while it was sent"):
        put(host, version=version)

    assert host.got == b""
