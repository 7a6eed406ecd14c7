"""What a file is, told by its first bytes; its name may lie."""

from __future__ import annotations

LONGEST_SIGNATURE_BYTES = 16

_PREFIXES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_QUICKTIME_BRAND = b"qt  "
_STILL_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"avif": "image/avif"}


def sniff(head: bytes) -> str | None:
    """Return the media type of a picture or video from its first 16 bytes, `None` if unknown."""
    for prefix, media_type in _PREFIXES:
        if head.startswith(prefix):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return (
            "video/quicktime"
            if brand == _QUICKTIME_BRAND
            else _STILL_BRANDS.get(brand, "video/mp4")
        )
    return None


_VIDEO_EXTENSIONS = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
}


def video_type_of_url(url: str) -> str | None:
    """Return the video type that the URL's extension tells, `None` for anything else."""
    path = url.split("?", 1)[0].split("#", 1)[0]
    return _VIDEO_EXTENSIONS.get(path.rsplit(".", 1)[-1].lower())
