"""`files upload`, and local files that travel through the Files API."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import httpx
import pytest

from luma_cli.output.progress_bar import LiveProgress
from tests.support.fake_api import STORAGE_URL, FakeApi, Sent, generation
from tests.support.opens import opened
from tests.support.program import KEY, Program, Result, Stream, TestClock

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100
MP4 = b"\0\0\0\x18ftypmp42" + b"frames" * 100
PUT_URL = f"{STORAGE_URL}/f1?X-Amz-Signature=s"


@pytest.fixture(autouse=True)
def files(luma: Program, tmp_path: Path) -> None:
    luma.environ["LUMA_STATE_DIR"] = str(tmp_path / "state")
    Path("fox.png").write_bytes(PNG)
    Path("clip.mp4").write_bytes(MP4)


def record(state: str = "ready", **fields: Any) -> dict[str, Any]:
    return {"id": "f1", "state": state, "failure_reason": None} | fields


def envelope(url: str = PUT_URL) -> dict[str, Any]:
    upload = {"url": url, "method": "PUT", "headers": {"X-Amz-Meta": "m"}, "expires_at": "later"}
    return record("pending", file=record("pending"), upload=upload)


def takes(api: FakeApi, *states: str) -> None:
    """Have the API take a file in, in these states one after the other."""
    api.on("POST", "/files", envelope())
    api.on("PUT", PUT_URL, httpx.Response(200))
    first, *later = [record(state) for state in states]
    api.on("POST", "/files/f1/complete", httpx.Response(200, json=first))
    api.on("GET", "/files/f1", *later)


def test_a_file_is_uploaded_whole_and_waited_for(
    luma: Program, api: FakeApi, clock: TestClock
) -> None:
    takes(api, "pending", "pending", "ready")

    result = luma("files", "upload", "fox.png", "--purpose", "input", "--format", "jsonl")

    assert result == Result(0, json.dumps(record(), separators=(",", ":")) + "\n", "")
    asked, put, complete = api.sent[:3]
    assert asked.json == {
        "mime_type": "image/png",
        "size_bytes": len(PNG),
        "filename": "fox.png",
        "purpose": "input",
    }
    assert put.content == PNG
    assert put.headers["content-length"] == str(len(PNG))
    assert put.headers["x-amz-meta"] == "m"
    assert "authorization" not in put.headers
    assert KEY not in str(put.headers)
    assert complete.content == b""
    assert clock.sleeps == [0.5, 0.75]


def test_nobody_has_to_wait(luma: Program, api: FakeApi) -> None:
    takes(api, "pending")

    result = luma("files", "upload", "fox.png", "--no-wait", "--transform", "state", "-r")

    assert result == Result(0, "pending\n", "")


def test_the_same_bytes_are_sent_once(luma: Program, api: FakeApi) -> None:
    takes(api, "ready")
    luma("files", "upload", "fox.png")
    Path("copy.png").write_bytes(PNG)
    api.on("GET", "/files/f1", record())

    again = luma("files", "upload", "copy.png", "--transform", "id", "-r")

    assert again == Result(0, "f1\n", "note: reusing the earlier upload of `copy.png`: f1\n")
    takes(api, "ready")
    assert luma("files", "upload", "copy.png", "--no-reuse").exit_code == 0
    api.on("GET", "/files/f1", record("deleted"))
    takes(api, "ready")
    assert luma("files", "upload", "copy.png").exit_code == 0


@pytest.mark.parametrize(
    ("argv", "is_reused"),
    [
        ([], True),
        (["--purpose", "reference"], True),
        (["--purpose", "input"], False),
        (["--mime-type", "image/x-fox"], False),
    ],
)
def test_only_an_upload_with_the_same_purpose_and_type_is_reused(
    luma: Program, api: FakeApi, argv: list[str], is_reused: bool
) -> None:
    takes(api, "ready")
    luma("files", "upload", "fox.png", "--purpose", "reference")
    api.on("GET", "/files/f1", record(purpose="reference", mime_type="image/png"))
    if not is_reused:
        takes(api, "ready")

    again = luma("files", "upload", "fox.png", *argv)

    assert again == Result(0, ANY, ANY)
    assert ("reusing" in again.stderr) == is_reused


def test_the_source_of_a_job_is_not_an_upload_for_references(luma: Program, api: FakeApi) -> None:
    takes(api, "ready")
    luma("files", "upload", "clip.mp4", "--purpose", "reference")
    api.on("GET", "/files/f1", record(purpose="reference", mime_type="video/mp4"))
    takes(api, "ready")

    assert create(luma, api, "--type", "video_edit", "--source", "clip.mp4").exit_code == 0

    assert [sent.json["purpose"] for sent in api.sent if sent.url.endswith("/files")] == [
        "reference",
        "input",
    ]


@pytest.mark.parametrize("argv", [["upload", "fox.png"], ["create", "--ref", "fox.png"]])
@pytest.mark.parametrize("is_new_kept", [True, False])
def test_a_file_that_is_rewritten_while_it_is_uploaded_is_not_remembered(
    luma: Program, api: FakeApi, argv: list[str], is_new_kept: bool
) -> None:
    other = PNG[:8] + PNG[8:].swapcase()

    def rewrite(sent: Sent) -> None:
        if sent.method == "PUT":
            status = Path("fox.png").stat()
            Path("fox.png").write_bytes(other)
            os.utime("fox.png", ns=(0, status.st_mtime_ns + 1))

    api.on("POST", "/files", envelope())
    api.on("PUT", PUT_URL, httpx.Response(200))
    api.before_answer = rewrite
    group = "files" if argv[0] == "upload" else "generations"
    words = [] if group == "files" else ["--prompt", "x", "--upload", "always"]

    result = luma(group, *argv, *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-2:] == [
        "error: `fox.png` changed while it was sent",
        "hint: wait until it is written, then run the same command again",
    ]
    assert [sent.method for sent in api.sent] == ["POST", "PUT"]

    api.before_answer = lambda _: None
    Path("fox.png").write_bytes(other if is_new_kept else PNG)
    takes(api, "ready")
    assert luma("files", "upload", "fox.png") == Result(0, ANY, "")


def test_a_file_that_changes_after_it_was_sent_is_remembered_as_it_was(
    luma: Program, api: FakeApi
) -> None:
    def append(sent: Sent) -> None:
        if sent.url.endswith("/complete"):
            Path("fox.png").write_bytes(PNG + b"more")

    takes(api, "ready")
    api.before_answer = append
    assert luma("files", "upload", "fox.png").exit_code == 0

    Path("copy.png").write_bytes(PNG)
    api.on("GET", "/files/f1", record())
    again = luma("files", "upload", "copy.png")
    assert again.stderr == "note: reusing the earlier upload of `copy.png`: f1\n"


def test_a_file_that_is_not_taken_in(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/files", envelope())
    api.on("PUT", PUT_URL, httpx.Response(200))
    failed = record("failed", failure_reason="File could not be decoded")
    api.on("POST", "/files/f1/complete", httpx.Response(200, json=failed))

    assert luma("files", "upload", "fox.png") == Result(
        3, "", "error: the API did not take file f1: File could not be decoded\n"
    )


def test_a_dead_envelope_is_asked_for_again(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/files", envelope())
    api.on("PUT", PUT_URL, httpx.Response(403))
    takes(api, "ready")

    assert luma("files", "upload", "fox.png").exit_code == 0


def test_a_broken_upload_is_sent_again(luma: Program, api: FakeApi, clock: TestClock) -> None:
    api.on("POST", "/files", envelope())
    api.on("PUT", PUT_URL, httpx.WriteError("reset"), httpx.Response(503), httpx.Response(200))
    api.on("POST", "/files/f1/complete", httpx.ReadError("reset"))
    api.on("POST", "/files/f1/complete", httpx.Response(409, json={"detail": "already"}))
    api.on("GET", "/files/f1", record())

    result = luma("files", "upload", "fox.png", "--quiet")

    assert result.exit_code == 0, result.stderr
    assert [sent.content for sent in api.sent if sent.method == "PUT"] == [PNG] * 3
    assert clock.sleeps == [0.5, 1.0, 0.5]


def test_a_file_that_never_gets_ready(luma: Program, api: FakeApi, clock: TestClock) -> None:
    takes(api, *["pending"] * 70)

    result = luma("files", "upload", "fox.png")

    assert result.exit_code == 9
    assert result.stderr == (
        "error: file f1 is still pending after five minutes\n"
        "hint: look again with `luma-agents-cli files get f1`\n"
    )
    assert 290 < clock.time <= 300
    api._answers.clear()  # noqa: SLF001 - more were ready than anybody would ask for


def test_a_file_may_have_an_end(luma: Program, api: FakeApi) -> None:
    takes(api, "ready")

    luma("files", "upload", "fox.png", "--expires-in", "2h", "--mime-type", "image/x-fox")

    fields = api.sent[0].json
    assert fields["mime_type"] == "image/x-fox"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fields["expires_at"])


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["gone.png"], "cannot read `gone.png`: no such file or directory"),
        (["fox.png", "words.txt"], "`words.txt` is not an image or a video"),
        (["empty.png"], "`empty.png` is empty"),
        (["fox.png", "--expires-in", "soon"], "`--expires-in`: `soon` is not a duration"),
    ],
)
def test_mistakes_send_nothing(luma: Program, api: FakeApi, argv: list[str], message: str) -> None:
    Path("words.txt").write_text("words")
    Path("empty.png").touch()

    result = luma("files", "upload", *argv)

    assert (result.exit_code, api.sent) == (2, [])
    assert result.stderr.startswith(f"error: {message}\n")


def create(luma: Program, api: FakeApi, *argv: str, stderr: Stream | None = None) -> Result:
    api.on("POST", "/generations", generation())
    return luma("generations", "create", "--prompt", "x", *argv, stderr=stderr)


def test_a_video_is_uploaded_and_a_small_picture_is_not(luma: Program, api: FakeApi) -> None:
    takes(api, "ready")

    result = create(luma, api, "--type", "video_edit", "--source", "clip.mp4", "--ref", "fox.png")

    assert result.stderr == f"note: uploading `clip.mp4` ({len(MP4)} bytes)\n"
    assert api.sent[0].json["purpose"] == "input"
    body = api.sent[-1].json
    assert body["source"] == {"file_id": "f1"}
    assert body["image_ref"][0].keys() == {"data", "media_type"}


def test_of_a_reference_that_was_uploaded_before_nothing_else_is_said(
    luma: Program, api: FakeApi
) -> None:
    takes(api, "ready")
    luma("files", "upload", "fox.png")
    api.on("GET", "/files/f1", record())

    result = create(luma, api, "--ref", "fox.png", "--upload", "always")

    assert result.stderr == "note: reusing the earlier upload of `fox.png`: f1\n"
    assert api.sent[-1].json["image_ref"] == [{"file_id": "f1"}]


@pytest.mark.parametrize(
    ("argv", "uploads"),
    [
        (["--upload", "always", "--ref", "fox.png"], True),
        (["--upload-threshold", "100", "--ref", "fox.png"], True),
        (["--upload-threshold", "1kB", "--ref", "fox.png"], False),
        (["--upload", "never", "--start-frame", "clip.mp4"], False),
        (["--upload", "always", "--source", '{data: "@data://clip.mp4"}'], False),
    ],
)
def test_when_a_file_is_uploaded(
    luma: Program, api: FakeApi, argv: list[str], uploads: bool
) -> None:
    if uploads:
        takes(api, "ready")

    assert create(luma, api, *argv).exit_code == 0

    assert [sent.method for sent in api.sent].count("PUT") == uploads
    assert ("file_id" in api.sent[-1].content.decode()) == uploads


def test_an_upload_that_fails_costs_nothing(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/files", httpx.Response(422, json={"detail": "No"}))

    result = luma("generations", "create", "--prompt", "x", "--source", "clip.mp4")

    assert (result.exit_code, result.stdout) == (3, "")
    assert luma("generations", "list").stderr == "note: this machine has no history yet\n"


@pytest.mark.parametrize("argv", [["--upload", "maybe"], ["--upload-threshold", "big"]])
def test_settings_that_make_no_sense(luma: Program, api: FakeApi, argv: list[str]) -> None:
    assert luma("generations", "create", "--prompt", "x", *argv).exit_code == 2
    assert api.sent == []


def test_a_ref_may_come_on_stdin(luma: Program, api: FakeApi, tmp_path: Path) -> None:
    picture = tmp_path / "picture"
    picture.write_bytes(PNG)
    api.on("POST", "/generations", generation())

    with picture.open(encoding="utf-8") as stdin:
        result = luma("generations", "create", "--prompt", "x", "--ref", "-", stdin=stdin)

    assert result.exit_code == 0, result.stderr
    (reference,) = api.sent[0].json["image_ref"]
    assert reference["media_type"] == "image/png"
    assert base64.b64decode(reference["data"]) == PNG


def test_what_comes_on_stdin_must_be_a_picture(luma: Program, api: FakeApi) -> None:
    twice = luma("generations", "create", "--prompt", "x", "--ref", "-", "--ref", "-", stdin="x")
    words = luma("generations", "create", "--prompt", "x", "--ref", "-", stdin="words")

    assert twice.stderr.startswith("error: ")
    assert words.stderr.startswith("error: `stdin` is not an image or a video\n")
    assert (twice.exit_code, words.exit_code, api.sent) == (2, 2, [])


@pytest.mark.parametrize(("size", "is_shown"), [(1_000_000, True), (500_000, False)])
def test_a_large_request_is_watched_while_it_is_sent(
    luma: Program, api: FakeApi, monkeypatch: pytest.MonkeyPatch, size: int, is_shown: bool
) -> None:
    heard: list[tuple[Any, ...]] = []
    monkeypatch.setattr(LiveProgress, "transferring", lambda _, *said: heard.append(said))
    luma.environ |= {"CI": "", "TERM": "xterm"}
    sparse("large.png", PNG, size)

    assert create(luma, api, "--ref", "large.png", stderr=Stream(terminal=True)).exit_code == 0

    whole = len(api.sent[0].content)
    assert heard[-1:] == [("request", whole, whole)] * is_shown


def png(width: int, height: int) -> bytes:
    return PNG[:8] + b"\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + bytes(5)


def sparse(name: str, head: bytes, size: int) -> None:
    """Make a file of any size that takes no room."""
    with Path(name).open("wb") as file:
        file.write(head)
        file.truncate(size)


TOO_LARGE = {
    "many.png": (
        PNG,
        52_428_801,
        "52,428,801 bytes, and the API accepts at most 52,428,800 (50 MiB)",
    ),
    "long.mp4": (
        *(MP4, 209_715_201),
        "209,715,201 bytes, and the API accepts at most 209,715,200 (200 MiB inside a request)",
    ),
    "endless.mp4": (
        *(MP4, 5 * 1024**3 + 1),
        "5,368,709,121 bytes, and the API accepts at most 5,368,709,120 (5 GiB)",
    ),
    "wide.png": (png(8001, 10), 40, "8001 x 10 pixels, and the API accepts at most 8000 per side"),
}


@pytest.mark.parametrize(
    ("argv", "name", "hint"),
    [
        (["create", "--ref", "many.png"], "many.png", "make it smaller, as in `magick many.png "),
        (["create", "--upload", "never", "--ref", "many.png"], "many.png", "make it smaller"),
        (["create", "--dry-run", "--ref", "wide.png"], "wide.png", "make it smaller"),
        (["create", "--upload", "never", "--source", "long.mp4"], "long.mp4", "upload it: drop"),
        (["create", "--source", "endless.mp4"], "endless.mp4", "make it smaller, as in `ffmpeg"),
        (["upload", "fox.png", "wide.png"], "wide.png", "make it smaller"),
        (["upload", "fox.png", "endless.mp4"], "endless.mp4", "make it smaller"),
    ],
)
def test_what_the_api_would_not_take_is_not_sent(
    luma: Program, api: FakeApi, argv: list[str], name: str, hint: str
) -> None:
    head, size, fact = TOO_LARGE[name]
    sparse(name, head, size)
    group, words = ("files", []) if argv[0] == "upload" else ("generations", ["--prompt", "x"])

    result = luma(group, *argv, *words)

    assert (result.exit_code, result.stdout, api.sent) == (2, "", [])
    error, advice = result.stderr.splitlines()
    assert error == f"error: `{name}` has {fact}"
    assert advice.startswith(f"hint: {hint}")


@pytest.mark.parametrize(
    ("name", "head", "size"),
    [
        ("many.png", PNG, 52_428_800),
        ("wide.png", png(8000, 8000), 40),
        ("odd.png", PNG[:8], 8),  # where its header ends nobody can tell
    ],
)
def test_what_the_api_just_takes_is_sent(
    luma: Program, api: FakeApi, name: str, head: bytes, size: int
) -> None:
    sparse(name, head, size)

    assert create(luma, api, "--ref", name, "--upload", "never").exit_code == 0


def test_a_picture_is_opened_once_and_once_more_for_each_time_it_is_sent(
    luma: Program, api: FakeApi
) -> None:
    Path("twice.png").write_bytes(PNG + b"twice")
    api.on("POST", "/generations", generation(), generation())
    create = ("generations", "create", "--prompt", "x", "--ref", "twice.png")

    with opened("twice.png") as opens:
        luma(*create, "--ref", "twice.png")
    assert len(opens) == 3

    Path("twice.png").write_bytes(PNG + b"changed")
    with opened("twice.png") as opens:
        luma(*create, "--dry-run")
        assert len(opens) == 1
        luma(*create)  # the same bytes are not read again to know them
    assert len(opens) == 2


def test_an_uploaded_video_is_opened_for_its_type_its_digest_and_its_bytes(
    luma: Program, api: FakeApi
) -> None:
    Path("new.mp4").write_bytes(MP4 + b"new")
    takes(api, "ready")

    with opened("new.mp4") as opens:
        assert luma("files", "upload", "new.mp4").exit_code == 0
    assert len(opens) == 3
