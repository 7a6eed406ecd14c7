"""What a file is, by its first bytes, and which of them `--dry-run` says the API would refuse."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from luma_cli.body.image import is_animated
from luma_cli.body.media_type import LONGEST_SIGNATURE_BYTES, sniff
from tests.support.fake_api import FakeApi, generation
from tests.support.program import Program

MDAT = struct.pack(">I4s", 16, b"mdat") + bytes(8)
HEIC_HEAD = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"


def ftyp(major: str, *compatible: str) -> bytes:
    """Return a file type box and what follows it, which must not be read as brands."""
    brands = b"".join(brand.ljust(4).encode() for brand in compatible)
    box = b"ftyp" + major.ljust(4).encode() + bytes(4) + brands
    return struct.pack(">I", len(box) + 4) + box + b"isomavifheic"


def ebml(document_type: bytes) -> bytes:
    """Return the beginning of a Matroska file."""
    inner = b"\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82" + bytes([0x80 | len(document_type)])
    inner += document_type + b"\x42\x87\x81\x04"
    return b"\x1aE\xdf\xa3" + bytes([0x80 | len(inner)]) + inner + b"\x18S\x80g"


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        # pictures in the container of MP4
        *((ftyp(brand, "mif1"), "image/heic") for brand in ("heic", "heix", "heim", "heis")),
        *((ftyp(brand, "msf1", "iso8"), "image/heic-sequence") for brand in ("hevc", "hevx")),
        *((ftyp(brand, "mif1", "miaf"), "image/avif") for brand in ("avif", "avis")),
        (ftyp("mif1", "mif1", "heic"), "image/heic"),
        (ftyp("mif1", "miaf", "avif"), "image/avif"),
        (ftyp("msf1", "iso8", "hevc"), "image/heic-sequence"),
        (ftyp("msf1", "iso8", "avis", "isom"), "image/avif"),
        (ftyp("mif1", "miaf"), "image/heif"),
        (ftyp("msf1", "isom"), "image/heif-sequence"),
        (ftyp("zzzz", "mif1", "avif"), "image/avif"),
        (ftyp("crx", "isom"), "image/x-canon-cr3"),
        (ftyp("jxl", "jxl"), "image/jxl"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + ftyp("jxl", "jxl"), "image/jxl"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + ftyp("jp2", "jp2"), "image/jp2"),
        (b"\xff\x0a\0", "image/jxl"),
        # sound
        (ftyp("M4A", "isom", "mp42"), "audio/mp4"),
        (ftyp("M4B", "isom", "mp42"), "audio/mp4"),
        # videos
        (ftyp("isom", "iso2", "avc1", "mp41"), "video/mp4"),
        (ftyp("mp42"), "video/mp4"),
        (ftyp("M4V", "M4V", "M4A", "mp42", "isom"), "video/mp4"),
        (ftyp("zzzz", "yyyy", "isom"), "video/mp4"),
        (ftyp("qt", "qt"), "video/quicktime"),
        (ftyp("3gp5", "isom"), "video/3gpp"),
        # unknown is unknown: the brands end where the box does
        (ftyp("zzzz"), None),
        (ftyp("zzzz", "yyyy"), None),
        # movies that are older than the box
        *(
            (struct.pack(">I4s", 8, atom) + MDAT, "video/quicktime")
            for atom in (b"wide", b"free", b"skip", b"moov", b"mdat", b"pnot")
        ),
        (b"\0\0\0\x01mdat" + struct.pack(">Q", 2**33), "video/quicktime"),
        (b"\xf0\0\0\0mdat", "video/quicktime"),
        (b"Feelfree to write", None),
        (b"The skip", None),
        (b"\0\0\0\x04moov", None),
        # Matroska
        (ebml(b"webm"), "video/webm"),
        (ebml(b"webm\0\0"), "video/webm"),
        (ebml(b"matroska"), "video/x-matroska"),
        (ebml(b"other"), None),
        (b"\x1aE\xdf\xa3", None),
        (b"\x1aE\xdf\xa3\x42\x82", None),
    ],
)
def test_brands_atoms_and_document_types_tell_the_media_type(
    head: bytes, media_type: str | None
) -> None:
    assert sniff(head) == media_type


@given(
    st.binary(max_size=64), st.sampled_from([b"", b"\0\0\0\x10ftyp", b"\x1aE\xdf\xa3", b"\x42\x82"])
)
def test_any_bytes_have_a_type_or_none(data: bytes, start: bytes) -> None:
    assert sniff(start + data) is None or "/" in str(sniff(start + data))
    is_animated(io.BytesIO(b"GIF89a" + data))


def gif(pictures: int, **options: object) -> bytes:
    stream = io.BytesIO()
    first, *more = (Image.new("RGB", (30, 20), (50 * n, 9, 9)) for n in range(pictures))
    first.save(stream, "GIF", save_all=bool(more), append_images=more, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (gif(1), False),
        (gif(2), True),
        (gif(5, duration=100, loop=0, comment=b"x" * 300), True),
        (gif(1, comment=b"\x2c\x2c\x2c"), False),
        (gif(2)[:30], False),
        (b"GIF89a", False),
    ],
)
def test_a_gif_with_a_second_picture_is_animated(data: bytes, expected: bool) -> None:
    assert is_animated(io.BytesIO(data)) is expected


@pytest.mark.parametrize(
    ("name", "data", "detail", "hint"),
    [
        (
            "a fox.heic",
            HEIC_HEAD,
            "image_ref[0]: `a fox.heic` is image/heic;"
            " the API accepts JPEG, PNG, WebP and still GIF",
            "convert it, as in `magick 'a fox.heic' 'a fox-converted.jpg'`, or on macOS"
            " `sips -s format jpeg 'a fox.heic' --out 'a fox-converted.jpg'`; nothing was sent",
        ),
        (
            "fox.gif",
            gif(3),
            "image_ref[0]: `fox.gif` is an animated GIF; the API accepts still ones",
            "keep one image, as in `magick 'fox.gif[0]' fox-converted.png`; nothing was sent",
        ),
    ],
)
def test_dry_run_refuses_what_the_api_does_not_take_and_create_sends_it(
    luma: Program, api: FakeApi, name: str, data: bytes, detail: str, hint: str
) -> None:
    Path(name).write_bytes(data)
    api.on("POST", "/generations", generation())

    told = luma("generations", "create", "--dry-run", "--prompt", "x", "--ref", name)
    sent = luma("generations", "create", "--prompt", "x", "--ref", name)

    assert json.loads(told.stdout)["would_be_refused"] == [{"status": 400, "detail": detail}]
    assert (told.exit_code, told.stderr) == (
        3,
        f"error: the API would reject this: {detail}\nhint: {hint}\n",
    )
    assert sent.exit_code == 0
    assert api.sent[0].json["image_ref"][0]["media_type"] == sniff(data)


def test_dry_run_looks_at_the_bytes_wherever_they_stand(luma: Program) -> None:
    Path("fox.png").write_bytes(HEIC_HEAD)

    result = luma(
        *("generations", "create", "--dry-run", "--type", "image_edit", "--prompt", "x"),
        *("--source", '{data: "@fox.png", media_type: image/png}'),
    )

    assert result.exit_code == 3
    assert result.stderr.startswith("error: the API would reject this: source: `fox.png` is image/")


@pytest.mark.parametrize("data", [gif(1), b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 "])
def test_dry_run_takes_still_pictures(luma: Program, data: bytes) -> None:
    Path("fox").write_bytes(data)
    result = luma("generations", "create", "--dry-run", "--prompt", "x", "--ref", "fox")
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("data", [ftyp("M4A", "isom"), ftyp("zzzz"), ebml(b"other"), b"words"])
def test_sound_and_what_is_unknown_is_an_error_before_any_request(
    luma: Program, data: bytes
) -> None:
    Path("clip.mp4").write_bytes(data)
    result = luma("generations", "create", "--prompt", "x", "--ref", "clip.mp4")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: `clip.mp4` is not an image or a video\nhint: ")


def test_a_brand_far_behind_the_beginning_is_read(luma: Program, api: FakeApi) -> None:
    data = ftyp("zzzz", *["yyyy"] * 500, "avif")
    assert len(data) < LONGEST_SIGNATURE_BYTES
    Path("fox").write_bytes(data)
    api.on("POST", "/generations", generation())
    luma("generations", "create", "--prompt", "x", "--ref", "fox")
    assert api.sent[0].json["image_ref"][0]["media_type"] == "image/avif"
