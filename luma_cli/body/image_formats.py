"""Images in a format that the API rejects: `--dry-run` reports them, `create` sends them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from luma_cli.body.image import is_animated
from luma_cli.body.local_file import LocalFile
from luma_cli.body.media_type import LONGEST_SIGNATURE_BYTES, sniff
from luma_cli.body.request import Request
from luma_cli.rules.violation import Violation, bad_request

_TAKEN = ("image/jpeg", "image/png", "image/webp", "image/gif")


class UnsupportedFormat(NamedTuple):
    """Why the API would reject a file, and a command that converts it."""

    violation: Violation
    hint: str


def unsupported_formats(request: Request) -> Iterator[UnsupportedFormat]:
    """Yield each local image of a request that is none of JPEG, PNG, WebP and still GIF."""
    for path, file in request.files():
        *outer, last = path
        if last == "data" and (why := _why_untaken(file)) is not None:
            fact = f"{_shown(outer)}: `{file}` is {why}"
            yield UnsupportedFormat(bad_request(fact), _conversion(file, why))


def _shown(path: Iterable[str | int]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def _why_untaken(file: LocalFile) -> str | None:
    media_type, is_moving = _type_and_motion(file)
    if media_type is None or not media_type.startswith("image/"):
        return None
    if media_type not in _TAKEN:
        return f"{media_type}; the API accepts JPEG, PNG, WebP and still GIF"
    return "an animated GIF; the API accepts still ones" if is_moving else None


def _type_and_motion(file: LocalFile) -> tuple[str | None, bool]:
    if file.image is not None:
        return file.media_type, file.image.is_animated
    try:
        with file.path.open("rb") as stream:  # embedded as `@path`, so its type is unknown
            return sniff(stream.read(LONGEST_SIGNATURE_BYTES)), is_animated(stream)
    except OSError:  # the submission would report it
        return None, False


def _conversion(file: LocalFile, why: str) -> str:
    name, stem = str(file), Path(file.name or file.path).stem
    if why.startswith("an animated"):
        return f"keep one image, as in `magick {shlex.quote(f'{name}[0]')} {_quoted(stem, 'png')}`"
    target = _quoted(stem, "jpg")
    return (
        f"convert it, as in `magick {shlex.quote(name)} {target}`, or on macOS"
        f" `sips -s format jpeg {shlex.quote(name)} --out {target}`"
    )


def _quoted(stem: str, extension: str) -> str:
    """Return a name for the converted file that no source has."""
    return shlex.quote(f"{stem}-converted.{extension}")
