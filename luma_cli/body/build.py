"""Flags, in the order they were typed, become the request body.

Nothing is in the body that was not typed: the server is the authority on defaults and on what is
allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from luma_cli.body.body_flag import BodyFlag, Kind
from luma_cli.body.documents import parse_document
from luma_cli.body.embedding import Verbatim, asks_for_stdin, embed_files
from luma_cli.body.fields import BodyFields
from luma_cli.body.generation_flags import GENERATION_FLAGS
from luma_cli.body.input import Stdin, merge, read_prompt
from luma_cli.body.paths import TYPED_PATHS, Paths
from luma_cli.errors import UsageError, naming
from luma_cli.flags import Flag
from luma_cli.jsontext.parts import MOST_LEVELS
from luma_cli.rules.constants import TYPES_WITH_VIDEO_SOURCE
from luma_cli.settings.parse import parse_count, parse_switch


class Sources(NamedTuple):
    """What the values of fields may be read from."""

    stdin: Stdin
    paths: Paths = TYPED_PATHS


def build_body(
    occurrences: Iterable[tuple[Flag, str | bool]],
    read_stdin: Callable[[], str],
    read_document: Callable[[Mapping[str, Any], Stdin], Mapping[str, Any]] = lambda *_: {},
    table: Iterable[BodyFlag] = GENERATION_FLAGS,
    spool_stdin: Callable[[], Path] | None = None,
) -> dict[str, Any]:
    """Build the body from flags and their texts, in their order; ignore flags not in `table`.

    `read_stdin` is called for a flag that reads the text on stdin, `spool_stdin` for its bytes.
    `read_document` returns a whole request that flags override; it gets their body, and stdin.
    Local files stay `LocalFile` leaves. Raises `UsageError`, or `InputFileError`, for a bad value.
    """
    occurrences = list(occurrences)
    check_one_prompt(occurrences)
    stdin = Stdin(read_stdin, spool_stdin)
    flags, declared = BodyFields(), {each.flag.name: each for each in table}
    for flag, value in occurrences:
        if flag.name in declared:
            put_value(flags, declared[flag.name], value, flag.name, Sources(stdin))
    stdin.is_taken = stdin.is_taken or asks_for_stdin(flags.fields)
    body = merge(read_document(flags.fields, stdin), flags.fields)
    add_source_media_type(body)
    embedded: dict[str, Any] = embed_files(body, stdin)
    return embedded


def check_one_prompt(occurrences: Iterable[tuple[Flag, str | bool]]) -> None:
    """Raise `UsageError` for both flags that set the prompt."""
    if {"--prompt", "--prompt-file"} <= {flag.name for flag, _ in occurrences}:
        raise UsageError(
            "`--prompt` cannot be combined with `--prompt-file`", hint="drop one of them"
        )


def put_value(
    body: BodyFields, declared: BodyFlag, value: Any, name: str, sources: Sources
) -> None:
    """Set the field of a flag to its text, or to a value of any JSON type.

    Errors name the value's origin as `name`. Raises `UsageError`, or `InputFileError`.
    """
    if isinstance(value, str):
        _put_text(body, declared, value, name, sources)
    elif declared.kind in (Kind.REFERENCE_ELEMENT, Kind.ELEMENT, Kind.KEYFRAME):
        for element in value if isinstance(value, list) else [value]:
            if isinstance(element, str):
                _put_text(body, declared, element, name, sources)
            elif declared.kind is Kind.KEYFRAME:
                raise _not_a_keyframe(name, element)
            else:
                body.append(declared.path, _mapping(element, name), name)
    elif declared.kind is Kind.TEXT_FILE:
        raise UsageError(f"the value of `{name}` is not a path")
    else:
        body.put(declared.path, value, name)


def _put_text(body: BodyFields, declared: BodyFlag, text: str, name: str, sources: Sources) -> None:
    path = declared.path
    match declared.kind:
        case Kind.REFERENCE_ELEMENT:
            body.append(path, _reference(text, name, sources), name)
        case Kind.ELEMENT:
            value = parse_document(text, f"the value of `{name}`")
            for element in value if isinstance(value, list) else [value]:
                body.append(path, _mapping(element, name), name)
        case Kind.ELEMENT_FIELD:
            *outer, field = path
            body.put_in_last(tuple(outer), field, _nullable(text), name)
        case Kind.KEYFRAME:
            index, reference = _keyframe(text, name, sources)
            body.append(("video", "keyframe_indexes"), index, name)
            body.append(("video", "keyframes"), reference, name)
        case Kind.PARAMETER:
            key, value = _parameter(text)
            body.put(tuple(key.split(".")), value, f"{name} {key}")
        case Kind.TEXT_FILE:
            prompt = read_prompt(text, sources.stdin, sources.paths)
            body.put(path, Verbatim(prompt), name)
        case _:
            body.put(path, _value(declared.kind, text, name, sources), name)


def _value(kind: Kind, text: str, name: str, sources: Sources) -> Any:
    """Convert the text of a flag that sets one field."""
    match kind:
        case Kind.NULLABLE_TEXT:
            return _nullable(text)
        case Kind.COUNT:
            with naming(name):
                return parse_count(text)
        case Kind.SWITCH:
            with naming(name):
                return parse_switch(text)
        case Kind.NULLABLE_SWITCH:
            with naming(name):
                return None if text == "null" else parse_switch(text)
        case Kind.REFERENCE:
            return _reference(text, name, sources)
        case Kind.MAPPING:
            return _mapping(parse_document(text, f"the value of `{name}`"), name)
        case Kind.DOCUMENT:
            return parse_document(text, f"the value of `{name}`")
        case _:
            return text


def _reference(text: str, name: str, sources: Sources) -> dict[str, Any] | None:
    from luma_cli.body.references import resolve_reference

    return resolve_reference(text, name, sources.stdin.spool, sources.paths)


def _nullable(text: str) -> str | None:
    return None if text == "null" else text


def _mapping(value: Any, name: str) -> dict[str, Any] | None:
    if value is not None and not isinstance(value, dict):
        raise UsageError(f"the value of `{name}` is not a mapping", hint="write `'{url: …}'`")
    return value


def _parameter(text: str) -> tuple[str, Any]:
    key, separator, value = text.partition("=")
    if not separator or not all(key.split(".")):
        raise UsageError(
            f"`--param {text}` is not KEY=VALUE", hint="write `--param video.loop=true`"
        )
    if key.count(".") >= MOST_LEVELS:
        raise UsageError(f"`--param`: the key has more than {MOST_LEVELS} levels")
    return key, parse_document(value, f"the value of `{key}`")


def _keyframe(text: str, name: str, sources: Sources) -> tuple[int, dict[str, Any] | None]:
    index, separator, reference = text.partition("=")
    if not separator or not index.isdecimal():
        raise _not_a_keyframe(name, text)
    with naming(name):
        number = parse_count(index)
    return number, _reference(reference, name, sources)


def _not_a_keyframe(name: str, value: Any) -> UsageError:
    spelled = f"{name} " if name.startswith("--") else ""
    return UsageError(f"`{name} {value}` is not INDEX=REF", hint=f"write `{spelled}24=mid.png`")


def add_source_media_type(body: dict[str, Any]) -> None:
    """Add the media type: the server selects how to fetch a video source by it."""
    source = body.get("source")
    if body.get("type") in TYPES_WITH_VIDEO_SOURCE and isinstance(source, dict) and "url" in source:
        from luma_cli.body.media_type import video_type_of_url

        media_type = video_type_of_url(str(source["url"]))
        if media_type is not None:
            source.setdefault("media_type", media_type)
