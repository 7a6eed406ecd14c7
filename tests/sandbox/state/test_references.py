"""References to generations, inline data and URLs."""

from __future__ import annotations

import base64
import io
from typing import Any

import av
import pytest
from PIL import Image

from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.state import references
from tests.sandbox.conftest import Sandbox, inline, picture

RAY = {"model": "ray-3.2"}
EDIT = RAY | {"type": "video_edit"}
REFRAME = RAY | {"type": "video_reframe", "aspect_ratio": "1:1"}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(SandboxOptions(latency={"image": 10, "video": 10}, requests_per_minute=0))


def film(seconds: float, rate: int = 2) -> bytes:
    """Return a tiny MP4."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(round(seconds * rate)):
            frame = av.VideoFrame.from_image(Image.new("RGB", (64, 48), "#3366cc"))  # type: ignore[no-untyped-call]  # PyAV's gap
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def clip(seconds: float) -> dict[str, str]:
    return inline(film(seconds), "video/mp4")


def refusal(sandbox: Sandbox, key: str = "luma-api-tests", **body: Any) -> tuple[int, str]:
    answer = sandbox.ask("POST", "/v1/generations", {"prompt": "x", **body}, key=key)
    return answer.status_code, answer.json().get("detail", "")


def finished(sandbox: Sandbox, **body: Any) -> dict[str, str]:
    """Return a reference to a completed job."""
    generation_id = sandbox.create(**body)
    sandbox.time += 3600
    return {"generation_id": generation_id}


def test_reference_requires_own_completed_generation(sandbox: Sandbox) -> None:
    running = {"generation_id": sandbox.create()}
    refused = refusal(sandbox, image_ref=[running])
    assert refused == (422, "image_ref[0]: generation is not completed (state: queued)")
    failed = finished(sandbox, prompt="[fails]")
    assert refusal(sandbox, image_ref=[running])[0] == 201
    assert refusal(sandbox, image_ref=[running, failed]) == (
        422,
        "image_ref[1]: generation is not completed (state: failed)",
    )
    not_found = (422, "image_ref[0]: generation not found")
    assert refusal(sandbox, key="luma-api-other", image_ref=[running]) == not_found
    assert refusal(sandbox, image_ref=[{"generation_id": "x"}]) == not_found


def test_reference_to_generation_must_have_the_right_kind(sandbox: Sandbox) -> None:
    image = finished(sandbox)
    video = finished(sandbox, **RAY, type="video")
    frames = {"keyframe_indexes": [0]}

    for body in (
        {"type": "image_edit", "source": image},
        {"image_ref": [image]},
        {**EDIT, "source": video},
        {**REFRAME, "source": video},
        {**RAY, "type": "video", "video": {"start_frame": video}},
        {**RAY, "type": "video", "video": {"end_frame": video}},
        {**RAY, "type": "video", "video": {"keyframes": [image], **frames}},
        {**RAY, "type": "video", "video": {"keyframes": [video], **frames}},
    ):
        assert refusal(sandbox, **body) == (201, ""), body
        sandbox.time += 3600
    for body, detail in (
        ({"type": "image_edit", "source": video}, "source: an image is required, not video"),
        ({"image_ref": [video]}, "image_ref[0]: an image is required, not video"),
        ({**EDIT, "source": image}, "source: a video is required, not image"),
        (
            {**RAY, "type": "video", "video": {"start_frame": image}},
            "video.start_frame: a video is required, not image",
        ),
    ):
        assert refusal(sandbox, **body) == (400, detail)


@pytest.mark.parametrize(
    ("kind", "seconds", "answer"),
    [
        (EDIT, 18, (201, "")),
        (EDIT, 19, (422, "source: video exceeds 18 s limit")),
        (REFRAME, 30, (201, "")),
        (REFRAME, 31, (422, "source: video exceeds 30 s limit")),
    ],
)
def test_source_length_is_limited(
    sandbox: Sandbox, kind: dict[str, Any], seconds: float, answer: tuple[int, str]
) -> None:
    assert refusal(sandbox, **kind, source=clip(seconds)) == answer


def test_video_edit_has_length_and_thumbnail_of_its_source(sandbox: Sandbox) -> None:
    data = sandbox.output(**EDIT, source=clip(3), video={"resolution": "360p"})
    with av.open(io.BytesIO(data), "r") as edited:
        assert edited.duration == 3_000_000
        frame = next(edited.decode(video=0)).to_image()  # type: ignore[no-untyped-call]  # PyAV's gap
    assert frame.size == (480, 360)
    red, _, blue = frame.getpixel((40, 40))
    assert abs(red - 0x33) < 30
    assert abs(blue - 0xCC) < 30


def test_inline_video_that_cannot_be_decoded_fails_the_job(sandbox: Sandbox) -> None:
    job = finished(sandbox, **EDIT, source=inline(b"a clip", "video/mp4"))
    ended = sandbox.get(job["generation_id"])
    assert (ended["state"], ended["failure_code"]) == ("failed", "corrupt_input")


def test_video_beyond_200_mb_is_rejected(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "LARGEST_VIDEO_BYTES", 100)
    assert refusal(sandbox, **EDIT, source=clip(1)) == (413, "source: video exceeds 200 MB limit")


def test_every_reference_is_inspected(sandbox: Sandbox) -> None:
    bad = {"data": base64.b64encode(b"text").decode(), "media_type": "image/png"}
    video = {"keyframes": [inline(picture()), bad], "keyframe_indexes": [0, 1]}
    assert refusal(sandbox, **RAY, type="video", video=video) == (
        422,
        "video.keyframes[1]: content-type is not an image",
    )


@pytest.mark.parametrize(
    ("url", "status", "detail"),
    [
        ("https://x.test/a.png", 201, ""),
        ("https://8.8.8.8/a.png", 201, ""),
        ("https://[2606:4700::1111]/a.png", 201, ""),
        ("https://known.sandbox.test/a.png", 201, ""),
        ("https://x.invalid/a.png", 422, "image_ref[0]: failed to fetch URL"),
        ("https://http-500.sandbox.test/", 422, "image_ref[0]: failed to fetch URL (HTTP 500)"),
        ("https://http-999.sandbox.test/", 201, ""),
        *(
            (url, 400, "image_ref[0]: URL must have a public address")
            for url in (
                "https://localhost/a.png",
                "https://LOCALHOST:8443/a.png",
                "https://a.localhost/",
                "https://printer.local/",
                "https://127.0.0.1/a.png",
                "https://10.1.2.3/",
                "https://192.168.0.1/",
                "https://169.254.169.254/latest/meta-data",
                "https://[::1]/",
                "https://[fe80::1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://127.1/",
                "https://user:pass@127.0.0.1/",
            )
        ),
        ("https://", 400, "image_ref[0]: URL is not valid"),
        ("https://[::1", 400, "image_ref[0]: URL is not valid"),
        ("https:///a.png", 400, "image_ref[0]: URL is not valid"),
        ("http://x.test/a.png", 400, "image_ref[0]: URL must use https"),
    ],
)
def test_magic_urls(sandbox: Sandbox, url: str, status: int, detail: str) -> None:
    assert refusal(sandbox, image_ref=[{"url": url}]) == (status, detail)
