"""The sizes that a local file must not exceed, checked before anything is sent."""

from __future__ import annotations

import shlex

from luma_cli.body.local_file import LocalFile
from luma_cli.errors import InputFileError
from luma_cli.rules.constants import (
    LARGEST_FILE_BYTES,
    LARGEST_IMAGE_BYTES,
    LARGEST_VIDEO_BYTES,
    LONGEST_IMAGE_SIDE,
)


def check_file_limits(file: LocalFile, *, uploaded: bool) -> None:
    """Raise `InputFileError` with a hint for a file that the API is known to refuse.

    `uploaded`: the file travels through the Files API, not inside the request.
    """
    is_video = file.media_type.startswith("video/")
    if uploaded and file.size > LARGEST_FILE_BYTES:
        raise _too_large(file, LARGEST_FILE_BYTES, "5 GiB", _smaller(file, is_video=is_video))
    if is_video and not uploaded and file.size > LARGEST_VIDEO_BYTES:
        by_itself = "upload it: drop `--upload never`, or name it as `file:ID` after `files upload`"
        raise _too_large(file, LARGEST_VIDEO_BYTES, "200 MiB inside a request", by_itself)
    if file.media_type.startswith("image/"):
        if file.size > LARGEST_IMAGE_BYTES:
            raise _too_large(file, LARGEST_IMAGE_BYTES, "50 MiB", _smaller(file, is_video=False))
        if file.image is not None and file.image.sides is not None:
            _check_sides(file, *file.image.sides)


def _check_sides(file: LocalFile, width: int, height: int) -> None:
    if max(width, height) > LONGEST_IMAGE_SIDE:
        raise InputFileError(
            f"`{file}` has {width} x {height} pixels, and the API accepts at most"
            f" {LONGEST_IMAGE_SIDE} per side",
            hint=_smaller(file, is_video=False),
        )


def _too_large(file: LocalFile, most: int, shown: str, hint: str) -> InputFileError:
    return InputFileError(
        f"`{file}` has {file.size:,} bytes, and the API accepts at most {most:,} ({shown})",
        hint=hint,
    )


def _smaller(file: LocalFile, *, is_video: bool) -> str:
    name = shlex.quote(str(file))
    if is_video:
        return f"make it smaller, as in `ffmpeg -i {name} -vf scale=-2:1080 -crf 24 smaller.mp4`"
    side = LONGEST_IMAGE_SIDE // 2
    return (
        f"make it smaller, as in `magick {name} -resize '{side}x{side}>' -quality 90 smaller.jpg`"
    )
