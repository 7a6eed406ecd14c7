"""The hidden part: nobody else's file, no byte that is not certain, none left behind."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.errors import OutputExistsError, UnavailableError
from luma_cli.host import Clock
from luma_cli.transfers import alone
from luma_cli.transfers.alone import open_alone
from luma_cli.transfers.download import SavedFile, download
from luma_cli.transfers.exchange import Storage as Reached
from luma_cli.transfers.note import Note, note_of
from luma_cli.transfers.part import Place
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
            place=Place(Path("out"), "gen_1-0"),
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
    note = note_of(value)

    assert note is None or (
        isinstance(note, Note)
        and 0 <= note.size <= (note.origin.total if note.origin.total is not None else note.size)
        and str(note.origin.validator).isprintable()
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
    lock, names = alone._lock, [TARGET]  # noqa: SLF001 - the moment that matters

    def late(descriptor: int) -> bool:
        if names:  # whoever had the lock gives the file its name, and the lock back
            PART.rename(names.pop())
        return lock(descriptor)

    monkeypatch.setattr(alone, "_lock", late)

    opened = open_alone(PART)
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
        first = open_alone(PART)
        others.callback(first.stream.close)
        second = open_alone(PART)
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
