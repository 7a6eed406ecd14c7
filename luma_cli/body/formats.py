"""Pictures in a form that the API does not take, told by `--dry-run` and never by `create`."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from luma_cli.body.inline import InlineFile
from luma_cli.body.media import LONGEST_SIGNATURE_BYTES, sniff
from luma_cli.body.request import Request
from luma_cli.rules.violation import Violation, refused

_TAKEN = ("image/jpeg", "image/png", "image/webp", "image/gif")
_GIF_IMAGE, _GIF_EXTENSION = 0x2C, 0x21


class UntakenFormat(NamedTuple):
    """Why the API would refuse a file, and a command that makes one that it takes."""

    violation: Violation
    hint: str


def untaken_formats(request: Request) -> Iterator[UntakenFormat]:
    """Yield each local picture of a request that is none of JPEG, PNG, WebP and still GIF."""
    for place, file in request.files():
        *outer, last = place
        if last == "data" and (why := _why_untaken(file.path)) is not None:
            fact = f"{_shown(outer)}: `{file}` is {why}"
            yield UntakenFormat(refused(fact), _conversion(file, why))


def _shown(place: Iterable[str | int]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(steps).removeprefix(".")


def _why_untaken(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            media_type = sniff(stream.read(LONGEST_SIGNATURE_BYTES))
            if media_type is None or not media_type.startswith("image/"):
                return None
            if media_type not in _TAKEN:
                return f"{media_type}; the API takes JPEG, PNG, WebP and still GIF"
            if media_type == "image/gif" and is_animated(stream):
                return "an animated GIF; the API takes still ones"
    except OSError:
        pass  # whoever sends it will say so
    return None


def _conversion(file: InlineFile, why: str) -> str:
    name, stem = str(file), Path(file.name or file.path).stem
    if why.startswith("an animated"):
        return (
            f"keep one picture, as in `magick {shlex.quote(f'{name}[0]')} {_quoted(stem, 'png')}`"
        )
    target = _quoted(stem, "jpg")
    return (
        f"convert it, as in `magick {shlex.quote(name)} {target}`, or on macOS"
        f" `sips -s format jpeg {shlex.quote(name)} --out {target}`"
    )


def _quoted(stem: str, extension: str) -> str:
    """Return a name for the converted file that no source has."""
    return shlex.quote(f"{stem}-converted.{extension}")


def is_animated(stream: BinaryIO) -> bool:
    """Return whether a GIF has a second picture (GIF89a, sections 18 to 26)."""
    stream.seek(0)
    header = stream.read(13)
    if len(header) < 13:
        return False
    _skip_colors(stream, header[10])
    pictures = 0
    while kind := stream.read(1):
        if kind[0] == _GIF_IMAGE:
            pictures += 1
            descriptor = stream.read(9)
            if pictures > 1 or len(descriptor) < 9:
                return pictures > 1
            _skip_colors(stream, descriptor[8])
            stream.seek(1, 1)  # the size of codes
        elif kind[0] == _GIF_EXTENSION:
            stream.seek(1, 1)  # its kind
        else:  # the trailer, or no GIF any more
            return False
        while length := stream.read(1):
            if length[0] == 0:
                break
            stream.seek(length[0], 1)
    return False


def _skip_colors(stream: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        stream.seek(3 * 2 ** ((flags & 0x07) + 1), 1)
