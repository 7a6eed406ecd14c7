"""Downloads: complete under their final name, or not there at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from luma_cli.errors import (
    LinkRefusedError,
    LumaError,
    OutputExistsError,
    SaveError,
    StorageRefusedError,
    UnavailableError,
)
from luma_cli.host import Clock
from luma_cli.transfers.download import download
from luma_cli.transfers.download_log import SavedFile
from luma_cli.transfers.partial_file import PartialLocation
from luma_cli.transfers.storage import Storage
from luma_cli.transfers.target import Target

URL = "https://storage.test/output.png?X-Amz-Signature=secret"
CHUNKED = {"Transfer-Encoding": "chunked"}
CONTENT = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4096  # four pieces


class CutStream(httpx.SyncByteStream):
    """A body that breaks off."""

    def __init__(self, content: bytes, problem: Exception) -> None:
        self._content, self._problem = content, problem

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise self._problem


class Folder:
    """A folder to save in; `save` fetches what the storage host answers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reports: list[tuple[str, int, int | None]] = []

    def save(
        self,
        answer: httpx.Response | Callable[[httpx.Request], httpx.Response],
        name: str = "fox.png",
        *,
        overwrite: bool = False,
    ) -> SavedFile:
        transport = httpx.MockTransport(answer if callable(answer) else lambda _: answer)
        with httpx.Client(transport=transport) as http:
            return download(
                Storage(lambda _: http, Clock()),
                URL,
                lambda _: self.path / name,
                location=PartialLocation(self.path, "gen_1-0"),
                overwrite=overwrite,
                report=lambda *report: self.reports.append(report),
            )

    def files(self) -> dict[str, bytes]:
        return {each.name: each.read_bytes() for each in self.path.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "out"
    path.mkdir()
    return Folder(path)


def image(content: bytes = CONTENT) -> httpx.Response:
    return httpx.Response(200, content=content, headers={"Content-Type": "image/png"})


def test_a_file_is_saved_whole(folder: Folder) -> None:
    saved = folder.save(image())

    assert folder.files() == {"fox.png": CONTENT}
    assert saved.fields() == {
        "path": str(folder.path / "fox.png"),
        "bytes": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "content_type": "image/png",
    }
    assert folder.reports[-1] == ("fox.png", len(CONTENT), len(CONTENT))
    done = [report[1] for report in folder.reports]
    assert done == sorted(done)


def test_folders_are_made(folder: Folder) -> None:
    folder.save(image(), "deep/er/fox.png")

    assert (folder.path / "deep/er/fox.png").read_bytes() == CONTENT


def test_a_transfer_that_marks_its_own_end_needs_no_length(folder: Folder) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (CONTENT, CONTENT)

    folder.save(httpx.Response(200, content=pieces()))  # chunked

    assert folder.files() == {"fox.png": CONTENT * 2}
    assert folder.reports[-1] == ("fox.png", 2 * len(CONTENT), None)


def test_no_api_key_reaches_the_storage_host(folder: Folder) -> None:
    requests = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return image()

    folder.save(answer)

    (request,) = requests
    assert (request.method, str(request.url)) == ("GET", URL)
    assert request.headers["accept-encoding"] == "identity"
    assert "authorization" not in request.headers


BROKE = "the download was interrupted: the connection to `storage.test` broke"


def cut(problem: Exception) -> Callable[[], httpx.Response]:
    length = {"Content-Length": str(len(CONTENT))}
    return lambda: httpx.Response(200, headers=length, stream=CutStream(CONTENT[:300_000], problem))


def announcing(length: int) -> Callable[[], httpx.Response]:
    headers = {"Content-Length": str(length)}
    return lambda: httpx.Response(200, content=CONTENT, headers=headers)


def answering(status: int, **headers: str) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(status, text="<Error>No</Error>", headers=headers)


def endless() -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(CONTENT))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            cut(httpx.ReadError("reset")),
            f"{BROKE}: reset",
        ),
        (
            cut(httpx.ReadTimeout("")),
            "the download was interrupted: `storage.test` stopped answering",
        ),
        (
            cut(httpx.RemoteProtocolError("peer closed connection")),
            f"{BROKE}: peer closed connection",
        ),
        (
            announcing(len(CONTENT) + 1),
            f"the storage host announced {len(CONTENT) + 1} bytes and sent {len(CONTENT)}",
        ),
        (announcing(1), f"the storage host announced 1 bytes and sent {len(CONTENT)}"),
        (answering(403), "the storage host refused the download: the link may have expired"),
        (
            lambda: httpx.Response(
                403, text="<Error><Message>Request has expired</Message></Error>"
            ),
            "the storage host refused the download: the link has expired",
        ),
        (answering(404), "the storage host answered HTTP 404"),
        (answering(500), "the storage host answered HTTP 500"),
        (answering(302), "the storage host answered HTTP 302"),
        (answering(206), "the storage host sent another range of the file than the requested one"),
        (
            answering(200, **{"Content-Encoding": "br", "Content-Type": "image/png"}),
            "the output is stored with the encoding `br`, which cannot be decoded here",
        ),
        (
            lambda: httpx.Response(200, headers={"Content-Length": "0"}),
            "the storage host sent an empty file",
        ),
        (
            endless,
            "the storage host does not announce the length of the file, so a cut could not be"
            " detected",
        ),
    ],
)
@pytest.mark.parametrize("before", [None, b"the older one"])
def test_a_broken_download_leaves_what_was_there(
    folder: Folder, answer: Callable[[], httpx.Response], message: str, before: bytes | None
) -> None:
    if before is not None:
        (folder.path / "fox.png").write_bytes(before)
    files = folder.files()

    with pytest.raises((UnavailableError, LinkRefusedError, StorageRefusedError)) as failure:
        folder.save(answer(), overwrite=True)

    assert (failure.value.message, failure.value.exit_code) == (message, 10)
    assert folder.files() == files
    assert failure.value.exchange is not None
    assert failure.value.exchange.url == "https://storage.test/output.png"


