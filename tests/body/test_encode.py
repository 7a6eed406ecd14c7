"""The body as bytes: as long as announced, and the files in it arrive whole."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luma_cli.body.encode import EncodedBody
from luma_cli.body.local_file import LocalFile, local_file
from luma_cli.errors import InputFileError

PIECE_BYTES = 3 * 64 * 1024  # the files are read in pieces of this size
PNG = b"\x89PNG\r\n\x1a\n"

texts = st.text(st.characters(exclude_categories=["Cs"]))


def encode(body: dict[str, Any]) -> bytes:
    encoded = EncodedBody(body)
    sent = b"".join(encoded.chunks())
    assert len(sent) == encoded.length
    return sent


@given(contents=st.lists(st.binary(max_size=200), max_size=4), prompt=texts)
@settings(deadline=None)
def test_files_arrive_whole(contents: list[bytes], prompt: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for index, content in enumerate(contents):
            path = Path(folder) / str(index)
            path.write_bytes(content)
            files.append(LocalFile(path, "image/png", len(content)))
        body = {"prompt": prompt, "image_ref": [{"data": file} for file in files], prompt: 1}

        received = json.loads(encode(body))

    assert received == {
        "prompt": prompt,
        "image_ref": [{"data": base64.b64encode(content).decode()} for content in contents],
    } | {prompt: 1}


@pytest.mark.parametrize("extra", [-1, 0, 1, 2, PIECE_BYTES])
def test_a_file_larger_than_a_piece_arrives_whole(extra: int) -> None:
    content = (PNG + bytes(range(256)) * (2 * PIECE_BYTES // 256))[: PIECE_BYTES + extra]
    Path("a.png").write_bytes(content)

    received = json.loads(encode({"data": local_file(Path("a.png"))}))

    assert base64.b64decode(received["data"], validate=True) == content


def test_json_is_compact_and_text_is_utf_8() -> None:
    assert encode({"b": ["é", 1.5, None], "a": {}}) == '{"b":["é",1.5,null],"a":{}}'.encode()


def test_the_bytes_are_counted_each_time_they_are_sent() -> None:
    Path("a.png").write_bytes(PNG.ljust(2 * PIECE_BYTES, b"x"))
    heard: list[tuple[int, int]] = []
    body = EncodedBody({"data": local_file(Path("a.png"))}, lambda *each: heard.append(each))

    for _ in range(2):
        sent = len(b"".join(body.chunks()))
        done = [each for each, _ in heard]
        assert (done, {total for _, total in heard}) == (sorted(done), {body.length})
        assert done[-1] == sent == body.length
        heard.clear()


def test_half_a_character_becomes_a_mark() -> None:
    assert encode({"prompt": "a\ud800b"}) == '{"prompt":"a\ufffdb"}'.encode()


@pytest.mark.parametrize("change", [-PIECE_BYTES, -1, 1, PIECE_BYTES])
def test_a_file_that_changes_its_size_meanwhile_is_not_sent_as_garbage(change: int) -> None:
    path, size = Path("a.png"), 2 * PIECE_BYTES
    path.write_bytes(PNG.ljust(size, b"x"))
    body = EncodedBody({"data": local_file(path)})
    path.write_bytes(PNG.ljust(size + change, b"x"))

    sent: list[bytes] = []
    with pytest.raises(InputFileError, match=r"`a\.png` changed while it was sent"):
        sent.extend(body.chunks())

    assert len(b"".join(sent)) < body.length


def rewrite_in_place(path: Path, content: bytes) -> None:
    """Write other bytes into a file, as `dd conv=notrunc` does, a second after the last ones."""
    status = path.stat()
    with path.open("r+b") as stream:
        stream.write(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000_000))


@pytest.mark.parametrize("pieces_before", [0, 1])
def test_a_file_that_is_rewritten_in_place_is_not_sent_as_a_mixture(pieces_before: int) -> None:
    path, size = Path("a.png"), 2 * PIECE_BYTES
    path.write_bytes(PNG.ljust(size, b"x"))
    body = EncodedBody({"data": local_file(path)})
    pieces, sent = body.chunks(), []
    sent += [next(pieces) for _ in range(2 + pieces_before)]
    rewrite_in_place(path, PNG.ljust(size, b"y"))

    with pytest.raises(InputFileError, match=r"`a\.png` changed while it was sent"):
        sent.extend(pieces)

    assert len(b"".join(sent)) < body.length


def test_a_file_that_is_replaced_before_it_is_sent_is_not_sent() -> None:
    path = Path("a.png")
    path.write_bytes(PNG)
    file = local_file(path)
    Path("b.png").write_bytes(PNG[::-1])
    Path("b.png").rename(path)

    with pytest.raises(InputFileError, match=r"`a\.png` changed while it was sent"):
        list(file.chunks())
    with pytest.raises(InputFileError, match=r"`a\.png` changed while it was read"):
        assert file.sha256


def test_a_file_that_is_replaced_while_it_is_sent_is_sent_as_it_was() -> None:
    path, size = Path("a.png"), 2 * PIECE_BYTES
    path.write_bytes(PNG.ljust(size, b"x"))
    pieces = local_file(path).chunks()
    sent = next(pieces)
    Path("b.png").write_bytes(PNG.ljust(size, b"y"))
    Path("b.png").rename(path)

    assert base64.b64decode(sent + b"".join(pieces)) == PNG.ljust(size, b"x")


def test_bytes_that_change_while_they_are_digested_have_no_digest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = Path("a.png")
    path.write_bytes(PNG)
    video = local_file(path, "video/mp4")

    def slow(stream: BinaryIO, name: str) -> Any:
        rewrite_in_place(path, PNG[::-1])
        return hashlib.new(name, stream.read())

    monkeypatch.setattr("hashlib.file_digest", slow)
    with pytest.raises(InputFileError, match=r"`a\.png` changed while it was read"):
        assert video.sha256
    with pytest.raises(InputFileError, match=r"`a\.png` changed while it was read"):
        local_file(path, "image/png")  # a picture is digested when it is checked


def test_a_file_deleted_meanwhile_is_an_error() -> None:
    Path("a.png").write_bytes(PNG)
    body = EncodedBody({"data": local_file(Path("a.png"))})
    Path("a.png").unlink()

    with pytest.raises(InputFileError, match=r"cannot read `a\.png`: no such file or directory"):
        list(body.chunks())


def test_what_is_no_json_is_a_bug_of_ours() -> None:
    with pytest.raises(TypeError, match="Path cannot be sent"):
        EncodedBody({"path": Path("x")})
