"""`@path` in texts: what is put in its place, and what is left alone."""

from __future__ import annotations

import base64
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.body.build import build_body
from luma_cli.body.encode import EncodedBody
from luma_cli.body.input import MOST_BYTES
from luma_cli.body.text_detection import text_of
from luma_cli.errors import InputFileError, UsageError
from tests.support.flags import occurrences

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sent(*words: str, stdin: str = "") -> Any:
    """Return what a server reads when these flags and values are typed in turn."""

    body = build_body(occurrences(zip(words[::2], words[1::2], strict=True)), lambda: stdin)
    encoded = EncodedBody(body)
    data = b"".join(encoded.chunks())
    assert len(data) == encoded.length
    return json.loads(data)


@pytest.fixture(autouse=True)
def files() -> None:
    Path("p.txt").write_bytes(b"hello\n")
    Path("word").write_bytes(b"a word")
    Path("img.png").write_bytes(PNG)
    Path("empty").touch()
    Path("sub").mkdir()
    Path("sub/deep.txt").write_bytes("é\r\n@p.txt".encode())
    Path("latin.txt").write_bytes(b"caf\xe9")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("@p.txt", "hello\n"),
        ("@./p.txt", "hello\n"),
        ("@word", "a word"),
        ("@empty", ""),
        ("@sub/deep.txt", "é\r\n@p.txt"),
        ("@img.png", base64_of(PNG)),
        ("@latin.txt", base64_of(b"caf\xe9")),
        ("@file://p.txt", "hello\n"),
        ("@file://latin.txt", "caf\ufffd"),
        ("@data://p.txt", base64_of(b"hello\n")),
        ("@data://img.png", base64_of(PNG)),
        ("@data://empty", ""),
        ("\\@p.txt", "@p.txt"),
        ("\\@", "@"),
        ("\\\\@p.txt", "\\\\@p.txt"),
        ("@username", "@username"),
        ("@home sweet home", "@home sweet home"),
        ("@", "@"),
        ("@" + "x" * 5000, "@" + "x" * 5000),
        ("user@example.com", "user@example.com"),
        (" @p.txt", " @p.txt"),
        ("hello @p.txt", "hello @p.txt"),
    ],
)
def test_a_text(typed: str, value: str) -> None:
    assert sent("--prompt", typed) == {"prompt": value}
    assert sent("--user-id", typed) == {"user_id": value}
    assert sent("--source.data", typed) == {"source": {"data": value}}


def test_texts_at_any_depth_but_not_keys() -> None:
    video = '{l: ["@p.txt", {x: "@p.txt"}], "@p.txt": k}'
    assert sent("--video", video) == {"video": {"l": ["hello\n", {"x": "hello\n"}], "@p.txt": "k"}}
    assert sent("--image-ref", '{data: "@img.png"}', "--param", 'a.b="@word"') == {
        "image_ref": [{"data": base64_of(PNG)}],
        "a": {"b": "a word"},
    }


def test_what_a_file_says_is_not_looked_at_again() -> None:
    Path("tricky.txt").write_text("@p.txt")
    assert sent("--prompt", "@tricky.txt") == {"prompt": "@p.txt"}
    assert sent("--prompt-file", "tricky.txt") == {"prompt": "@p.txt"}
    assert sent("--prompt-file", "-", stdin="\\@x") == {"prompt": "\\@x"}


@pytest.mark.parametrize("name", ["@-", "@/dev/stdin", "@file://-", "@/dev/fd/0"])
def test_stdin_is_a_file_too(name: str) -> None:
    assert sent("--prompt", name, stdin="a fox\n") == {"prompt": "a fox\n"}


