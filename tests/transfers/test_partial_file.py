"""The hidden part: nobody else's file, no byte that is not certain, none left behind."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.errors import OutputExistsError, SaveError, UnavailableError
from luma_cli.host import Clock
from luma_cli.transfers import file_claim
from luma_cli.transfers.download import download
from luma_cli.transfers.download_log import DownloadLog, SavedFile
from luma_cli.transfers.file_claim import claim_file
from luma_cli.transfers.partial_file import PartialLocation
from luma_cli.transfers.range_request import Resource
from luma_cli.transfers.resume_state import ResumeState, parse_resume_state
from luma_cli.transfers.storage import Storage as Reached
from luma_cli.transfers.target import Target
from tests.support.installed import LUMA
from tests.support.raw_server import Asked, RawServer, Reply, answer
from tests.support.storage import Storage

CONTENT = b"\x89PNG\r\n\x1a\n" + bytes(range(40))
SIZE = len(CONTENT)
PART, NOTE = Path("out/.gen_1-0.part"), Path("out/.gen_1-0.part.json")
TARGET = Path("out/a.png")


@pytest.fixture(autouse=True)
def _folder() -> None:
    Path("out").mkdir()


def save(storage: Callable[[httpx.Request], httpx.Response], **options: Any) -> SavedFile:
    with httpx.Client(transport=httpx.MockTransport(storage)) as http:
        return download(
            Reached(lambda _: http, Clock()),
            "https://storage.test/a.png",
            lambda _: TARGET,
            location=PartialLocation(Path("out"), "gen_1-0"),
            **{"overwrite": False, "report": lambda *_: None, **options},
        )


def breaks_off(at: int, content: bytes = CONTENT) -> None:
    with pytest.raises(UnavailableError):
        save(Storage(content, cuts=[at]))


def files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path("out").iterdir()}


def noted() -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(NOTE.read_text())
    return fields


@pytest.mark.parametrize("name", [PART, NOTE, Path(f"{NOTE}.new")])
@pytest.mark.parametrize("leads_to", ["a file", "nothing", "a folder", "itself"])
def test_a_link_that_was_put_there_is_not_followed(name: Path, leads_to: str) -> None:  # 1.7
    victim = Path("victim").absolute()
    if leads_to == "a file":
        victim.write_text("precious")
    elif leads_to == "a folder":
        victim.mkdir()
    name.symlink_to(name.absolute() if leads_to == "itself" else victim)

    breaks_off(20)
    save(Storage(CONTENT))

    assert files() == {"a.png": CONTENT}
    if leads_to == "a file":
        assert victim.read_text() == "precious"
    else:
        assert not victim.exists() or not list(victim.iterdir())


@pytest.mark.parametrize("name", [PART, NOTE])
def test_a_file_that_has_another_name_too_is_not_written_to(name: Path) -> None:
    victim = Path("victim")
    victim.write_text("precious")
    name.hardlink_to(victim)

    breaks_off(20)
    save(Storage(CONTENT))

    assert files() == {"a.png": CONTENT}
    assert victim.read_text() == "precious"


def test_a_fifo_or_folder_in_the_way_does_not_stop_a_download() -> None:
    for make in (os.mkfifo, os.mkdir):
        make(PART)
        save(Storage(CONTENT))
        assert TARGET.read_bytes() == CONTENT
        TARGET.unlink()
        if PART.is_dir():
            PART.rmdir()
        assert files() == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", [PART, NOTE])
def test_the_part_or_note_of_another_user_is_not_taken_up(name: Path) -> None:
    breaks_off(20)
    os.chown(name, 12345, 12345)
    storage = Storage(CONTENT)

    save(storage)

    assert storage.asked == [None]
    assert files() == {"a.png": CONTENT}


def test_the_note_counts_the_bytes_and_has_their_digest() -> None:
    breaks_off(20)

    assert PART.read_bytes() == CONTENT[:20]
    assert noted() == {
        "validator": '"v1"',
        "total": SIZE,
        "content_type": "image/png",
        "size": 20,
        "sha256": _sha256(CONTENT[:20]),
    }


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def plant(content: bytes, **fields: Any) -> None:
    """Put a part there with a note that is right but for some fields."""
    PART.write_bytes(content)
    note = {"validator": '"v1"', "total": SIZE, "content_type": "image/png"}
    note |= {"size": len(content), "sha256": _sha256(content)}
    NOTE.write_text(json.dumps(note | fields))


@pytest.mark.parametrize("size", [1, 20, SIZE - 1, SIZE])
def test_bytes_that_are_not_those_that_were_noted_do_not_count(size: int) -> None:  # 1.8
    plant(bytes(size), sha256=_sha256(CONTENT[:size]))
    storage = Storage(CONTENT)

    save(storage)

    assert storage.asked == [None]
    assert files() == {"a.png": CONTENT}


def test_a_whole_part_of_another_file_is_not_named() -> None:
    other = CONTENT[::-1]
    plant(CONTENT)
    storage = Storage(other, etag='"v2"')

    save(storage)

    assert storage.asked == [f"bytes={SIZE - 1}-"]  # the host says that the file is another one
    assert files() == {"a.png": other}


def test_a_whole_part_is_not_named_while_the_host_does_not_answer() -> None:
    plant(CONTENT)

    with pytest.raises(UnavailableError):
        save(lambda _: httpx.Response(503))

    assert not TARGET.exists()
    assert PART.read_bytes() == CONTENT  # and is kept for the next time


def test_a_part_that_lost_its_end_counts_for_nothing() -> None:
    plant(CONTENT[:10], size=20, sha256=_sha256(CONTENT[:20]))
    storage = Storage(CONTENT)

    save(storage)

    assert storage.asked == [None]
    assert files() == {"a.png": CONTENT}


def test_what_was_written_behind_the_last_note_does_not_count() -> None:
    plant(CONTENT[:10])
    with PART.open("ab") as stream:
        stream.write(b"torn")
    storage = Storage(CONTENT)

    save(storage)

    assert storage.asked == ["bytes=10-"]
    assert files() == {"a.png": CONTENT}


OLD = '{"validator": "\\"v1\\"", "total": 48, "content_type": "image/png"}'


@pytest.mark.parametrize(
    "text",
    [
        *(OLD, "", "[]", "null", "{", '{"size": 1e999}', "{}" + " " * 100_000),
        *("[" * 100_000, '{"size":' + "9" * 5000 + "}", "\xed\xa0\x80"),
    ],
    ids=range(10),
)
def test_a_part_with_a_note_of_another_shape_is_fetched_again(text: str) -> None:
    PART.write_bytes(CONTENT)
    NOTE.write_text(text, encoding="latin-1")
    storage = Storage(CONTENT)

    save(storage)

    assert storage.asked == [None]
    assert files() == {"a.png": CONTENT}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(
    JSON
    | st.fixed_dictionaries(
        {},
        optional={
            "validator": JSON | st.just('"v1"') | st.just('"a"\r\nX: y'),
            "total": JSON | st.integers(0, 99),
            "content_type": JSON | st.just("image/png"),
            "size": JSON | st.integers(0, 99),
            "sha256": JSON | st.just("0" * 64),
        },
    )
)
def test_a_note_is_read_or_none_whatever_json_it_is(value: Any) -> None:
    note = parse_resume_state(value)

    assert note is None or (
        isinstance(note, ResumeState)
        and 0
        <= note.size
        <= (note.resource.total if note.resource.total is not None else note.size)
        and str(note.resource.validator).isprintable()
    )


# One process at a part, and one name for it.


def test_bytes_are_on_disk_before_they_have_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, hardlink, replace = os.fsync, Path.hardlink_to, Path.replace

    def synced(descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        order.append(f"synced {size}")
        fsync(descriptor)

    def named(self: Path, target: Path) -> None:
        order.append(f"named {self.name}")
        hardlink(self, target)

    def renamed(self: Path, target: Path) -> Path:
        if target.suffix == ".png":
            order.append(f"named {target.name}")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "hardlink_to", named)
    monkeypatch.setattr(Path, "replace", renamed)

    save(Storage(CONTENT))
    save(Storage(CONTENT), overwrite=True)

    assert order == [f"synced {SIZE}", "named a.png"] * 2


def test_a_part_that_gets_its_name_while_it_is_opened_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    PART.write_bytes(CONTENT)
    lock, names = file_claim._lock, [TARGET]  # noqa: SLF001 - the moment that matters

    def late(descriptor: int) -> bool:
        if names:  # whoever had the lock gives the file its name, and the lock back
            PART.rename(names.pop())
        return lock(descriptor)

    monkeypatch.setattr(file_claim, "_lock", late)

    opened = claim_file(PART)
    opened.stream.write(b"another one")
    opened.stream.close()

    assert TARGET.read_bytes() == CONTENT
    assert opened.path == PART
    assert PART.read_bytes() == b"another one"


def test_two_at_once_with_the_same_bytes_both_succeed() -> None:  # 1.9
    inner: list[SavedFile] = []

    class Meanwhile(httpx.SyncByteStream):
        def __iter__(self) -> Any:
            yield CONTENT[:20]
            inner.append(save(Storage(CONTENT)))
            yield CONTENT[20:]

    headers = {"ETag": '"v1"', "Content-Length": str(SIZE), "Content-Type": "image/png"}

    outer = save(lambda _: httpx.Response(200, headers=headers, stream=Meanwhile()))

    assert [outer] == inner
    assert files() == {"a.png": CONTENT}


@pytest.mark.parametrize("there", [CONTENT[::-1], CONTENT[:-1], b""])
def test_a_file_with_other_bytes_is_never_taken_for_the_output(there: bytes) -> None:
    TARGET.write_bytes(there)

    with pytest.raises(OutputExistsError):
        save(Storage(CONTENT))

    assert TARGET.read_bytes() == there


def test_what_killed_processes_left_is_removed_by_the_one_that_ends_well() -> None:
    Path("out/.gen_1-0.2.part").write_bytes(b"left by a kill")
    with ExitStack() as others:
        first = claim_file(PART)
        others.callback(first.stream.close)
        second = claim_file(PART)
        others.callback(second.stream.close)
        assert second.path.name == ".gen_1-0.2.part"
        save(Storage(CONTENT))
        assert PART.exists()  # another process is at it
    TARGET.unlink()

    save(Storage(CONTENT))

    assert files() == {"a.png": CONTENT}


@pytest.mark.installed
def test_three_processes_at_one_output_all_succeed(environ: dict[str, str]) -> None:  # 1.9
    together = threading.Barrier(3)
    head = {"ETag": '"v1"', "Content-Type": "image/png", "Content-Length": str(SIZE)}

    def reply(asked: Asked) -> Reply:
        if asked.target.startswith("/v1"):
            link = f"{server.origin}/a.png"
            fields = {"id": "gen_1", "state": "completed", "output": [{"url": link}]}
            body = json.dumps(fields).encode()
            length = {"Content-Length": str(len(body)), "Content-Type": "application/json"}
            return Reply([answer("200 OK", length, body)])
        return Reply(both_halves())

    def both_halves() -> Any:
        yield answer("200 OK", head, CONTENT[:20])
        together.wait(30)  # nobody is finished before all have begun
        yield CONTENT[20:]

    with RawServer(reply) as server:
        env = environ | {
            "LUMA_BASE_URL": f"{server.origin}/v1",
            "LUMA_AGENTS_API_KEY": "luma-api-sandbox",
        }
        argv = [LUMA, "generations", "download", "gen_1", "-o", str(TARGET)]
        children = [
            subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(3)
        ]
        ends = [child.communicate(timeout=60) for child in children]

    assert [child.returncode for child in children] == [0, 0, 0], ends
    assert ends == [(b"out/a.png\n", b"")] * 3
    assert files() == {"a.png": CONTENT}


# File systems without locks, long names, and folders that others can write to.

NO_LOCKS = sorted({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


def refuse_locks(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def flock(_descriptor: int, _operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)


@pytest.mark.parametrize("number", NO_LOCKS, ids=lambda number: errno.errorcode[number])
def test_without_locks_a_download_is_resumed_and_leaves_nothing_behind(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_locks(monkeypatch, number)
    breaks_off(20)
    assert set(files()) == {PART.name, NOTE.name}
    storage = Storage(CONTENT)

    save(storage)

    assert storage.asked == ["bytes=20-"]
    assert files() == {"a.png": CONTENT}


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.EINVAL])
def test_a_lock_that_fails_leaves_nothing_behind(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_locks(monkeypatch, number)

    save(Storage(CONTENT))

    assert files() == {"a.png": CONTENT}


def test_without_locks_two_at_once_with_the_same_bytes_both_succeed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refuse_locks(monkeypatch, errno.ENOLCK)
    test_two_at_once_with_the_same_bytes_both_succeed()


class Meddling(DownloadLog):
    """Writes to the part as another process may that shares it, once all bytes are here."""

    def about_to_save(self, file: SavedFile) -> None:  # noqa: ARG002 - of the base
        with PART.open("r+b") as stream:
            stream.write(bytes(10))


@pytest.mark.parametrize("overwrite", [False, True])
def test_without_locks_bytes_that_another_process_changed_do_not_get_the_name(
    overwrite: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_locks(monkeypatch, errno.ENOLCK)

    with pytest.raises(SaveError, match="another process replaced or changed"):
        save(Storage(CONTENT), log=Meddling(), overwrite=overwrite)

    assert not TARGET.exists()
    save(Storage(CONTENT))
    assert files() == {"a.png": CONTENT}


def test_without_locks_a_file_that_another_process_named_is_not_emptied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refuse_locks(monkeypatch, errno.ENOLCK)
    breaks_off(20)

    def named_meanwhile(request: httpx.Request) -> httpx.Response:
        PART.write_bytes(CONTENT[::-1])
        PART.rename("out/b.png")
        return Storage(CONTENT, etag='"v2"')(request)

    save(named_meanwhile)

    assert files() == {"a.png": CONTENT, "b.png": CONTENT[::-1]}


@given(st.text(st.sampled_from("ab/_é"), max_size=5), st.integers(0, 150))
def test_two_outputs_have_two_parts_whatever_the_id_is(text: str, times: int) -> None:
    paths = {PartialLocation(Path("out"), f"{text * times}-{index}").path for index in range(3)}

    assert len(paths) == 3
    assert all(len(os.fsencode(f"{path.name}.json.new")) < 200 for path in paths)


@pytest.mark.parametrize("target", [{"output": "{}.png"}, {"output": "{}/a.png"}, {"folder": "{}"}])
@pytest.mark.parametrize("name", ["gr\udfffße", "a\0b"], ids=["not to be spelled", "a zero"])
def test_a_path_that_cannot_be_is_refused_before_a_job_is_paid(
    target: dict[str, str], name: str
) -> None:
    paths = {option: Path(path.format(name)) for option, path in target.items()}

    with pytest.raises(SaveError, match="cannot write"):
        Target(**paths).check()  # type: ignore[arg-type]


def test_two_ids_that_look_the_same_on_disk_have_two_parts() -> None:
    assert PartialLocation(Path("out"), "a/b-0").path != PartialLocation(Path("out"), "a_b-0").path


@pytest.mark.parametrize("name", ["ä" * 120 + ".png", "x" * 251 + ".png", "🦊" * 62 + ".png"])
def test_a_long_name_on_another_disk_gets_the_bytes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def across_disks(self: Path, target: Path) -> Path:
        if self.name == PART.name and target.suffix == ".png":
            raise OSError(errno.EXDEV, "another disk")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", across_disks)
    TARGET.symlink_to(Path("there", name).absolute())

    save(Storage(CONTENT), overwrite=True)

    assert [(path.name, path.read_bytes()) for path in Path("there").iterdir()] == [(name, CONTENT)]
    assert {path.name for path in Path("out").iterdir()} == {"a.png"}


class Swapping(httpx.SyncByteStream):
    """A body that puts another file in the place of the part while it comes."""

    def __init__(self, planted: Callable[[], None]) -> None:
        self._plant = planted

    def __iter__(self) -> Iterator[bytes]:
        yield CONTENT[:20]
        yield CONTENT[20:30]
        self._plant()
        yield CONTENT[30:]


def plant_a_file() -> None:
    other = Path("out/other")
    other.write_bytes(bytes(SIZE))
    other.replace(PART)


def plant_a_link() -> None:
    Path("victim").write_bytes(bytes(SIZE))
    PART.unlink()
    PART.symlink_to(Path("victim").absolute())


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("planted", [plant_a_file, plant_a_link, PART.unlink])
def test_what_is_put_in_the_place_of_the_part_never_gets_the_name(
    planted: Callable[[], None], overwrite: bool
) -> None:
    headers = {"ETag": '"v1"', "Content-Length": str(SIZE), "Content-Type": "image/png"}

    with pytest.raises(SaveError, match="another process replaced or changed"):
        save(
            lambda _: httpx.Response(200, headers=headers, stream=Swapping(planted)),
            overwrite=overwrite,
        )

    assert not os.path.lexists(TARGET)
    save(Storage(CONTENT))
    assert files() == {"a.png": CONTENT}


def test_the_digest_is_that_of_the_bytes_that_were_written_wherever_the_path_leads() -> None:
    written = CONTENT * 100_000
    with PartialLocation(Path("out"), "gen_1-0").open() as part:
        part.start(Resource('"v1"', len(written), "image/png"), 0)
        plant_a_file()
        with part.write() as sink:
            for start in range(0, len(written), 100_000):
                sink.write(written[start : start + 100_000])

        assert part.sha256 == _sha256(written)
