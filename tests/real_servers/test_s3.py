"""Outputs and uploads on S3, by moto's server, with links that boto3 makes.

moto ignores `If-Range`, and answers one byte range as it was asked; what it does not check of
links, and would not send, `object_storage` adds.
"""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.real_servers.forwarder import forwarder
from tests.real_servers.running import REFERENCE, Done, files_here, picture, run
from tests.real_servers.small_api import SmallApi, serving
from tests.real_servers.storage import Storage

pytestmark = pytest.mark.installed

PICTURE = picture(300_000)
JOB = "0b1c6b1e-4f57-4d8c-9a57-6f2f4ad1c0de"
FETCH = ("generations", "download", JOB, "-o", "x.png", "--max-retries", "1")


@pytest.fixture
def name(storage: Storage) -> str:
    """The name of an output that only this test asks for."""
    name = f"{uuid.uuid4().hex}.png"
    storage.put(name, PICTURE)
    return name


@contextmanager
def api(
    secured: dict[str, str],
    download: Callable[[int], str],
    upload: Callable[[int, dict[str, Any]], dict[str, Any]] = lambda *_: {},
) -> Iterator[tuple[SmallApi, dict[str, str]]]:
    small = SmallApi(download, upload)
    with serving(small) as base_url:
        yield small, secured | {"LUMA_BASE_URL": base_url}


def fetch(secured: dict[str, str], download: Callable[[int], str]) -> Done:
    """Download the one output of a job to `x.png`."""
    with api(secured, download) as (_, environ):
        return run(environ, *FETCH)


def upload(
    secured: dict[str, str], place: Callable[[int, dict[str, Any]], dict[str, Any]]
) -> tuple[Done, SmallApi]:
    """Upload the reference."""
    with api(secured, lambda _: "", place) as (small, environ):
        return run(environ, "files", "upload", REFERENCE, "--max-retries", "1"), small


def test_a_picture_goes_there_and_an_output_comes_back(
    secured: dict[str, str], reference: bytes, storage: Storage, name: str
) -> None:
    def place(_: int, record: dict[str, Any]) -> dict[str, Any]:
        return storage.place(record)

    with api(secured, lambda _: storage.link(name), place) as (small, environ):
        created = run(
            *(environ, "generations", "create", "--prompt", "x"),
            *("--ref", REFERENCE, "--upload", "always", "-o", "x.png"),
        )
        downloaded = run(environ, "generations", "download", JOB, "-o", "y.png")
        uploaded = run(environ, "files", "upload", REFERENCE, "--no-reuse")

    assert (created.exit_code, created.kinds) == (0, ["note:", "note:"])
    assert (downloaded.exit_code, downloaded.stderr) == (0, "")
    assert (uploaded.exit_code, uploaded.stderr) == (0, "")
    assert Path("x.png").read_bytes() == Path("y.png").read_bytes() == PICTURE
    assert [storage.uploaded(file_id) for file_id in small.files] == [reference, reference]


def test_a_link_that_expired_is_renewed(
    secured: dict[str, str], storage: Storage, name: str
) -> None:
    done = fetch(secured, lambda number: storage.link(name, expired=number == 1))

    assert (done.exit_code, done.stderr) == (0, "")
    assert Path("x.png").read_bytes() == PICTURE
    assert storage.asked(name) == ["GET", "GET"]


def test_links_that_have_always_expired_save_nothing(
    secured: dict[str, str], storage: Storage, name: str
) -> None:
    done = fetch(secured, lambda _: storage.link(name, expired=True))

    assert done.exit_code == 10
    assert done.kinds[0] == "error:"
    assert "expired" in done.stderr
    assert files_here() == []


def test_a_place_for_an_upload_that_expired_is_asked_for_again(
    secured: dict[str, str], reference: bytes, storage: Storage
) -> None:
    done, small = upload(secured, lambda n, record: storage.place(record, expired=n == 1))

    assert (done.exit_code, done.stderr) == (0, "")
    refused, taken = small.files
    assert storage.asked(refused) == ["PUT"]
    assert storage.uploaded(taken) == reference


@pytest.mark.parametrize("cuts", [[100_000], [200_000, 50_000, 1000]], ids=str)
def test_a_download_resumes_where_it_was_cut(
    secured: dict[str, str], storage: Storage, name: str, cuts: list[int]
) -> None:
    count = len(cuts)
    with forwarder(storage.port, cuts) as port:
        done = fetch(secured, lambda _: storage.link(name, port=port))

    assert done.exit_code == 0, done.stderr
    assert set(done.kinds) == {"note:"}
    assert Path("x.png").read_bytes() == PICTURE
    assert files_here() == ["x.png"]
    assert storage.asked(name)[0] == "GET"
    starts = starts_of(storage.asked(name)[1:])
    assert len(starts) == count
    assert starts == sorted(starts)
    assert starts[0] > 90_000


