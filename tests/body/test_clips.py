"""How long a clip is, read from its own header."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PIL import Image

from luma_cli.body.clips import clip_seconds, seconds_of
from luma_cli.body.inline import InlineFile
from luma_cli.sandbox.render.film import film

SHORT_HEADER = struct.pack(">4xIIII", 0, 0, 600, 3000)
LONG_HEADER = struct.pack(">B3xQQIQ", 1, 0, 0, 1000, 7_500)


def box(kind: bytes, content: bytes, *, long: bool = False) -> bytes:
    if long:
        return struct.pack(">I4sQ", 1, kind, len(content) + 16) + content
    return struct.pack(">I4s", len(content) + 8, kind) + content


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        (box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", SHORT_HEADER)), 5.0),
        (box(b"mdat", b"x" * 99, long=True) + box(b"moov", box(b"mvhd", LONG_HEADER)), 7.5),
        (box(b"moov", box(b"trak", b"") + box(b"mvhd", SHORT_HEADER)), 5.0),
        (box(b"moov", b""), None),
        (box(b"moov", box(b"mvhd", SHORT_HEADER[:9])), None),
        (box(b"moov", box(b"mvhd", bytes(20))), None),
        (box(b"ftyp", b"isom") + struct.pack(">I4s", 0, b"mdat"), None),
        (b"\0\0\0", None),
        (b"", None),
    ],
)
def test_a_movie_header(tmp_path: Path, data: bytes, seconds: float | None) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(data)

    assert clip_seconds(clip) == seconds


def test_a_real_film(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(film(Image.new("RGB", (64, 64)), 5.0))

    assert seconds_of(InlineFile(clip, "video/mp4", 9)) == 5.0


def test_only_files_have_a_length(tmp_path: Path) -> None:
    assert seconds_of("aGVsbG8=") is None
    assert seconds_of(InlineFile(tmp_path / "gone.mp4", "video/mp4", 9)) is None
