"""The rules for generations: bodies, and their violations in order."""

from __future__ import annotations

from typing import Any

import pytest

from luma_cli.rules.constants import VIDEO_RATIOS
from luma_cli.rules.generation import violations

Body = dict[str, Any]

IMAGE: Body = {"prompt": "x"}
URL = {"url": "https://x.test/a.png"}
DATA = {"data": "AA==", "media_type": "image/png"}
CLIP = {"url": "https://x.test/a.mp4", "media_type": "video/mp4"}
GENERATION = {"generation_id": "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"}
FILE = {"file_id": "0b8e4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"}
IMAGE_EDIT: Body = {"prompt": "x", "type": "image_edit", "source": URL}
POSITION = {"x_norm": -2, "y_norm": 2, "w_norm": 0.5, "h_norm": 2}


def video(**fields: Any) -> Body:
    return {"prompt": "x", "model": "ray-3.2", "type": "video", "video": fields}


def edit(**fields: Any) -> Body:
    return video(**fields) | {"type": "video_edit", "source": CLIP}


def reframe(**fields: Any) -> Body:
    return video(**fields) | {"type": "video_reframe", "source": CLIP, "aspect_ratio": "9:16"}


ACCEPTED: list[Body] = [
    IMAGE,
    {"prompt": "x" * 6000, "model": "uni-1-max", "aspect_ratio": "16:9", "output_format": "jpeg"},
    dict.fromkeys(("model", "type", "aspect_ratio", "source", "video")) | IMAGE,
    IMAGE | {"image_ref": [URL, DATA, GENERATION, FILE, *[URL] * 5]},
    IMAGE | {"image_ref": [{"url": "HTTPS://x.test/a.png"}]},
    IMAGE | {"style": "manga", "aspect_ratio": "9:16"},
    IMAGE | {"some_future_field": {"a": [1]}},
    IMAGE_EDIT | {"image_ref": [DATA] * 8, "style": "manga", "aspect_ratio": "ignored"},
    video(),
    video(duration="10s", resolution="360p", keyframes=[URL], keyframe_indexes=[240]),
    video(hdr=True, exr_export=True, resolution="1080p", start_frame=URL, end_frame=FILE),
    video(hdr=True, keyframes=[URL] * 64, keyframe_indexes=list(range(64))),
    video(loop=True, start_frame=GENERATION),
    video(guide_frame=URL, loop=False, hdr=None),
    *(video() | {"aspect_ratio": ratio} for ratio in VIDEO_RATIOS),
    edit(edit={"auto_controls": True}, hdr=True, duration="10s"),
    edit(edit={"strength": "flex_2", "controls": {"pose": {"strength": "coarse"}}}),
    edit(edit={"keyframes": [URL], "keyframe_indexes": [400]}) | {"source": GENERATION},
    edit(start_frame=URL) | {"source": FILE, "aspect_ratio": "ignored"},
    reframe(source_position=POSITION, resolution="720p"),
    {"type": "layering", "source": URL, "layering": {"resolution": "2k"}},
    {"type": "layering", "source": URL, "prompt": "x" * 500},
]

# The texts that the API's documents print.
DOCUMENTED: list[tuple[Body, int, str]] = [
    (IMAGE | {"model": "uni-9"}, 400, "Unknown model: uni-9"),
    (IMAGE | {"type": "video"}, 400, "Type 'video' is not supported for model 'uni-1'"),
    (
        video() | {"type": "layering"},
        400,
        "Type 'layering' is not supported for model 'ray-3.2'",
    ),
    (
        IMAGE | {"aspect_ratio": "4:3"},
        400,
        "Invalid aspect_ratio '4:3'. Valid: 1:1, 1:2, 1:3, 16:9, 2:1, 2:3, 3:1, 3:2, 9:16",
    ),
    ({}, 400, "Prompt must be between 1 and 6000 characters"),
    ({"prompt": ""}, 400, "Prompt must be between 1 and 6000 characters"),
    ({"prompt": "x" * 6001}, 400, "Prompt must be between 1 and 6000 characters"),
    (
        IMAGE | {"image_ref": [DATA | URL]},
        400,
        "image_ref[0]: provide either 'url' or 'data', not both",
    ),
    (
        IMAGE | {"image_ref": [URL, {}]},
        400,
        "image_ref[1]: provide either 'url' or 'data', not neither",
    ),
    (
        IMAGE_EDIT | {"source": DATA | URL},
        400,
        "source: provide either 'url' or 'data', not both",
    ),
    (
        IMAGE | {"image_ref": [{"data": "AA=="}]},
        400,
        "image_ref[0]: 'media_type' is required with 'data'",
    ),
    (
        IMAGE_EDIT | {"source": {"data": "AA=="}},
        400,
        "source: 'media_type' is required with 'data'",
    ),
    (
        IMAGE_EDIT | {"image_ref": [URL] * 9},
        400,
        "image_edit supports up to 8 reference images (source occupies one slot)",
    ),
    (IMAGE | {"source": URL}, 400, "source is only valid for type 'image_edit'"),
    (
        {"prompt": "x", "type": "image_edit"},
        400,
        "source is required for type 'image_edit'",
    ),
]

