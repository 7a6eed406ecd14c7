"""Flags, in the order they were typed, become the request body.

Nothing is in the body that was not typed: the server is the authority on defaults and on what is
allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from luma_cli.body.documents import parse_document
from luma_cli.body.flags import BODY_FLAGS, BodyFlag, Kind
from luma_cli.body.media import video_type_of_url
from luma_cli.body.references import resolve_reference
from luma_cli.errors import InputFileError, UsageError
from luma_cli.rules.vocabulary import TYPES_WITH_VIDEO_SOURCE
from luma_cli.values import parse_count, parse_switch

_FLAGS: Mapping[str, BodyFlag] = {each.flag.name: each for each in BODY_FLAGS}


def build_body(typed: Iterable[tuple[str, str]], read_stdin: Callable[[], str]) -> dict[str, Any]:
    """Return the body for `typed`, pairs of flag name and text; other flags are passed over.

    `read_stdin` is called when a flag asks for stdin. Local files stay `InlineFile` leaves. Raises
    `UsageError`, or `InputFileError`, for a bad value.
    """
    body: dict[str, Any] = {}
    for name, text in typed:
        if name in _FLAGS:
            _apply(body, _FLAGS[name], text, read_stdin)
    _add_source_media_type(body)
    return body


def _apply(
    body: dict[str, Any], declared: BodyFlag, text: str, read_stdin: Callable[[], str]
) -> None:
    name, path = declared.flag.name, declared.path
    match declared.kind:
        case Kind.REFERENCE_ELEMENT:
            _list_at(body, path, name).append(resolve_reference(text, name))
        case Kind.KEYFRAME:
            index, reference = _keyframe(text)
            _list_at(body, ("video", "keyframe_indexes"), name).append(index)
            _list_at(body, ("video", "keyframes"), name).append(reference)
        case Kind.PARAMETER:
            key, value = _parameter(text)
            _put(body, tuple(key.split(".")), value, f"--param {key}")
        case Kind.TEXT_FILE:
            _put(body, path, read_stdin() if text == "-" else _read_text(Path(text)), name)
        case Kind.NULLABLE_TEXT:
            _put(body, path, None if text == "null" else text, name)
        case Kind.SWITCH:
            _put(body, path, parse_switch(text), name)
        case Kind.REFERENCE:
            _put(body, path, resolve_reference(text, name), name)
        case Kind.TEXT:
            _put(body, path, text, name)


def _parameter(text: str) -> tuple[str, Any]:
    key, separator, value = text.partition("=")
    if not separator or not all(key.split(".")):
        raise UsageError(f"`--param {text}` is not KEY=VALUE", hint="as in `video.loop=true`")
    return key, parse_document(value, f"the value of `{key}`")


def _keyframe(text: str) -> tuple[int, dict[str, Any] | None]:
    index, separator, reference = text.partition("=")
    if not separator or not index.isdecimal():
        raise UsageError(f"`--keyframe {text}` is not INDEX=REF", hint="as in `24=mid.png`")
    return parse_count(index), resolve_reference(reference, "--keyframe")


def _put(body: dict[str, Any], path: tuple[str, ...], value: Any, origin: str) -> None:
    *outer, last = path
    _mapping_at(body, outer, origin)[last] = value


def _list_at(body: dict[str, Any], path: tuple[str, ...], origin: str) -> list[Any]:
    *outer, last = path
    found = _mapping_at(body, outer, origin).setdefault(last, [])
    if not isinstance(found, list):
        raise UsageError(f"`{origin}`: `{'.'.join(path)}` was given as something other than a list")
    return found


def _mapping_at(body: dict[str, Any], path: Iterable[str], origin: str) -> dict[str, Any]:
    for step in path:
        if body.get(step) is None:
            body[step] = {}
        if not isinstance(body[step], dict):
            raise UsageError(f"`{origin}`: `{step}` was given as something other than a mapping")
        body = body[step]
    return body


def _add_source_media_type(body: dict[str, Any]) -> None:
    """The server picks the way to fetch a video source by its type, before it has seen a byte."""
    source = body.get("source")
    if body.get("type") in TYPES_WITH_VIDEO_SOURCE and isinstance(source, dict) and "url" in source:
        media_type = video_type_of_url(str(source["url"]))
        if media_type is not None:
            source.setdefault("media_type", media_type)


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise InputFileError(f"`{path}` is not UTF-8 text") from None
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise InputFileError(f"cannot read `{path}`: {reason}") from None
