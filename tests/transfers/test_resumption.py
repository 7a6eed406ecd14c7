"""Downloads that break off go on where they ended, if the file is still the same."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from luma_cli.errors import LumaError, UnavailableError
from luma_cli.host import Clock
from luma_cli.transfers.download import download
from luma_cli.transfers.download_log import NO_LOG, DownloadLog, SavedFile
from luma_cli.transfers.partial_file import PartialFile, PartialLocation
from luma_cli.transfers.range_request import Resource
from luma_cli.transfers.storage import Storage as Reached
from tests.support.storage import Cut, Storage

SMALL = bytes(range(48))
LARGE = random.Random(1).randbytes(3_000_000)  # noqa: S311 - content, no secrets
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def folder() -> Path:
    path = Path("out").absolute()
    path.mkdir()
    return path


def save(folder: Path, answer: Answer | httpx.Response, ledger: DownloadLog = NO_LOG) -> SavedFile:
    transport = httpx.MockTransport(
        (lambda _: answer) if isinstance(answer, httpx.Response) else answer
    )
    with httpx.Client(transport=transport) as http:
        return download(
            Reached(lambda _: http, Clock()),
            "https://storage.test/a.png?X-Amz-Signature=s",
            lambda _: folder / "a.png",
            location=PartialLocation(folder, "gen_1-0"),
            overwrite=False,
            report=lambda *_: None,
            log=ledger,
        )


def breaks_off(folder: Path, storage: Storage) -> None:
    with pytest.raises(UnavailableError):
        save(folder, storage)
    assert not (folder / "a.png").exists()


def keep(part: PartialFile, content: bytes) -> None:
    """Have the first bytes of `SMALL` in a part, as if they had come."""
    part.start(Resource('"v1"', len(SMALL), "image/png"), 0)
    with part.write() as sink:
        sink.write(content)


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("offset", range(len(SMALL)))
def test_a_cut_at_every_offset(folder: Path, offset: int) -> None:
    storage = Storage(SMALL, cuts=[offset])
    breaks_off(folder, storage)

    saved = save(folder, storage)

    assert files(folder) == {"a.png": SMALL}
    assert saved.bytes == len(SMALL)
    assert storage.asked == [None, f"bytes={offset}-" if offset else None]
    assert sum(len(part) for part in storage.sent) == len(SMALL)  # no byte twice


def test_a_large_file_cut_a_hundred_times(folder: Path) -> None:
    cuts = sorted(random.Random(2).sample(range(1, len(LARGE)), 100))  # noqa: S311 - same
    storage = Storage(LARGE, cuts=cuts)
    for _ in range(100):
        breaks_off(folder, storage)

    save(folder, storage)

    assert files(folder) == {"a.png": LARGE}
    assert sum(len(part) for part in storage.sent) == len(LARGE)


def test_another_file_is_fetched_anew(folder: Path) -> None:
    breaks_off(folder, Storage(SMALL, cuts=[20]))
    other = Storage(SMALL[::-1], etag='"v2"')

    save(folder, other)

    assert files(folder) == {"a.png": SMALL[::-1]}
    assert other.asked == ["bytes=20-"]


def test_a_host_that_ignores_ranges_sends_all_of_it_again(folder: Path) -> None:
    storage = Storage(SMALL, cuts=[20], knows_ranges=False)
    breaks_off(folder, storage)

    save(folder, storage)

    assert files(folder) == {"a.png": SMALL}


@pytest.mark.parametrize("etag", [None, 'W/"v1"', "v1"])
def test_without_a_strong_validator_nothing_is_kept(folder: Path, etag: str | None) -> None:
    storage = Storage(SMALL, etag=etag, cuts=[20])
    breaks_off(folder, storage)
    assert files(folder) == {}

    save(folder, storage)

    assert storage.asked == [None, None]
    assert files(folder) == {"a.png": SMALL}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(206, content=SMALL[20:], headers={"ETag": '"v1"'}),
        httpx.Response(
            206,
            content=SMALL[21:],
            headers={"ETag": '"v1"', "Content-Range": "bytes 21-47/48"},
        ),
        httpx.Response(
            206,
            content=SMALL[20:],
            headers={"ETag": '"v2"', "Content-Range": "bytes 20-47/48"},
        ),
        httpx.Response(416, headers={"Content-Range": "bytes */10"}),
    ],
)
def test_another_part_than_was_asked_for_is_no_use(folder: Path, answer: httpx.Response) -> None:
    breaks_off(folder, Storage(SMALL, cuts=[20]))

    with pytest.raises(LumaError):
        save(folder, answer)

    storage = Storage(SMALL)
    save(folder, storage)
    assert storage.asked == [None]
    assert files(folder) == {"a.png": SMALL}


def test_a_whole_part_gets_its_name_once_storage_has_confirmed_it(folder: Path) -> None:
    location = PartialLocation(folder, "gen_1-0")
    with location.open() as part:
        keep(part, SMALL)
    storage = Storage(SMALL)

    saved = save(folder, storage)

    assert (storage.asked, files(folder)) == (["bytes=47-"], {"a.png": SMALL})
    assert re.fullmatch(r"[0-9a-f]{64}", saved.sha256)
    assert saved.content_type == "image/png"


class Remembering(DownloadLog):
    """Knows a file that was about to take its name."""

    def __init__(self, file: SavedFile) -> None:
        self._file = file

    def saved_before(self, target: Path) -> SavedFile | None:
        return self._file if target == Path(self._file.path) else None


def test_a_kill_between_the_name_and_the_end_is_no_trouble(folder: Path) -> None:
    location = PartialLocation(folder, "gen_1-0")
    with location.open() as part:
        keep(part, SMALL)
    (folder / "a.png").hardlink_to(location.path)  # it has both names now
    noted = SavedFile(str(folder / "a.png"), len(SMALL), "digest", "image/png")

    saved = save(folder, Storage(SMALL), Remembering(noted))

    assert saved == noted
    assert files(folder) == {"a.png": SMALL}


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"validator": 1}', b"\xff"])
def test_a_part_nobody_knows_anything_of_is_fetched_anew(folder: Path, note: bytes) -> None:
    breaks_off(folder, Storage(SMALL, cuts=[20]))
    (folder / ".gen_1-0.part.json").write_bytes(note)

    save(folder, Storage(SMALL))

    assert files(folder) == {"a.png": SMALL}


def test_two_at_once_do_not_write_into_one_part(folder: Path) -> None:
    location = PartialLocation(folder, "gen_1-0")
    with location.open() as ours:
        keep(ours, SMALL[:20])
        save(folder, Storage(SMALL))
        assert (folder / "a.png").read_bytes() == SMALL
        assert ours.path.read_bytes() == SMALL[:20]

    assert location.path.read_bytes() == SMALL[:20]


def test_a_full_disk_is_told_before_a_byte_is_written(folder: Path) -> None:
    answer = httpx.Response(
        200, headers={"Content-Length": str(2**60), "ETag": '"v1"'}, stream=Cut(SMALL, 0)
    )

    with pytest.raises(LumaError, match="not enough space in"):
        save(folder, answer)

    assert files(folder) == {}


def reset(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("reset")


def unreached(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route")


def late(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("nothing came")


def busy(_: httpx.Request) -> httpx.Response:
    return httpx.Response(503)


def two_lengths(_: httpx.Request) -> httpx.Response:
    raise httpx.RemoteProtocolError("conflicting Content-Length headers")


def fails(folder: Path, answer: Answer) -> None:
    with pytest.raises(UnavailableError):
        save(folder, answer)
    assert (folder / ".gen_1-0.part").read_bytes() == SMALL[:20]  # kept


@pytest.mark.parametrize("fault", [reset, late, busy, two_lengths])
def test_after_a_range_that_brought_nothing_the_next_run_asks_for_all(
    folder: Path, fault: Answer
) -> None:
    breaks_off(folder, Storage(SMALL, cuts=[20]))
    fails(folder, fault)
    storage = Storage(SMALL)

    save(folder, storage)

    assert storage.asked == [None]
    assert files(folder) == {"a.png": SMALL}


def test_all_is_asked_for_once_and_then_the_rest_again(folder: Path) -> None:
    breaks_off(folder, Storage(SMALL, cuts=[20]))
    for _ in ("the rest", "all"):
        fails(folder, reset)
    storage = Storage(SMALL)

    save(folder, storage)

    assert storage.asked == ["bytes=20-"]
    assert files(folder) == {"a.png": SMALL}


def test_a_cut_of_all_that_came_instead_of_a_range_is_resumed(folder: Path) -> None:
    breaks_off(folder, Storage(SMALL, cuts=[20]))
    fails(folder, reset)
    storage = Storage(SMALL, cuts=[10])
    breaks_off(folder, storage)

    save(folder, storage)

    assert storage.asked == [None, "bytes=10-"]
    assert files(folder) == {"a.png": SMALL}


def test_a_host_that_was_not_reached_does_not_cost_the_part(folder: Path) -> None:
    breaks_off(folder, Storage(SMALL, cuts=[20]))
    fails(folder, unreached)
    storage = Storage(SMALL)

    save(folder, storage)

    assert storage.asked == ["bytes=20-"]