def test_stdin_as_bytes_and_only_once() -> None:
    assert sent("--prompt", "@data://-", stdin="é") == {"prompt": base64_of("é".encode())}
    with pytest.raises(UsageError, match="stdin is used twice"):
        sent("--prompt", "@-", "--user-id", "@-")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("@missing.txt", "cannot read `missing.txt`: no such file or directory"),
        ("@nasa.gov style", "cannot read `nasa.gov style`: no such file or directory"),
        ("@https://x.test/a", "cannot read `https:/x.test/a`: no such file or directory"),
        ("@file://missing", "cannot read `missing`: no such file or directory"),
        ("@data://missing", "cannot read `missing`: no such file or directory"),
        ("@sub", "cannot read `sub`: is a directory"),
        ("@data://sub", "cannot read `sub`: is a directory"),
        ("@file://", "cannot read `.`: is a directory"),
    ],
)
def test_a_file_that_cannot_be_read(typed: str, message: str) -> None:
    with pytest.raises(InputFileError) as refusal:
        sent("--prompt", typed)
    assert refusal.value.message == message
    assert refusal.value.hint == ("escape a leading `@` with a backslash: `\\@`")


@pytest.mark.parametrize("form", ["@", "@file://", "@data://"])
@pytest.mark.parametrize("head", [b"words", PNG])
def test_a_file_beyond_the_bound_is_told_before_it_is_read(form: str, head: bytes) -> None:
    with Path("sparse").open("wb") as file:
        file.write(head)
        file.truncate(MOST_BYTES + 1)

    tracemalloc.start()
    with pytest.raises(InputFileError) as refusal:
        sent("--prompt", f"{form}./sparse")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert refusal.value.message == f"`sparse` exceeds {MOST_BYTES:,} bytes"
    assert peak < 4_000_000


@pytest.mark.parametrize("form", ["@", "@file://", "@data://"])
def test_a_text_that_grows_beyond_the_bound_is_not_read_on(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("luma_cli.body.input.MOST_BYTES", 1000)
    Path("fits.txt").write_text("x" * 1000)
    Path("large.txt").write_text("x" * 1001)

    assert len(sent("--prompt", f"{form}fits.txt")["prompt"]) >= 1000
    with pytest.raises(InputFileError, match=r"`large\.txt` exceeds 1,000 bytes"):
        sent("--prompt", f"{form}large.txt")
    with pytest.raises(InputFileError, match="stdin exceeds 1,000 bytes"):
        build_body(
            occurrences([("--prompt", f"{form}-")]),
            lambda: "",
            spool_stdin=lambda: Path("large.txt"),
        )


@pytest.mark.parametrize(
    ("data", "is_text"),
    [
        (b"", True),
        (b"plain", True),
        (b"esc \x1b and \x0c", True),
        (b"\xef\xbb\xbfwith a mark", True),
        (b"<svg xmlns='x'/>", True),
        (b" \n<!doctype html>\x01", True),
        (b"<?xml version='1.0'?>\x01", True),
        (b"<B>\x01", True),
        (b"<Bx>\x01", False),
        (b"x" * 512 + b"\x00", True),
        (b"x" * 511 + b"\x00", False),
        (b"\x01", False),
        (b"BM is how bitmaps begin", False),
        (b"ID3", False),
        (b"GIF89a", False),
        (b"%PDF-1.7", False),
        (b"RIFF....WAVE", False),
        (b"RIFF....text", True),
        (b"....ftypisom", False),
        (b"PK\x03\x04", False),
        (b"x" * 600 + b"\xe9", False),
        (b"x" * 511 + "é".encode(), True),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_text(data: bytes, is_text: bool) -> None:
    assert text_of(data) == (data.decode() if is_text else None)
    Path("file.bin").write_bytes(data)
    expected = data.decode("utf-8-sig") if is_text else base64_of(data)
    assert sent("--prompt", "@file.bin") == {"prompt": expected}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_sent_with_a_backslash(text: str) -> None:
    assert sent("--prompt", "\\@" + text) == {"prompt": "@" + text}
    if not text.startswith(("@", "\\@")):
        assert sent("--prompt", text) == {"prompt": text}