# Rules that are documented without their text.
IN_THE_SAME_STYLE: list[tuple[Body, int, str]] = [
    (
        IMAGE | {"type": ""},
        422,
        "type: '' is not one of image, image_edit, video, video_edit, video_reframe, layering",
    ),
    (IMAGE | {"model": ""}, 400, "Unknown model: "),
    (
        video() | {"aspect_ratio": "2:1"},
        400,
        "Invalid aspect_ratio '2:1'. Valid: 1:1, 16:9, 21:9, 3:4, 4:3, 9:16",
    ),
    (IMAGE | {"style": "oil"}, 422, "style: 'oil' is not one of auto, manga"),
    (IMAGE | {"output_format": "gif"}, 422, "output_format: 'gif' is not one of png, jpeg"),
    (IMAGE | {"user_id": "x" * 257}, 422, "user_id: must be at most 256 characters"),
    (
        IMAGE | {"style": "manga", "aspect_ratio": "16:9"},
        422,
        "style 'manga' supports portrait aspect ratios only: 1:2, 1:3, 2:3, 9:16",
    ),
    (IMAGE | {"image_ref": [URL] * 10}, 400, "image supports up to 9 reference images"),
    (
        IMAGE | {"image_ref": [FILE | GENERATION]},
        400,
        "image_ref[0]: provide either 'generation_id' or 'file_id', not both",
    ),
    (
        IMAGE | {"image_ref": [{"url": "http://x.test/a.png"}]},
        400,
        "image_ref[0]: URL must use https",
    ),
    (IMAGE | {"video": {}}, 422, "video is not supported for type 'image'"),
    (IMAGE | {"layering": {}}, 422, "layering is not supported for type 'image'"),
    (video() | {"source": CLIP}, 422, "source is not supported for type 'video'"),
    (video() | {"image_ref": [URL]}, 422, "image_ref is not supported for type 'video'"),
    (edit() | {"source": None}, 400, "source is required for type 'video_edit'"),
    (edit() | {"source": URL}, 400, "source: 'media_type' must be video/* with 'url'"),
    (
        IMAGE | {"image_ref": [CLIP]},
        422,
        "image_ref[0]: content-type is not an image",
    ),
    (
        IMAGE_EDIT | {"source": DATA | {"media_type": "video/mp4"}},
        422,
        "source: content-type is not an image",
    ),
    (edit() | {"source": DATA}, 400, "source: 'media_type' must be video/* with 'data'"),
    (
        {"type": "layering", "source": URL, "prompt": "x" * 501},
        400,
        "Prompt must be at most 500 characters",
    ),
    (
        {"type": "layering", "source": URL, "layering": {"resolution": "4k"}},
        422,
        "layering.resolution: '4k' is not one of 1k, 2k",
    ),
]


@pytest.mark.parametrize("body", ACCEPTED)
def test_generation_body_is_accepted(body: Body) -> None:
    assert list(violations(body)) == []


@pytest.mark.parametrize(("body", "status", "detail"), DOCUMENTED + IN_THE_SAME_STYLE)
def test_generation_violations(body: Body, status: int, detail: str) -> None:
    assert list(violations(body)) == [(status, detail)]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"prompt": 1}, "prompt: must be a string"),
        (IMAGE | {"web_search": "yes"}, "web_search: must be a boolean"),
        (IMAGE | {"image_ref": {}}, "image_ref: must be an array"),
        (IMAGE | {"image_ref": [None]}, "image_ref[0]: must not be null"),
        (IMAGE | {"image_ref": [URL, "x"]}, "image_ref[1]: must be an object"),
        (
            edit(edit={"keyframe_indexes": [1.5]}),
            "video.edit.keyframe_indexes[0]: must be an integer",
        ),
        (video(keyframe_indexes=[True]), "video.keyframe_indexes[0]: must be an integer"),
        (
            reframe(source_position={"x_norm": "0"}),
            "video.source_position.x_norm: must be a number",
        ),
    ],
)
def test_wrong_json_type_violation_names_the_field(body: Body, detail: str) -> None:
    assert list(violations(body)) == [(422, detail)]


def test_every_generation_violation_is_reported() -> None:
    body = {"type": "image_edit", "aspect_ratio": "1:1", "style": "oil", "image_ref": [{}]}

    assert list(violations(body)) == [
        (400, "Prompt must be between 1 and 6000 characters"),
        (422, "style: 'oil' is not one of auto, manga"),
        (400, "source is required for type 'image_edit'"),
        (400, "image_ref[0]: provide either 'url' or 'data', not neither"),
    ]