def test_trouble_with_certificates_is_explained(folder: Folder) -> None:
    reason = "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"

    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(reason)

    with pytest.raises(UnavailableError) as caught:
        folder.save(fail)

    assert caught.value.message == (
        "the download was interrupted: no secure connection to `storage.test`:"
        " self-signed certificate"
    )
    assert caught.value.hint is not None
    assert "`SSL_CERT_FILE`" in caught.value.hint


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), RuntimeError("bug")])
def test_an_interruption_leaves_nothing(folder: Folder, problem: BaseException) -> None:
    class Interrupted(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield CONTENT
            raise problem

    with pytest.raises(type(problem)):
        folder.save(httpx.Response(200, headers=CHUNKED, stream=Interrupted()))

    assert folder.files() == {}


def test_while_it_comes_only_a_hidden_part_is_there(folder: Folder) -> None:
    names: list[str] = []

    class Watched(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield CONTENT
            names.extend(folder.files())
            yield CONTENT

    folder.save(httpx.Response(200, headers=CHUNKED, stream=Watched()))

    (name,) = names
    assert name.startswith(".gen_1-0.")
    assert name.endswith(".part")
    assert folder.files() == {"fox.png": CONTENT * 2}


def test_a_file_that_is_there_is_kept(folder: Folder) -> None:
    (folder.path / "fox.png").write_text("mine")

    with pytest.raises(OutputExistsError):
        folder.save(image())

    assert folder.files() == {"fox.png": b"mine"}


def test_overwriting_has_to_be_asked_for(folder: Folder) -> None:
    (folder.path / "fox.png").write_text("mine")

    folder.save(image(), overwrite=True)

    assert folder.files() == {"fox.png": CONTENT}


def test_a_folder_is_never_replaced(folder: Folder) -> None:
    (folder.path / "fox.png").mkdir()

    with pytest.raises(OutputExistsError, match="is a folder"):
        folder.save(image(), overwrite=True)


def test_a_link_is_followed_and_stays_one(folder: Folder) -> None:
    (folder.path / "real.png").write_text("old")
    (folder.path / "fox.png").symlink_to("real.png")

    folder.save(image(), overwrite=True)

    assert (folder.path / "fox.png").is_symlink()
    assert folder.files() == {"fox.png": CONTENT, "real.png": CONTENT}


def test_what_is_no_regular_file_is_never_replaced(folder: Folder) -> None:
    os.mkfifo(folder.path / "fox.png")

    with pytest.raises(OutputExistsError, match="is not a regular file"):
        folder.save(image(), overwrite=True)

    assert (folder.path / "fox.png").is_fifo()


def test_a_name_too_long_is_told(folder: Folder) -> None:
    with pytest.raises(SaveError, match="file name too long"):
        folder.save(image(), "x" * 300)


def test_a_place_that_cannot_be_written_is_told(folder: Folder) -> None:
    (folder.path / "file").touch()

    with pytest.raises(SaveError, match=r"cannot write `.*/file/fox\.png`: ") as failure:
        folder.save(image(), "file/fox.png")

    assert failure.value.hint == "choose another place with `-o` or `-d`"
    assert list(folder.files()) == ["file"]


def test_two_downloads_to_one_name_do_not_mix(folder: Folder) -> None:
    class Slow(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"first"
            folder.save(httpx.Response(200, content=b"second"))

    with pytest.raises(OutputExistsError):
        folder.save(httpx.Response(200, headers=CHUNKED, stream=Slow()))

    assert folder.files() == {"fox.png": b"second"}


@pytest.mark.parametrize(
    ("target", "error"),
    [
        (Target(output=Path("there.png")), OutputExistsError),
        (Target(output=Path("folder")), OutputExistsError),
        (Target(output=Path("folder"), overwrite=True), OutputExistsError),
        (Target(folder=Path("there.png")), SaveError),
        (Target(folder=Path("there.png/deep")), SaveError),
        (Target(output=Path("there.png"), overwrite=True), None),
        (Target(output=Path("new/deep/fox.png")), None),
        (Target(folder=Path("folder")), None),
        (Target(), None),
    ],
)
def test_what_stands_in_the_way_is_known_before_the_job(
    target: Target, error: type[LumaError] | None
) -> None:
    Path("there.png").touch()
    Path("folder").mkdir()

    if error is None:
        target.check()
    else:
        with pytest.raises(error):
            target.check()
    assert sorted(Path().iterdir()) == [Path("folder"), Path("there.png")]  # nothing was made
