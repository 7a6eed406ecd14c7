"""What a REF may be, and what a local file is taken for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from luma_cli.body.inline import InlineFile
from luma_cli.body.media import sniff, video_type_of_url
from luma_cli.body.references import resolve_reference
from luma_cli.errors import InputFileError, UsageError

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
        "data": InlineFile(path, "image/png", len(PNG)),
        "media_type": "image/png",
    }


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("empty.png", InputFileError, "`empty.png` is empty"),
        ("text.png", InputFileError, "`text.png` is neither a picture nor a video"),
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
        (b"\x1aE\xdf\xa3", "video/webm"),
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
