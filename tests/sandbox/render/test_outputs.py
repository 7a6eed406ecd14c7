"""Outputs, decoded with Pillow and PyAV."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from luma_cli.rules.constants import IMAGE_RATIOS
from luma_cli.sandbox.models.content import Content
from luma_cli.sandbox.models.jobs import Job
from luma_cli.sandbox.models.media import Media
from luma_cli.sandbox.render.drawing import Scene, draw
from luma_cli.sandbox.render.outputs import outputs_of, planned_media, render
from luma_cli.sandbox.render.sizes import size_of
from tests.sandbox.conftest import Sandbox, inline, picture

VIDEO = {"model": "ray-3.2", "type": "video"}


def job(**body: Any) -> Job:
    return Job("7b0c4c1e", "luma-api-x", {"prompt": "x", **body}, "", 0, 0)


def first(job: Job, seed: int = 0) -> Content:
    """Render the first output of a job."""
    content = render(job, outputs_of(job)[0].name, seed)
    assert content is not None
    return content


@pytest.mark.parametrize("ratio", [*IMAGE_RATIOS, None])
@pytest.mark.parametrize("output_format", ["png", "jpeg", None])
def test_picture_ratio_and_format(ratio: str | None, output_format: str | None) -> None:
    file = first(job(aspect_ratio=ratio, output_format=output_format))

    across, down = (int(part) for part in (ratio or "1:1").split(":"))
    long_side = max(across, down)
    with Image.open(io.BytesIO(file.data)) as image:
        image.load()
        assert image.size == (round(2048 * across / long_side), round(2048 * down / long_side))
        assert (image.format, image.mode) == ((output_format or "png").upper(), "RGB")
    assert file.content_type == f"image/{output_format or 'png'}"


def test_image_edit_ignores_its_ratio(sandbox: Sandbox) -> None:
    source = {"url": "https://x.test/a.png"}
    data = sandbox.output(type="image_edit", source=source, aspect_ratio="0:0")
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (2048, 2048)


def test_picture_depends_on_request_and_seed() -> None:
    one, again, other = (first(job(), seed).data for seed in (0, 0, 1))
    assert one == again
    assert one != other


@given(
    st.text(st.characters(), min_size=1)
    | st.just("x" * 6000)
    | st.sampled_from(("漢字 😀\0\u202e", "a\ud800b"))
)
@settings(max_examples=30, deadline=None)
def test_any_prompt_can_be_drawn(prompt: str) -> None:
    assert draw(Scene(90, 30, prompt, "footer", prompt)).size == (90, 30)


def test_long_prompt_stays_within_the_margins() -> None:
    for prompt in ("W" * 6000, "wide words " * 600):
        scene = Scene(600, 600, prompt, "", "seed")
        plain = draw(Scene(600, 600, "", "", "seed"))
        drawn = draw(scene)
        for box in ((0, 0, 30, 600), (570, 0, 600, 600), (0, 0, 600, 140), (0, 460, 600, 600)):
            assert drawn.crop(box).tobytes() == plain.crop(box).tobytes()
        assert drawn.tobytes() != plain.tobytes()


def test_reference_is_drawn_in_the_corner(sandbox: Sandbox) -> None:
    data = sandbox.output(image_ref=[inline(picture("#00ff00"))])
    with Image.open(io.BytesIO(data)) as image:
        assert image.getpixel((280, 280)) == (0, 255, 0)


@pytest.mark.parametrize(
    ("body", "seconds", "size"),
    [
        ({}, 5, (1280, 720)),
        ({"video": {"resolution": "540p"}, "aspect_ratio": "1:1"}, 5, (540, 540)),
        ({"video": {"resolution": "360p", "duration": "10s"}}, 10, (640, 360)),
        ({"video": {"resolution": "360p"}, "aspect_ratio": "21:9"}, 5, (840, 360)),
        ({"video": {"resolution": "360p"}, "aspect_ratio": "4:3"}, 5, (480, 360)),
        ({"video": {"resolution": "360p"}, "aspect_ratio": "3:4"}, 5, (360, 480)),
        (
            {"type": "video_reframe", "video": {"resolution": "360p"}, "aspect_ratio": "9:16"},
            *(5, (360, 640)),
        ),
        ({"type": "video_edit", "video": {"resolution": "360p", "duration": "10s"}}, 5, (640, 360)),
    ],
)
def test_films_can_be_decoded(body: dict[str, Any], seconds: int, size: tuple[int, int]) -> None:
    file = first(job(**VIDEO | body))

    assert file.content_type == "video/mp4"
    with av.open(io.BytesIO(file.data), "r") as film:
        (stream,) = film.streams.video
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 24
        assert film.duration == seconds * 1_000_000
        frames = [
            frame.to_image()  # type: ignore[no-untyped-call]  # PyAV's gap
            for frame in film.decode(stream)
        ]
    assert (len(frames), frames[0].size) == (seconds * 24, size)
    assert len({frame.tobytes() for frame in frames[::24]}) == seconds


def test_image_edit_has_ratio_of_its_source(sandbox: Sandbox) -> None:
    data = sandbox.output(type="image_edit", source=inline(picture()), aspect_ratio="1:3")
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (2048, 1536)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1, 1000), (683, 2048)), ((8000, 1), (2048, 683)), ((1, 1), (2048,) * 2)],
)
def test_ratio_of_extreme_source_is_limited(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    source = {"source": Media("image", *size)}
    assert size_of(replace(job(type="image_edit"), media=source)) == expected


@pytest.mark.parametrize(
    ("kind", "length", "seconds", "size"),
    [
        ("video_edit", 2.5, 2.5, (480, 360)),
        ("video_edit", 40, 18, (480, 360)),
        ("video_reframe", 25, 25, (360, 640)),
        ("video", 2.5, 5, (360, 640)),
        ("video_edit", 0, 5, (480, 360)),
    ],
)
def test_film_has_ratio_and_length_of_its_source(
    kind: str, length: float, seconds: float, size: tuple[int, int]
) -> None:
    body = {"model": "ray-3.2", "type": kind, "video": {"resolution": "360p"}}
    source = {"source": Media("video", 640, 480, length)}
    following = replace(job(**body, aspect_ratio="9:16"), media=source)
    assert planned_media(following) == Media("video", *size, seconds)


def test_film_is_reproducible() -> None:
    film = job(**VIDEO, video={"resolution": "360p"})
    assert first(film).data == first(film).data


def test_exr_export() -> None:
    hdr = job(**VIDEO, video={"resolution": "720p", "hdr": True, "exr_export": True})
    assert [(output.type, output.name) for output in outputs_of(hdr)] == [
        ("video", "output.mp4"),
        ("exr", "output.exr"),
    ]
    content = render(hdr, "output.exr", 0)
    assert content is not None
    assert (content.content_type, content.data[:4]) == ("image/x-exr", b"\x76\x2f\x31\x01")
    with av.open(io.BytesIO(content.data), "r", format="exr_pipe") as file:
        frame = next(file.decode(video=0))
        assert (frame.width, frame.height, file.streams.video[0].codec_context.name) == (
            *(1280, 720),
            "exr",
        )
    # Pixel type 1 is a half, 2 a float.
    channels = content.data.index(b"channels\0chlist\0") + len("channels chlist ") + 4
    assert content.data[channels : channels + 6] == b"B\0\x01\0\0\0"


@pytest.mark.parametrize("output_format", ["png", "jpeg"])
def test_picture_of_requested_size(output_format: str) -> None:
    content = first(job(prompt="[size 5MB]", output_format=output_format))
    whole = b"".join(bytes(piece) for piece in content.pieces(0, content.size - 1))
    assert (content.size, len(whole)) == (5_000_000, 5_000_000)
    with Image.open(io.BytesIO(whole)) as image:
        image.load()
    assert content.pieces(content.size - 5, content.size - 1).__next__() == whole[-5:]


def test_film_of_requested_size() -> None:
    body = VIDEO | {"prompt": "[size 3MB]", "video": {"resolution": "360p"}}
    content = first(job(**body))
    whole = b"".join(bytes(piece) for piece in content.pieces(0, content.size - 1))
    assert len(whole) == 3_000_000
    with av.open(io.BytesIO(whole), "r") as film:
        assert sum(1 for _ in film.decode(video=0)) == 120


def test_huge_outputs_take_no_memory() -> None:
    content = first(job(prompt="[size 6GiB]"))
    assert content.size == 6 * 1024**3
    assert len(content.data) < 1_000_000
    assert sum(len(piece) for piece in content.pieces(2**32, 2**32 + 999_999)) == 1_000_000
