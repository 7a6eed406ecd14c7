"""The rules for the `video` object, by type. Statuses are documented, texts are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from luma_cli.rules.constants import (
    DEFAULT_DURATION,
    DEFAULT_RESOLUTION,
    DURATIONS,
    FRAMES_PER_SECOND,
    HDR_RESOLUTIONS,
    POSE_STRENGTHS,
    RESOLUTIONS,
    STRENGTHS,
    VERTICAL_RATIOS,
)
from luma_cli.rules.interpretation import MOST_KEYFRAMES
from luma_cli.rules.violation import Violation, unprocessable

Video = Mapping[str, Any]

# type -> invalid fields of `video`
_REFUSED = {
    "video": ("edit", "source_position"),
    "video_edit": ("end_frame", "loop", "source_position", "keyframes"),
    "video_reframe": (
        *("edit", "loop", "start_frame", "end_frame", "keyframes", "hdr", "exr_export"),
    ),
}
# type -> pairs of settings that cannot be combined
_EXCLUSIONS = {
    "video": (
        *(("10s", other) for other in ("hdr", "start_frame", "end_frame", "loop")),
        *(("loop", other) for other in ("hdr", "end_frame", "keyframes")),
        *(("keyframes", other) for other in ("start_frame", "end_frame")),
    ),
    "video_edit": (("start_frame", "edit.keyframes"),),
    "video_reframe": (),
}
_RANGES = {"x_norm": (-2, 2), "y_norm": (-2, 2), "w_norm": (0, 2), "h_norm": (0, 2)}
_SIGNAL_AMOUNTS = (("depth", "blur"), ("normals", "augmentation"), ("trajectory", "sparsity"))


def video_rules(body: Mapping[str, Any], kind: str) -> Iterator[Violation]:
    """Yield the violations in `video` of a request of a video type with valid types."""
    video: Video = body.get("video") or {}
    edit = video.get("edit") or {}
    yield from _choices(video, edit)
    for field in _REFUSED[kind]:
        if _is_set(video.get(field)):
            yield unprocessable(f"video.{field} is not supported for type '{kind}'")
    settings = _settings(video, edit)
    for one, other in _EXCLUSIONS[kind]:
        if one in settings and other in settings:
            yield unprocessable(f"video: '{one}' cannot be combined with '{other}'")
    yield from _hdr(video)
    yield from _keyframes("video", video, _last_frame(video))
    if kind == "video":
        yield from _extension(video)
    elif kind == "video_edit":
        yield from _edit(edit)
    else:
        yield from _reframe(body, video)


def _settings(video: Video, edit: Mapping[str, Any]) -> set[str]:
    """Return the names of the settings, including a duration of ten seconds."""
    names = {name for name, value in video.items() if _is_set(value)}
    if video.get("duration") == "10s":
        names.add("10s")
    if edit.get("keyframes"):
        names.add("edit.keyframes")
    return names


def _is_set(value: Any) -> bool:
    return value is not None and value is not False and value != []


def _choices(video: Video, edit: Mapping[str, Any]) -> Iterator[Violation]:
    controls = edit.get("controls") or {}
    for path, value, allowed in (
        ("video.resolution", video.get("resolution"), RESOLUTIONS),
        ("video.duration", video.get("duration"), DURATIONS),
        ("video.edit.strength", edit.get("strength"), STRENGTHS),
        (
            "video.edit.controls.pose.strength",
            (controls.get("pose") or {}).get("strength"),
            POSE_STRENGTHS,
        ),
    ):
        if value is not None and value not in allowed:
            yield unprocessable(f"{path}: '{value}' is not one of {', '.join(allowed)}")


def _hdr(video: Video) -> Iterator[Violation]:
    resolution = video.get("resolution") or DEFAULT_RESOLUTION
    if video.get("hdr") and resolution not in HDR_RESOLUTIONS:
        yield unprocessable("video.hdr requires resolution 720p or 1080p")
    if video.get("exr_export") and not video.get("hdr"):
        yield unprocessable("video.exr_export requires video.hdr")


def _last_frame(video: Video) -> int:
    duration = video.get("duration")
    seconds = int((duration if duration in DURATIONS else DEFAULT_DURATION).removesuffix("s"))
    return seconds * FRAMES_PER_SECOND


def _keyframes(path: str, holder: Mapping[str, Any], last_frame: int | None) -> Iterator[Violation]:
    frames, indexes = holder.get("keyframes") or [], holder.get("keyframe_indexes") or []
    if len(frames) > MOST_KEYFRAMES:
        yield unprocessable(f"{path}.keyframes supports up to {MOST_KEYFRAMES} images")
    if len(frames) != len(indexes):
        yield unprocessable(f"{path}.keyframe_indexes must have the same length as keyframes")
    if len(set(indexes)) != len(indexes):
        yield unprocessable(f"{path}.keyframe_indexes must be unique")
    if any(index < 0 for index in indexes):
        yield unprocessable(f"{path}.keyframe_indexes must not be negative")
    if last_frame is not None and any(index > last_frame for index in indexes):
        yield unprocessable(f"{path}.keyframe_indexes must be at most {last_frame}")


def _extension(video: Video) -> Iterator[Violation]:
    """Yield the violations of an extension, a frame that is an earlier clip."""
    frames = {name: video.get(name) or {} for name in ("start_frame", "end_frame")}
    anchors = [name for name, frame in frames.items() if frame.get("generation_id")]
    if not anchors:
        return
    if all(frames.values()):
        yield unprocessable("video: a generation cannot be combined with another frame")
    if video.get("hdr"):
        yield unprocessable("video.hdr is not supported when extending a generation")
    if video.get("loop") and anchors == ["end_frame"]:
        yield unprocessable("video.loop is only supported when extending forward")


def _edit(edit: Mapping[str, Any]) -> Iterator[Violation]:
    controls = edit.get("controls") or {}
    if edit.get("auto_controls"):
        for name in ("strength", "controls"):
            if _is_set(edit.get(name)):
                yield unprocessable(f"video.edit: 'auto_controls' cannot be combined with '{name}'")
    for signal, amount in _SIGNAL_AMOUNTS:
        value = (controls.get(signal) or {}).get(amount)
        if value is not None and not 0 <= value <= 1:
            yield unprocessable(f"video.edit.controls.{signal}.{amount} must be between 0 and 1")
    # The limit of the indexes is the length of the source, which is unknown here.
    yield from _keyframes("video.edit", edit, last_frame=None)


def _reframe(body: Mapping[str, Any], video: Video) -> Iterator[Violation]:
    ratio = body.get("aspect_ratio")
    if ratio is None:
        yield unprocessable("aspect_ratio is required for type 'video_reframe'")
    if video.get("resolution") == "1080p" and ratio in VERTICAL_RATIOS:
        yield unprocessable("video_reframe at 1080p is coming soon for vertical aspect ratios")
    position = video.get("source_position")
    if position is None:
        return
    for name, (low, high) in _RANGES.items():
        value = position.get(name)
        if value is None:
            yield unprocessable(f"video.source_position.{name} is required")
        elif not low <= value <= high or (low == 0 and value == 0):
            yield unprocessable(f"video.source_position.{name} must be between {low} and {high}")
