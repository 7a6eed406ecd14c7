"""Inspecting uploaded images and videos."""

from __future__ import annotations

import base64
import io
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Self

from luma_cli.rules.constants import LONGEST_IMAGE_SIDE

if TYPE_CHECKING:
    from PIL import Image

# The formats of the API. Pillow starts other programs for some of the others.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_THUMBNAIL_SIDE = 1024


class Media(NamedTuple):
    """An image or video: its kind, size in pixels, length and thumbnail.

    `kind` is `image` or `video`; `seconds` is 0 for an image. `broken` media have a valid header
    but cannot be decoded.
    """

    kind: str
    width: int
    height: int
    seconds: float = 0.0
    thumbnail: bytes | None = None
    broken: bool = False

    def as_record(self) -> dict[str, Any]:
        """Return the description as JSON for a store."""
        thumbnail = self.thumbnail and base64.b64encode(self.thumbnail).decode()
        return self._asdict() | {"thumbnail": thumbnail}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Return the description from the JSON of a store."""
        thumbnail = record["thumbnail"]
        return cls(**record | {"thumbnail": thumbnail and base64.b64decode(thumbnail)})


def inspect_image(file: IO[bytes]) -> Media | None:
    """Return the description of an image, `None` if the file is not one."""
    picture = _open(file)
    if picture is None:
        return None
    width, height = picture.size
    if max(width, height) > LONGEST_IMAGE_SIDE:  # rejected later; decoding it would cost memory
        return Media("image", width, height)
    picture.draft("RGB", (_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
    try:
        return Media("image", width, height, thumbnail=_thumbnail(picture))
    except (OSError, ValueError, SyntaxError):  # truncated after a valid header
        return Media("image", width, height, broken=True)


def inspect_video(file: IO[bytes]) -> Media:
    """Return the description of a video, `broken` if its first frame cannot be decoded."""
    import av

    try:
        with av.open(file, "r") as container:
            stream = container.streams.video[0]
            frame = next(container.decode(stream))
            seconds = float(container.duration or 0) / av.time_base
            picture = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV's gap
            return Media("video", frame.width, frame.height, seconds, _thumbnail(picture))
    except (av.error.FFmpegError, IndexError, StopIteration, ValueError, OSError):
        return Media("video", 0, 0, broken=True)


def _thumbnail(picture: Image.Image) -> bytes:
    picture.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
    small = io.BytesIO()
    picture.convert("RGB").save(small, "PNG", compress_level=1)
    return small.getvalue()


def _open(file: IO[bytes]) -> Image.Image | None:
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(file, formats=_FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
