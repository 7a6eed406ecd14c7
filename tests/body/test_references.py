"""What a REF may be, and what a local file is taken for."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from luma_cli.body.local_file import LocalFile
from luma_cli.body.media_type import sniff, video_type_of_url
from luma_cli.body.references import resolve_reference
from luma_cli.errors import InputFileError, LumaError, UsageError
from tests.support.fake_api import FakeApi
from tests.support.installed import shell
from tests.support.program import Program

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("https://a.test/b.png?c=d", {"url": "https://a.test/b.png?c=d"}),
        ("HTTPS://a.test/b.png", {"url": "HTTPS://a.test/b.png"}),
        ("http://a.test/b.png", {"url": "http://a.test/b.png"}),  # refusing it is the server's part
        ("https://a.test/?q=a: b", {"url": "https://a.test/?q=a: b"}),
        ("gen:7b0c", {"generation_id": "7b0c"}),
        ("file:7b0c", {"file_id": "7b0c"}),
        ("{url: https://a.test/b}", {"url": "https://a.test/b"}),
        (' {"file_id": "7b0c"}', {"file_id": "7b0c"}),
        ("url: https://a.test/b", {"url": "https://a.test/b"}),
        ("data: aGk=\nmedia_type: image/png", {"data": "aGk=", "media_type": "image/png"}),
        ("{}", {}),
        ("null", None),
    ],
)
def test_what_needs_no_file(text: str, reference: dict[str, Any] | None) -> None:
    assert resolve_reference(text, "--ref", Path) == reference


def test_a_file_is_told_by_its_bytes_not_its_name() -> None:
    path = Path("clip.mp4")
    path.write_bytes(PNG)

    assert resolve_reference("clip.mp4", "--ref", Path) == {
        "data": LocalFile(path, "image/png", len(PNG)),
        "media_type": "image/png",
    }


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("empty.png", InputFileError, "`empty.png` is empty"),
        ("text.png", InputFileError, "`text.png` is not an image or a video"),
        ("folder", InputFileError, "cannot read `folder`: is a directory"),
        ("missing.png", InputFileError, "cannot read `missing.png`: no such file or directory"),
        ("text.png/x", InputFileError, "cannot read `text.png/x`: not a directory"),
        ("gen:", UsageError, "`--ref`: no id after `gen:`"),
        ("file:", UsageError, "`--ref`: no id after `file:`"),
        ("", UsageError, "`--ref` is empty"),
        (
            "{url",
            UsageError,
            "the value of `--ref` is not valid YAML or JSON at line 1, column 5: ",
        ),
        ("- a\n- b", UsageError, "the value of `--ref` is not a mapping"),
        ("url: a\nurl: b", UsageError, "the value of `--ref` is not valid YAML or JSON at line 2"),
    ],
)
def test_what_points_at_nothing(text: str, error: type[UsageError], message: str) -> None:
    Path("empty.png").touch()
    Path("text.png").write_text("hello")
    Path("folder").mkdir()

    with pytest.raises(error) as refusal:
        resolve_reference(text, "--ref", Path)

    assert refusal.value.message.startswith(message)
    assert type(refusal.value) is error


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"\0\0\0\x20ftypmp42", "video/mp4"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypavif", "image/avif"),
        (b"\x1aE\xdf\xa3\x87\x42\x82\x84webm", "video/webm"),
        (b"RIFF\x10\0\0\0WAVEfmt ", None),
        (b"\x89PNG", None),
        (b"<svg>", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_type(head: bytes, media_type: str | None) -> None:
    assert sniff(head) == media_type


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://a.test/b.mp4", "video/mp4"),
        ("https://a.test/b.M4V", "video/mp4"),
        ("https://a.test/b.mov?c=d.mp4", "video/quicktime"),
        ("https://a.test/mp4", None),
        ("https://a.test/b.mp4/c", None),
        ("https://a.test/b", None),
    ],
)
def test_the_extension_tells_the_type_of_a_video_elsewhere(
    url: str, media_type: str | None
) -> None:
    assert video_type_of_url(url) == media_type


@pytest.mark.parametrize("name", ["a: b.png", "a\nb.png", "{a: 1}", "{url}", "~", "- a", "@x"])
def test_a_file_that_is_there_is_a_path_whatever_its_name_looks_like(name: str) -> None:
    Path(name).write_bytes(PNG)

    for text in (name, f"./{name}", str(Path(name).absolute())):
        assert resolve_reference(text, "--ref", Path) == {
            "data": LocalFile(Path(text), "image/png", len(PNG)),
            "media_type": "image/png",
        }


@pytest.mark.parametrize(
    "text", ["./a: b.png", "../a: b.png", "/a: b.png", "~/a: b.png", "./a\nb.png", "./{a: 1}"]
)
def test_what_begins_as_a_path_is_never_a_mapping(text: str) -> None:
    with pytest.raises(InputFileError, match="no such file or directory"):
        resolve_reference(text, "--ref", Path)


@pytest.mark.parametrize(
    "text",
    [
        "Screenshot 10: fox.png",
        "a: b: fox.png",
        "url: x: fox.png",
        "# 10: fox.png",
        "- 10: fox.png",
        "[10: fox.png]",
        '"10: fox.png"',
        "URL: a",
        "fox: 2.png",
        "Screenshot 10: 30",
    ],
)
@pytest.mark.parametrize("flag", ["--ref", "--source", "--keyframe"])
def test_a_file_that_is_missing_is_no_mapping_whatever_its_name_looks_like(
    luma: Program, api: FakeApi, flag: str, text: str
) -> None:
    result = luma(
        *("generations", "create", "--prompt", "x", flag),
        f"24={text}" if flag == "--keyframe" else text,
    )

    assert (result.exit_code, result.stdout, api.sent) == (2, "", [])
    assert result.stderr == (
        f"error: cannot read `{text}`: no such file or directory\n"
        "hint: without braces, a line is a mapping with the fields `url`, `data`, `generation_id`,"
        " `file_id`, `media_type` only; `{…}` may have any\n"
    )


def test_a_mapping_in_braces_may_have_any_field() -> None:
    assert resolve_reference("{Screenshot 10: fox.png}", "--ref", Path) == {
        "Screenshot 10": "fox.png"
    }


def test_a_home_that_no_shell_expanded_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path("home").absolute()
    home.mkdir()
    (home / "a: b.png").write_bytes(PNG)
    monkeypatch.setenv("HOME", str(home))

    reference = resolve_reference("~/a: b.png", "--ref", Path)

    assert reference is not None
    assert reference["data"].path == home / "a: b.png"


def test_null_stays_null_and_ids_stay_ids() -> None:
    for name in ("null", "gen:a", "file:b"):
        Path(name).write_bytes(PNG)

    assert resolve_reference("null", "--source", Path) is None
    assert resolve_reference("gen:a", "--ref", Path) == {"generation_id": "a"}
    assert resolve_reference("./null", "--source", Path) is not None


@given(st.text())
def test_any_text_is_a_reference_or_an_error(text: str) -> None:
    def stdin() -> Path:
        Path("spooled").write_bytes(PNG)
        return Path("spooled")

    try:
        reference = resolve_reference(text, "--ref", stdin)
    except LumaError:
        return
    assert reference is None or isinstance(reference, dict)


PIPES = (
    ("--ref <(cat fox.png)", 1),
    ("--ref <(cat fox.png) --ref <(cat fox.png)", 2),
    ("--ref pipe.png", 1),
    ("--ref /dev/stdin < fox.png", 1),
    ("--ref /dev/fd/0 < fox.png", 1),
    ("--ref /proc/self/fd/0 < fox.png", 1),
    ("--ref - < <(cat fox.png)", 1),
    ("--source <(cat fox.png)", 0),
    ("--image-ref '{data: \"@/dev/fd/63\", media_type: image/png}' 63< <(cat fox.png)", 1),
    ("--image-ref '{data: \"@-\", media_type: image/png}' < fox.png", 1),
    ("--image-ref.data @data:///dev/stdin --image-ref.media-type image/png < fox.png", 1),
)


@pytest.mark.parametrize(("arguments", "references"), PIPES)
def test_a_pipe_and_stdin_under_any_name_are_read_whole(
    sandbox: dict[str, str], arguments: str, references: int
) -> None:
    Image.effect_noise((400, 400), 60).save("fox.png")
    picture = Path("fox.png").read_bytes()
    assert len(picture) > 100_000  # more than a pipe holds
    os.mkfifo("pipe.png")
    writer = "cat fox.png > pipe.png & " if "pipe.png" in arguments else ""
    kind = "--type image_edit --prompt x" if "--source" in arguments else "--prompt x"
    line = f"{writer}luma-agents-cli generations create {kind} {arguments}"

    done = subprocess.run(
        ["/bin/bash", "-c", line],
        env=sandbox,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    journal = shell("luma-agents-cli generations show @last", sandbox)
    body = json.loads(journal.stdout)["request"]
    found = [*body.get("image_ref", []), *([body["source"]] if "source" in body else [])]
    assert len(found) == max(references, 1)
    for each in found:
        assert each["data"]["sha256"] == hashlib.sha256(picture).hexdigest()
        assert each["data"]["bytes"] == len(picture)


@pytest.mark.parametrize(
    "arguments",
    [
        "--prompt x --ref - --ref -",
        "--prompt x --ref - --ref /dev/stdin",
        "--ref - --prompt-file -",
        "--prompt x --ref /dev/fd/0 --input -",
        "--ref - --prompt @-",
        "--prompt-file /dev/stdin --input /dev/stdin",
    ],
)
def test_stdin_has_one_consumer_and_nothing_is_sent(
    environ: dict[str, str], arguments: str
) -> None:
    Path("fox.png").write_bytes(PNG)
    environ["LUMA_AGENTS_API_KEY"] = "luma-api-x"
    environ["LUMA_BASE_URL"] = "http://127.0.0.1:9/v1"  # a request would exit with 10
    done = shell(f"luma-agents-cli generations create {arguments} < fox.png", environ)
    assert (done.returncode, done.stdout) == (2, "")
    assert "stdin is used twice" in done.stderr or "stdin is not UTF-8 text" in done.stderr


def test_a_file_url_is_the_path_in_it(tmp_path: Path) -> None:
    picture = tmp_path / "a fox.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\nfox")

    reference = resolve_reference(picture.as_uri(), "--ref", lambda: None)

    assert reference is not None
    assert reference["data"].path == picture
