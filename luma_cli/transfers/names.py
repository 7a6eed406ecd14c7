"""Default names and extensions of downloaded files."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from urllib.parse import unquote, urlsplit

_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/x-exr": "exr",
    "image/aces": "exr",
    "video/mp4": "mp4",
    "application/zip": "zip",
}
# Other spellings of an extension.
_SAME = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "m4v": "mp4"}
_SAFE_EXTENSION = re.compile(r"[a-z0-9]{1,5}")
_LONGEST_KEY_BYTES = 100
_DIGITS = 16
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def default_name(generation_id: str, index: int, count: int, content_type: str, url: str) -> str:
    """Return `{id}.{ext}`, or `{id}-{index}.{ext}` (index from 0) when there are several outputs.

    Ids come from the server or the command line: characters that could leave the folder are
    replaced.
    """
    stem = plain(generation_id).lstrip(".")[:100] or "generation"
    number = f"-{index}" if count > 1 else ""
    return f"{stem}{number}.{_extension(content_type, url)}"


def extensions_of(kind: str) -> tuple[str, ...]:
    """Return the possible extensions of the outputs of a job of this type."""
    images, videos = ("png", "jpg", "webp"), ("mp4", "exr", "zip")
    if kind.startswith("image"):
        return images
    return videos if kind.startswith("video") else (*images, *videos)


def plain(text: str) -> str:
    """Return text with `_` for each character that could be special in a file name."""
    return _UNSAFE.sub("_", text)


def hidden_name(key: str, shown: str) -> str:
    """Return the name of the partial file for `key`: the start of `shown`, as far as it fits.

    A digest of the whole key follows if `shown` differs from it or was cut.
    """
    cut = shown
    while len(os.fsencode(cut)) > _LONGEST_KEY_BYTES:
        cut = cut[:-1]
    if cut != key:
        cut += f"-{sha256(os.fsencode(key)).hexdigest()[:_DIGITS]}"
    return f".{cut}.part"


def extension_misleads(name: str, content_type: str) -> bool:
    """Return whether the extension of a name is that of another known type."""
    own = _EXTENSIONS.get(content_type.split(";", maxsplit=1)[0].strip().lower())
    claimed = claimed_extension(name)
    return own is not None and claimed != own and claimed in _EXTENSIONS.values()


def claimed_extension(name: str) -> str:
    """Return the extension of a name in its usual spelling: `jpg` for `a.JPEG`."""
    claimed = name.rpartition(".")[2].lower()
    return _SAME.get(claimed, claimed)


def is_known_extension(extension: str) -> bool:
    """Return whether outputs are known to have this extension."""
    return extension in _EXTENSIONS.values()


def _extension(content_type: str, url: str) -> str:
    """Return the extension of the content type, else that of the URL, else `bin`."""
    known = _EXTENSIONS.get(content_type.split(";", maxsplit=1)[0].strip().lower())
    if known is not None:
        return known
    _, dot, last = unquote(urlsplit(url).path).rpartition(".")
    return last.lower() if dot and _SAFE_EXTENSION.fullmatch(last.lower()) else "bin"
