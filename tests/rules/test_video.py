"""The rules for the `video` object, one per row."""

from __future__ import annotations

import pytest

from luma_cli.rules.generation import violations
from tests.rules.test_generation import (
    GENERATION,
    POSITION,
    URL,
    Body,
    edit,
    reframe,
    video,
)

VIDEO: list[tuple[Body, str]] = [
    (video(resolution="4k"), "video.resolution: '4k' is not one of 360p, 540p, 720p, 1080p"),
    (video(duration="9s"), "video.duration: '9s' is not one of 5s, 10s"),
    (video(duration="10s", hdr=True), "video: '10s' cannot be combined with 'hdr'"),
    (video(duration="10s", start_frame=URL), "video: '10s' cannot be combined with 'start_frame'"),
    (video(duration="10s", end_frame=URL), "video: '10s' cannot be combined with 'end_frame'"),
    (video(duration="10s", loop=True), "video: '10s' cannot be combined with 'loop'"),
    (video(loop=True, hdr=True), "video: 'loop' cannot be combined with 'hdr'"),
    (video(loop=True, end_frame=URL), "video: 'loop' cannot be combined with 'end_frame'"),
    (
        video(loop=True, keyframes=[URL], keyframe_indexes=[0]),
        "video: 'loop' cannot be combined with 'keyframes'",
    ),
    (video(hdr=True, resolution="360p"), "video.hdr requires resolution 720p or 1080p"),
    (video(hdr=True, resolution="540p"), "video.hdr requires resolution 720p or 1080p"),
    (video(exr_export=True), "video.exr_export requires video.hdr"),
    (
        video(start_frame=URL, keyframes=[URL], keyframe_indexes=[0]),
        "video: 'keyframes' cannot be combined with 'start_frame'",
    ),
    (
        video(end_frame=URL, keyframes=[URL], keyframe_indexes=[0]),
        "video: 'keyframes' cannot be combined with 'end_frame'",
    ),
    (
        video(keyframes=[URL] * 65, keyframe_indexes=list(range(65))),
        "video.keyframes supports up to 64 images",
    ),
    (video(keyframes=[URL]), "video.keyframe_indexes must have the same length as keyframes"),
    (
        video(keyframe_indexes=[0]),
        "video.keyframe_indexes must have the same length as keyframes",
    ),
    (
        video(keyframes=[URL] * 2, keyframe_indexes=[7, 7]),
        "video.keyframe_indexes must be unique",
    ),
    (
        video(keyframes=[URL], keyframe_indexes=[-1]),
        "video.keyframe_indexes must not be negative",
    ),
    (
        video(keyframes=[URL], keyframe_indexes=[121]),
        "video.keyframe_indexes must be at most 120",
    ),
    (
        video(duration="10s", keyframes=[URL], keyframe_indexes=[241]),
        "video.keyframe_indexes must be at most 240",
    ),
    (video(edit={"auto_controls": True}), "video.edit is not supported for type 'video'"),
    (video(source_position=POSITION), "video.source_position is not supported for type 'video'"),
    (
        video(start_frame=GENERATION, end_frame=URL),
        "video: a generation cannot be combined with another frame",
    ),
    (
        video(start_frame=GENERATION, hdr=True),
        "video.hdr is not supported when extending a generation",
    ),
]
EDIT: list[tuple[Body, str]] = [
    *(
        (edit(**{field: value}), f"video.{field} is not supported for type 'video_edit'")
        for field, value in (*(("end_frame", URL), ("loop", True), ("source_position", POSITION)),)
    ),
    (
        edit(keyframes=[URL], keyframe_indexes=[0]),
        "video.keyframes is not supported for type 'video_edit'",
    ),
    (
        edit(start_frame=URL, edit={"keyframes": [URL], "keyframe_indexes": [0]}),
        "video: 'start_frame' cannot be combined with 'edit.keyframes'",
    ),
    (
        edit(edit={"auto_controls": True, "strength": "flex_1"}),
        "video.edit: 'auto_controls' cannot be combined with 'strength'",
    ),
    (
        edit(edit={"auto_controls": True, "controls": {"face": {"enabled": True}}}),
        "video.edit: 'auto_controls' cannot be combined with 'controls'",
    ),
    (
        edit(edit={"strength": "flex_4"}),
        "video.edit.strength: 'flex_4' is not one of adhere_1, adhere_2, adhere_3,"
        " flex_1, flex_2, flex_3, reimagine_1, reimagine_2, reimagine_3",
    ),
    (
        edit(edit={"controls": {"pose": {"strength": "vague"}}}),
        "video.edit.controls.pose.strength: 'vague' is not one of precise, coarse",
    ),
    (
        edit(edit={"controls": {"depth": {"blur": 1.1}}}),
        "video.edit.controls.depth.blur must be between 0 and 1",
    ),
    (
        edit(edit={"controls": {"normals": {"augmentation": -0.1}}}),
        "video.edit.controls.normals.augmentation must be between 0 and 1",
    ),
    (
        edit(edit={"controls": {"trajectory": {"sparsity": 2}}}),
        "video.edit.controls.trajectory.sparsity must be between 0 and 1",
    ),
    (
        edit(edit={"keyframes": [URL], "keyframe_indexes": []}),
        "video.edit.keyframe_indexes must have the same length as keyframes",
    ),
    (edit(hdr=True, resolution="540p"), "video.hdr requires resolution 720p or 1080p"),
]
REFRAME: list[tuple[Body, str]] = [
    *(
        (reframe(**{field: value}), f"video.{field} is not supported for type 'video_reframe'")
        for field, value in (
            *(("edit", {"strength": "flex_1"}), ("loop", True), ("hdr", True)),
            *(("start_frame", URL), ("end_frame", URL)),
        )
    ),
    (reframe() | {"aspect_ratio": None}, "aspect_ratio is required for type 'video_reframe'"),
    (
        reframe(resolution="1080p"),
        "video_reframe at 1080p is coming soon for vertical aspect ratios",
    ),
    (
        reframe(source_position={"x_norm": 0, "y_norm": 0, "w_norm": 1}),
        "video.source_position.h_norm is required",
    ),
    *(
        (
            reframe(source_position=POSITION | {name: value}),
            f"video.source_position.{name} must be between {low} and 2",
        )
        for name, value, low in (
            *(("x_norm", -2.01, -2), ("y_norm", 2.01, -2), ("y_norm", float("nan"), -2)),
            *(("w_norm", 0, 0), ("h_norm", 2.01, 0)),
        )
    ),
]


@pytest.mark.parametrize(("body", "detail"), VIDEO + EDIT + REFRAME)
def test_video_violations(body: Body, detail: str) -> None:
    assert list(violations(body)) == [(422, detail)]
