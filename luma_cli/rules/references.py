"""The rules for references to images and videos: `source`, `image_ref`, frames, keyframes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from luma_cli.rules.constants import (
    REFERENCE_CHANNELS,
    TYPES_WITH_SOURCE,
    TYPES_WITH_VIDEO_SOURCE,
)
from luma_cli.rules.violation import Violation, bad_request, unprocessable

Reference = Mapping[str, Any]


def references(body: Mapping[str, Any]) -> Iterator[tuple[str, Reference]]:
    """Yield the path and value of every reference in a request with valid types."""
    video = body.get("video") or {}
    edit = video.get("edit") or {}
    single = {
        "source": body.get("source"),
        "video.start_frame": video.get("start_frame"),
        "video.end_frame": video.get("end_frame"),
        "video.guide_frame": video.get("guide_frame"),
    }
    yield from ((path, value) for path, value in single.items() if value is not None)
    lists = {
        "image_ref": body.get("image_ref"),
        "video.keyframes": video.get("keyframes"),
        "video.edit.keyframes": edit.get("keyframes"),
    }
    for path, values in lists.items():
        yield from ((f"{path}[{index}]", value) for index, value in enumerate(values or []))


def reference_rules(body: Mapping[str, Any], kind: str) -> Iterator[Violation]:
    """Yield the violations in the references of a request of type `kind` with valid types."""
    for path, reference in references(body):
        given = [channel for channel in REFERENCE_CHANNELS if reference.get(channel) is not None]
        if len(given) != 1:
            yield bad_request(f"{path}: provide {_either(given)}, not {_both(given)}")
        elif given == ["data"] and not reference.get("media_type"):
            yield bad_request(f"{path}: 'media_type' is required with 'data'")
        elif given == ["url"]:
            yield from _url_rules(path, reference)
        misplaced = path == "source" and kind not in TYPES_WITH_SOURCE
        if len(given) == 1 and given[0] in ("url", "data") and not misplaced:
            wanted = path == "source" and kind in TYPES_WITH_VIDEO_SOURCE
            yield from _media_rules(path, given[0], reference, is_video=wanted)


def _either(given: list[str]) -> str:
    """Return the list for a text that documents two channels, with the two later ones."""
    names = given if len(given) > 1 else ["url", "data"]
    return "either " + " or ".join(f"'{name}'" for name in names)


def _both(given: list[str]) -> str:
    return "neither" if not given else "both" if len(given) == 2 else "all"


def _url_rules(path: str, reference: Reference) -> Iterator[Violation]:
    if not str(reference["url"]).lower().startswith("https://"):
        yield bad_request(f"{path}: URL must use https")


def _media_rules(
    path: str, channel: str, reference: Reference, *, is_video: bool
) -> Iterator[Violation]:
    """Yield the violations in the media type of a reference; only one field accepts videos."""
    announced = str(reference.get("media_type") or "").startswith("video/")
    if is_video and not announced:
        yield bad_request(f"{path}: 'media_type' must be video/* with '{channel}'")
    elif announced and not is_video:
        yield unprocessable(f"{path}: content-type is not an image")
