"""How long a clip is, read from its own header."""

from __future__ import annotations

import math
import struct
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from luma_cli.body.local_file import LocalFile
from luma_cli.body.video_length import clip_seconds, seconds_of
from luma_cli.sandbox.render.video import make_video
from tests.support.fake_api import FakeApi, generation
from tests.support.program import Program

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
        # the last box may have no size, and then reaches to the end of the file
        (struct.pack(">I4s", 0, b"moov") + box(b"mvhd", SHORT_HEADER), 5.0),
        (box(b"moov", box(b"mvhd", SHORT_HEADER)[:8]), None),
        (box(b"moov", box(b"mvhd", SHORT_HEADER)[:12]), None),
        (box(b"moov", box(b"mvhd", SHORT_HEADER))[:-1], None),
        (box(b"moov", b"") + box(b"mvhd", SHORT_HEADER), None),
        (struct.pack(">I4sQ", 1, b"mdat", 2**64 - 1) + b"x" * 99, None),
        (struct.pack(">I4sQ", 1, b"mdat", 2**63) + b"x" * 99, None),
        (struct.pack(">I4sQ", 1, b"mdat", 15) + b"x" * 99, None),
        (struct.pack(">I4sQ", 1, b"moov", 2**64 - 1) + box(b"mvhd", SHORT_HEADER), 5.0),
        (struct.pack(">I4s", 9999, b"moov") * 3000, None),
        (struct.pack(">I4s", 0, b"moov") * 3000, None),
        (box(b"free", b"") * 100_000 + box(b"moov", box(b"mvhd", SHORT_HEADER)), None),
        # all ones: whoever wrote it does not know; none: it comes in fragments
        (box(b"moov", box(b"mvhd", struct.pack(">4xIIII", 0, 0, 600, 2**32 - 1))), None),
        (box(b"moov", box(b"mvhd", struct.pack(">B3xQQIQ", 1, 0, 0, 1000, 2**64 - 1))), None),
        (box(b"moov", box(b"mvhd", struct.pack(">4xIIII", 0, 0, 600, 0))), None),
        (b"\0\0\0", None),
        (b"", None),
    ],
)
def test_a_movie_header(tmp_path: Path, data: bytes, seconds: float | None) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(data)

    assert clip_seconds(clip) == seconds


FILM = make_video(Image.new("RGB", (16, 16)), 5.0)


@given(data=st.binary(max_size=200))
def test_any_bytes_have_a_length_or_none(data: bytes) -> None:
    is_length_or_none(data)
    is_length_or_none(box(b"moov", data))
    is_length_or_none(box(b"moov", box(b"mvhd", data)))


@given(
    changes=st.lists(
        st.tuples(st.integers(0, 299), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6
    ),
    is_header=st.booleans(),
    cut=st.integers(0, len(FILM)),
)
def test_a_damaged_film_has_a_length_or_none(
    changes: list[tuple[int, bytes]], is_header: bool, cut: int
) -> None:
    data = bytearray(FILM)
    start = max(FILM.find(b"moov") - 4, 0) if is_header else 0
    for at, replacement in changes:
        data[start + at : start + at + len(replacement)] = replacement
    is_length_or_none(bytes(data))
    is_length_or_none(bytes(data[:cut]))


def is_length_or_none(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        clip.write_bytes(data)
        seconds = clip_seconds(clip)
    assert seconds is None or 0 < seconds < math.inf


@pytest.mark.parametrize(
    "damage",
    [
        box(b"moov", box(b"mvhd", b"")),
        struct.pack(">I4sQ", 1, b"mdat", 2**64 - 1),
        struct.pack(">I4s", 9999, b"moov") * 3000,
    ],
    ids=["cut", "endless", "nested"],
)
def test_a_damaged_clip_is_sent_for_the_api_to_judge(
    luma: Program, api: FakeApi, damage: bytes
) -> None:
    Path("clip.mp4").write_bytes(box(b"ftyp", b"isom\0\0\0\0isom") + damage)
    video = ("--model", "ray-3.2", "--type", "video_edit", "--source", "clip.mp4", "--prompt", "x")
    api.on("POST", "/generations", generation())

    assert luma("cost", *video).exit_code == 0
    assert luma("generations", "create", *video, "--upload", "never").exit_code == 0

    assert api.sent[0].json["source"]["media_type"] == "video/mp4"


def test_a_real_film(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(make_video(Image.new("RGB", (64, 64)), 5.0))

    assert seconds_of(LocalFile(clip, "video/mp4", 9)) == 5.0


def test_only_files_have_a_length(tmp_path: Path) -> None:
    assert seconds_of("aGVsbG8=") is None
    assert seconds_of(LocalFile(tmp_path / "gone.mp4", "video/mp4", 9)) is None