def test_a_download_that_was_cut_before_its_first_byte_begins_again(
    secured: dict[str, str], storage: Storage, name: str
) -> None:
    with forwarder(storage.port, [1]) as port:
        done = fetch(secured, lambda _: storage.link(name, port=port))

    assert (done.exit_code, done.kinds) == (0, ["note:"])
    assert Path("x.png").read_bytes() == PICTURE
    assert storage.asked(name) == ["GET", "GET"]


def test_a_link_that_expires_in_mid_file_is_renewed_and_the_download_resumes(
    secured: dict[str, str], storage: Storage, name: str
) -> None:
    with forwarder(storage.port, [150_000], storage.expire_links) as port:
        done = fetch(secured, lambda _: storage.link(name, port=port))

    assert done.exit_code == 0, done.stderr
    assert Path("x.png").read_bytes() == PICTURE
    first, refused, resumed = storage.asked(name)
    assert first == "GET"
    assert refused == resumed
    assert starts_of([resumed])[0] > 140_000


def test_a_resumed_download_in_chunks_is_what_a_browser_would_get(
    secured: dict[str, str], storage: Storage, name: str
) -> None:
    storage.put(f"chunked/{name}", PICTURE)
    with forwarder(storage.port, [150_000]) as port:
        done = fetch(secured, lambda _: storage.link(f"chunked/{name}", port=port))

    assert done.exit_code == 0, done.stderr
    assert Path("x.png").read_bytes() == PICTURE
    (start,) = starts_of(storage.asked(name)[1:])
    assert start > 140_000


@pytest.mark.parametrize(
    "stored",
    ["", "aws-chunked", "identity"],
)
def test_a_stored_encoding_that_means_plain_bytes_is_no_hindrance(
    secured: dict[str, str], storage: Storage, name: str, stored: str
) -> None:
    done = fetch(secured, lambda _: storage.link(name, ResponseContentEncoding=stored))

    assert (done.exit_code, done.stderr) == (0, "")
    assert Path("x.png").read_bytes() == PICTURE


def test_an_output_that_was_stored_packed_is_unpacked_or_refused_once(
    secured: dict[str, str], storage: Storage, name: str
) -> None:
    storage.put(name, gzip.compress(PICTURE))
    done = fetch(secured, lambda _: storage.link(name, ResponseContentEncoding="gzip"))

    if done.exit_code == 0:
        assert Path("x.png").read_bytes() == PICTURE
    else:
        assert (done.exit_code, done.kinds[0]) == (10, "error:")
        assert files_here() == []
    assert storage.asked(name) == ["GET"]


def test_an_upload_follows_a_redirect_with_its_body_and_headers(
    secured: dict[str, str], reference: bytes, storage: Storage
) -> None:
    done, small = upload(secured, lambda _, record: storage.place(record, bucket="moved"))

    assert (done.exit_code, done.stderr) == (0, "")
    (file_id,) = small.files
    assert storage.uploaded(file_id, "moved") == reference


def test_an_upload_that_is_redirected_to_no_place_is_refused_with_the_reason(
    secured: dict[str, str], reference: bytes, storage: Storage
) -> None:
    done, small = upload(secured, lambda _, record: storage.place(record, bucket="gone"))

    assert done.exit_code == 10
    assert "PermanentRedirect" in done.stderr
    assert [storage.asked(file_id) for file_id in small.files] == [["PUT"]] * len(small.files)
    assert reference


def test_an_upload_whose_headers_were_not_signed_is_refused_with_the_reason(
    secured: dict[str, str], reference: bytes, storage: Storage
) -> None:
    def place(_: int, record: dict[str, Any]) -> dict[str, Any]:
        signed = storage.place(record)
        return signed | {"headers": signed["headers"] | {"x-amz-meta-file-id": "another"}}

    done, small = upload(secured, place)

    assert done.exit_code == 10
    assert "SignatureDoesNotMatch" in done.stderr
    assert {len(storage.asked(file_id)) for file_id in small.files} == {1}
    assert reference


def test_a_download_by_an_altered_link_saves_nothing(
    secured: dict[str, str], storage: Storage, name: str
) -> None:
    done = fetch(secured, lambda _: storage.link(name) + "0")

    assert done.exit_code == 10
    assert done.kinds[0] == "error:"
    assert files_here() == []


def test_an_error_of_the_storage_in_the_place_of_a_picture_is_no_output(
    secured: dict[str, str], storage: Storage, name: str
) -> None:
    storage.put(name, b"<?xml version='1.0'?><Error><Code>InternalError</Code></Error>", "text/xml")

    done = fetch(secured, lambda _: storage.link(name))

    assert done.exit_code == 10
    assert done.kinds == ["note:", "error:", "GET", "hint:"]  # tried once more, with a new link
    assert files_here() == []


def starts_of(asked: list[str]) -> list[int]:
    """Return the first byte that each request wanted."""
    return [int(line.removeprefix("GET bytes=").removesuffix("-")) for line in asked]
